"""The experiment of the concept `features`: arms, what is measured, what is judged."""

# Over 200 lines, and one thing: six statements, each judged with its conditions. Figure and probes are elsewhere.

from dataclasses import replace
from functools import partial
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import nn

from ...evidence.judge import above, accuracy, below, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from ...images.classic.cutoff import SIX, ZERO, zeros_and_sixes
from ...images.data_set import CLASSES, SIDE, Data, Split
from ...images.pixel_forms import no_images
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.batches import chosen
from ...training.budget import steps
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from .figure import SWEPT, draw_panels, title
from .figure import alt as alt
from .first_layer_pictures import first_layer
from .without_training import cut_off, nearest, rules, sweep

RUNGS = {100: 400, 300: 600, 1_000: 1_000, 3_000: 1_500, 10_000: 2_500, 50_000: 4_000}  # training digits: steps
BASE = Setting(hidden=(), batch_size=50, schedule="cosine", validate_every=1_000)
LEARNERS = {
    "linear on measurements": replace(BASE, inputs="measurements"),
    "linear on pixels": BASE,
    "linear on HOG": replace(BASE, inputs="HOG"),
    "MLP": replace(BASE, hidden=(128,)),
    "CNN": replace(BASE, filters=(8, 16)),
}
LR = {  # for few digits and for many; a test holds them to what is found at the two sizes that are tuned
    "linear on measurements": (0.3, 1.0),
    "linear on pixels": (0.1, 0.3),
    "linear on HOG": (1.0, 1.0),
    "MLP": (0.5, 0.5),
    "CNN": (0.2, 0.2),
}
FEW, MANY = 300, 3_000  # the middle of either half of the ladder


def label(learner: str, n: int) -> str:
    """What a learner with so many training digits is called."""
    return f"{learner}, {n} digits"


ARMS = {
    label(learner, n): replace(setting, examples=n, steps=steps, lr=LR[learner][n >= MANY])
    for learner, setting in LEARNERS.items()
    for n, steps in RUNGS.items()
}
GRIDS = {
    "linear on measurements": (0.1, 0.3, 1.0, 3.0, 10.0),
    "linear on pixels": (0.01, 0.03, 0.1, 0.3, 1.0),
    "linear on HOG": (0.3, 1.0, 3.0, 10.0, 30.0),
    "MLP": (0.1, 0.2, 0.3, 0.5, 1.0),
    "CNN": (0.05, 0.1, 0.2, 0.3),
}
TUNED = {label(learner, n): ("lr", grid) for learner, grid in GRIDS.items() for n in (FEW, MANY)}
RULES, NEIGHBOURS = "rules", "nearest neighbours"
PIXELS = ("linear on pixels", NEIGHBOURS, "MLP", "CNN")  # nobody tells them what to look for
FULL, LEAST = 50_000, 100  # with fewer images as many times fewer steps, but so many at least
JUDGED = (100, 1_000, 50_000)  # sizes at which statements that do not ask for a crossing are judged
WORKS = 90.0  # percent of test digits from which a classifier may be said to work
SAME = 1.0  # percentage points of accuracy below which we call nothing gained
MUCH = 5.0  # points from which the choice of features may be called decisive
CLEAN = 1.0  # percent on the wrong side up to which a cut-off may be called clean
GAPS = {"loops as they are drawn": 0, "gaps of 2 pixels closed": 1, "gaps of 4 pixels closed": 2}
CUT_ON = 10_000  # training digits of a seed, whose zeros and sixes choose its cut-off
SHOWN = 5  # zeros, and sixes, on the wrong side
UNITS = 9  # hidden units whose weights are shown


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms that the data can fill, the CNNs for half of the seeds; then what is not trained.

    With fewer images than MNIST's, for a look, the CNN climbs every second rung: it takes most of the time.
    """
    arms = possible(arms, len(data.train))
    largest = max(arm.examples for arm in arms.values())
    observe = partial(look_inside, largest=largest, first=seeds[0])
    images = [name for name, arm in arms.items() if arm.filters]
    images = {name: arms[name] for name in (images if len(data.train) >= FULL else images[::2])}
    vectors = {name: arm for name, arm in arms.items() if not arm.filters}
    runs = train(vectors, seeds, data, observe=observe, **options)
    runs += train(images, seeds[: max(1, len(seeds) // 2)], data, observe=observe, **options)
    sizes = sorted({arm.examples for arm in arms.values()})
    return runs + untrained(data, seeds, sizes) + by_loops(data, seeds)


def possible(arms: dict[str, Setting], N: int) -> dict[str, Setting]:
    """The arms that N training images are enough for, with as many times fewer steps as there are fewer images."""
    share = min(1.0, N / FULL)
    return {
        name: replace(arm, steps=max(min(LEAST, arm.steps), round(share * arm.steps)))
        for name, arm in arms.items()
        if arm.examples <= N
    }


def look_inside(
    model: Model, network: list[Layer], params: Params, data: Data, largest: int, first: int
) -> dict[str, object]:
    """Of networks with most digits: how often zero and six pass for each other; the first one's first layer."""
    setting = model.setting
    if setting.examples < largest or not (setting.hidden or setting.filters) or setting.inputs in no_images:
        return {}
    rows = ((data.test.y == ZERO) | (data.test.y == SIX)).nonzero()[:, 0]
    z, _ = forward(network[:-1], params, data.test.x[rows])
    mixed = z.argmax(-1) == ZERO + SIX - data.test.y[rows]
    shown = {"pictures": first_layer(params, UNITS)} if model.seed == first else {}
    return {"mixed up": 100 * float(mixed.double().mean()), **shown}


