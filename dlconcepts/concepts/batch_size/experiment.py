"""The experiment of the concept `batch_size`: arms, what is measured, what is judged."""

# Over 200 lines, and one thing: the statements, each judged with its conditions. Figure and probes are elsewhere.

from dataclasses import replace
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import nn

from ...evidence.judge import above, below, exact, paired, under_conditions, values, within
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES, Data, Split
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import as_target
from ...training.seeding import generator, start
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from .counted_examples import counted, deviation_from_mean, miscounted
from .figure import PANELS, draw_panels, finding
from .gradient_noise import falling, noise_by_size, pictures
from .tape_memory import batch_of, off_proportion, peaks, saved_bytes
from .throughput import rounds

SIZES = (8, 32, 128, 512, 2048)
SMALL, MIDDLE, LARGE = 8, 128, 2048
BUDGETS = {  # 31,250 steps at size 8, which are slow in a wider network, and 204,800 examples at size 2048
    "epochs": Setting(hidden=(32,), schedule="cosine", epochs=5),
    "steps": Setting(hidden=(32,), schedule="cosine", steps=100),
}
ONE_RATE = {"epochs": 0.5, "steps": 0.5}  # what the search finds for the middle size; the other sizes in proportion
OWN, SCALED = "own rate", "one rate scaled"


def arm(budget: str, B: int, rates: str = OWN) -> str:
    """The arm's label. The middle size is in both lines: its own rate is the one that is scaled."""
    return f"same {budget}, {B}" + (", scaled" if rates == SCALED and B != MIDDLE else "")