def untrained(data: Data, seeds: list[int], sizes: list[int]) -> list[Run]:
    """What the rules get right, the same for every seed; and what the nearest of each seed's own digits do."""
    right, found = rules(data), nearest(data, seeds, sizes)
    return [Run(RULES, seed, final={"test accuracy": right}) for seed in seeds] + [
        Run(label(NEIGHBOURS, n), seed, final={"test accuracy": share}) for (seed, n), share in found.items()
    ]


def by_loops(data: Data, seeds: list[int]) -> list[Run]:
    """For each way to close gaps, each seed's best cut-off between zeros and sixes, and what it gets wrong."""
    runs = []
    for name, gap in GAPS.items():
        training, test = (zeros_and_sixes(split, gap) for split in (data.train, data.test))
        for seed in seeds:
            mine = training.among(chosen(seed, CUT_ON, len(data.train)))
            found = cut_off(mine, test)
            shown = seed == seeds[0] and name == SWEPT
            runs.append(Run(name, seed, extra=found | (sweep(found["cut-off"], mine, test, SHOWN) if shown else {})))
    return runs


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on features, judged."""
    of = {(learner, n): values(runs, label(learner, n), accuracy) for learner in (*LEARNERS, NEIGHBOURS) for n in RUNGS}
    by_rules = values(runs, RULES, accuracy)
    gain = partial(difference, of)
    return {
        "features.rules-fail": under_conditions(
            "test accuracy of the rules, alone and beside learners that get bare pixels",
            {"right on fewer than nine digits in ten": below("test accuracy of the rules, %", by_rules.values(), WORKS)}
            | {
                f"{learner} with {n:,} digits beats them": above(
                    f"{learner} - rules, points", paired(of[learner, n], by_rules)
                )
                for learner in PIXELS
                for n in JUDGED
            },
        ),
        "features.ambiguous": under_conditions("zeros and sixes on the wrong side of the best cut-off", unclean(runs)),
        "features.extraction-matters": under_conditions(
            "the same linear classifier on different features",
            {
                name: verdict
                for n in JUDGED
                for name, verdict in (
                    gain("linear on HOG", "linear on measurements", n, MUCH),
                    gain("linear on HOG", "linear on pixels", n, SAME),
                    gain("linear on pixels", "linear on measurements", n, SAME),
                )
            },
        ),
        "features.raw-rarely-works": under_conditions(
            "bare pixels without a network: right on fewer than nine digits in ten",
            {
                f"{learner}, {n:,} digits": below("test accuracy, %", of[learner, n].values(), WORKS)
                for learner in ("linear on pixels", NEIGHBOURS)
                for n in JUDGED
            },
        ),
        "features.only-methods": under_conditions(
            "what learns from bare pixels, too, is clearly behind networks",
            dict(gain(network, NEIGHBOURS, n, SAME) for network in ("MLP", "CNN") for n in JUDGED),
        ),
        "features.learned-win": under_conditions(
            "learned features against the best hand-made ones",
            dict(gain(network, "linear on HOG", n, 0.0) for network in ("MLP", "CNN") for n in RUNGS),
        ),
    }


def difference(of: dict[tuple[str, int], dict], a: str, b: str, n: int, threshold: float) -> tuple[str, Verdict]:
    """The condition that one learner beats another at a size, by more than so many points."""
    effects = paired(of[a, n], of[b, n])
    return f"{n:,} digits: {a} over {b}", above(f"{a} - {b}, points of test accuracy", effects, threshold)


def unclean(runs: list[Run]) -> dict[str, Verdict]:
    """For each way to close gaps: what the best cut-off gets wrong, where it was chosen and on new digits."""
    where = {"wrong": "even on the digits that chose the cut-off", "wrong on test": "on test digits"}
    return {
        f"{name}, {words}": above(
            "zeros and sixes on the wrong side, %", values(runs, name, lambda r, key=key: r.extra[key]).values(), CLEAN
        )
        for name in GAPS
        for key, words in where.items()
    }


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """Errors over the size of the training set; the loop rule's cut-off and failures; first layers as pictures."""
    draw_panels(figure, runs, title(found), list(RUNGS))


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    kernels = [
        part
        for C, O in pairwise((1, *setting.filters))
        for part in (nn.Conv2d(C, O, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    ]
    as_images = [nn.Unflatten(-1, (1, SIDE, SIDE)), *kernels, nn.Flatten()] if kernels else []
    flat = [part for H in setting.hidden for part in (nn.LazyLinear(H), nn.ReLU())]
    model = nn.Sequential(*as_images, *flat, nn.LazyLinear(CLASSES)).to(data.train.x.dtype)
    shown = list(everyday_torch.examples(data, setting, seed))
    model(shown[0][0])  # now the lazy layers know their inputs
    everyday_torch.begin(model, setting, replace(data, train=Split(*shown[0])), seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(model, nn.functional.cross_entropy, optimizer, iter(shown), schedule)