ARMS = {
    arm(budget, B, rates): replace(base, batch_size=B, lr=ONE_RATE[budget] * B / MIDDLE)
    for rates in (OWN, SCALED)
    for budget, base in BUDGETS.items()
    for B in SIZES
}
GRID = (0.03, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
TUNED = {arm(budget, B): ("lr", GRID) for budget in BUDGETS for B in SIZES}
TIMED = ("batch_size.throughput",)
WATCHED = arm("epochs", MIDDLE)  # the noise is measured in its networks
AMONG = 1024  # examples that mini-batches are drawn from
FAR_BELOW = (8, 16, 32, 64)  # a sixteenth of them at most
EVERY = (*FAR_BELOW, 128, 256, 512, 896)
ONCE = "trained, no example twice"
COUNTED = 5000  # examples, no multiple of every size: the last batch may be smaller
SPEEDS = (2, 8, 32, 128, 512, 2048, 8192)
ROUNDS = 10
NETWORKS = {"fully connected": BUDGETS["epochs"], "convolution": Setting(hidden=(32,), filters=(4,))}
ROUNDING = 1e-12  # sums of 64 float64 gradients
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
MARGIN = 0.05  # of the slope -1/2: a tenth of it
TWICE, FLAT = 2.0, 1.25  # as fast: nobody overlooks the one, and the other is little for four times the batch


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms, one of them watched; then counts, adds up and times what needs no training."""
    runs = train(arms, seeds, data, observe=observe, **options)
    split, setting = data.to(options.get("device", "cpu")).train, bare(arms[WATCHED])
    part, few = (Split(split.x[:n], split.y[:n]) for n in (COUNTED, 64))
    definition = [
        {
            "examples": len(part),
            "counted": counted(setting, seed, part, SIZES),
            "deviation": deviation_from_mean(setting, seed, few),
        }
        for seed in seeds
    ]
    saved = {
        name: {str(B): saved_bytes(*batch_of(net, B, split.x)) for B in (1, *SPEEDS)} for name, net in NETWORKS.items()
    }
    speeds = rounds(SPEEDS, setting, split, ROUNDS)
    return [
        *runs,
        *(Run("definition", seed, extra=extra) for seed, extra in zip(seeds, definition, strict=True)),
        Run("memory", 0, extra=saved, timing={"peak": peaks(SPEEDS, setting, split.x.shape[1])}),
        *(Run("throughput", turn, timing={"examples per second": row}) for turn, row in enumerate(speeds)),
    ]


def bare(setting: Setting) -> Setting:
    """The setting without what makes an example's gradient depend on chance or on its neighbours."""
    return replace(setting, normalization="none", dropout=0.0, label_smoothing=0.0)


def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """The noise of the gradient before and after training; an example may be drawn twice, or may not."""
    if model.label != WATCHED or model.setting.normalization == "batch norm":
        return {}
    random, x, y = generator(model.seed, "noise", 0), data.train.x, data.train.y
    rows = torch.randperm(len(x), generator=random)[:AMONG]
    some, first = (
        Split(x[rows], as_target(y[rows], x, model.setting)),
        start(network, model.seed, x, model.setting.initial),
    )
    found = {
        name: noise_by_size(network, p, some, EVERY, name != ONCE, random)
        for name, p in [("first weights", first), ("trained", params), (ONCE, params)]
    }
    choices = {str(B): rows[:B] for B in (1, 8, 128, len(rows))}
    shown = model.seed == 0 and not model.setting.filters
    everyone = Split(x, as_target(y, x, model.setting))
    return {"noise": found, "pictures": pictures(network, first, everyone, choices) if shown else {}}


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on batch sizes, judged."""
    named = {name: [run for run in runs if run.label == name] for name in ("definition", "memory", "throughput")}
    return {
        "batch_size.definition": definition_verdict([run.extra for run in named["definition"]]),
        "batch_size.memory": memory_verdict([saved for run in named["memory"] for saved in run.extra.values()]),
        "batch_size.noise": noise_verdict(runs),
        "batch_size.budget": budget_verdict(runs),
        "batch_size.throughput": throughput_verdict([run.timing["examples per second"] for run in named["throughput"]]),
    }


def definition_verdict(found: list[dict]) -> Verdict:
    off = [miscounted(int(B), passes, row["examples"]) for row in found for B, passes in row["counted"].items()]
    deviations = [row["deviation"] for row in found]
    return under_conditions(
        "what a batch is",
        {
            "a pass holds so many examples, an epoch's last one what is left": exact("examples amiss", off, 0),
            "its gradient is the mean of its examples' gradients": exact("deviation, float64", deviations, ROUNDING),
        },
    )


def memory_verdict(found: list[dict]) -> Verdict:
    off = [deviation for saved in found for deviation in off_proportion(saved)]
    return under_conditions(
        "bytes kept for the backward pass, fully connected and convolution",
        {
            "what examples leave is in proportion to their number": exact("relative deviation", [a for a, _ in off], 0),
            "the weights take the same at every size": exact("relative deviation", [p for _, p in off], 0),
        },
    )


def noise_verdict(runs: list[Run]) -> Verdict:
    """Does the noise fall as 1 / sqrt(B)?"""
    metric = "slope of log noise over log batch size, less -1/2"

    def off(name: str, sizes: tuple[int, ...], among: int | None = None) -> Verdict:
        slopes = values(runs, WATCHED, lambda run: falling(run.extra.get("noise", {}).get(name, {}), sizes, among))
        return within(metric, [slope if slope is None else slope + 0.5 for slope in slopes.values()], MARGIN)

    return under_conditions(
        metric,
        {
            "examples may be drawn twice, first weights": off("first weights", EVERY),
            "examples may be drawn twice, after training": off("trained", EVERY),
            "no example twice, at most a sixteenth of them": off(ONCE, FAR_BELOW),
            "no example twice, up to seven eighths": off(ONCE, EVERY),
            "the same over sqrt((N - B) / (N - 1))": off(ONCE, EVERY, AMONG),
        },
    )


def budget_verdict(runs: list[Run]) -> Verdict:
    """Does the smallest size win within the same epochs, and the largest within the same steps?"""
    of = {label: values(runs, label, lambda run: 100 * run.final["test accuracy"]) for label in ARMS}
    return under_conditions(
        "points of test accuracy",
        {
            f"same {budget}, {rates}": above(
                f"batches of {better} - batches of {worse}, points of test accuracy",
                paired(of[arm(budget, better, rates)], of[arm(budget, worse, rates)]),
                SAME,
            )
            for rates in (OWN, SCALED)
            for budget, better, worse in [("epochs", SMALL, LARGE), ("steps", LARGE, SMALL)]
        },
    )


def throughput_verdict(rows: list[dict]) -> Verdict:
    """Is a larger batch faster per example, and does that end? The intervals are over turns of measuring."""
    gain, more = ([row[str(a)] / row[str(b)] for row in rows] for a, b in [(512, 8), (8192, 2048)])
    return under_conditions(
        "examples per second",
        {
            "512 at once against 8": above("times as fast", gain, TWICE),
            "8192 at once against 2048": below("times as fast", more, FLAT),
        },
    )


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """How noisy a batch's gradient is, what each size learns within either budget, and how fast it is."""
    kinds = [(budget, rates) for budget in BUDGETS for rates in (OWN, SCALED)]
    lines = {kind: {B: arm(kind[0], B, kind[1]) for B in SIZES} for kind in kinds}
    draw_panels(figure, runs, title(found), lines, WATCHED)


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["batch_size.budget"].parts
    return finding(*(parts[f"same {budget}, {OWN}"] for budget in BUDGETS), SMALL, LARGE)


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return f"{title(found)}. {PANELS}"


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
