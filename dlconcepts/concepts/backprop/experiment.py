"""The experiment of the concept `backprop`: arms, what is measured, what is judged."""

# Over 200 lines, and one thing: five statements, each judged with its conditions. Figure and probes are elsewhere.

from dataclasses import replace
from itertools import pairwise
from math import log10
from statistics import fmean

import torch
from matplotlib.figure import Figure
from torch import nn

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values, within
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES, Data, Split
from ...manual.backprop import Params
from ...manual.network import Layer, stack, unstack
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import build
from ...training.gradients import sources
from ...training.seeding import start
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.every_number import rows
from ..shared.plain_descent import by_hand
from ..shared.small_network import WIDTHS, four_numbers, layers, shown_pass, train_small
from .figure import alt as alt
from .figure import draw_panels, title
from .finite_differences import power
from .slopes import STEP_SIZES, autograd_slopes, slopes_of_one
from .where_training_ends import arrivals, facts

BASE = Setting(hidden=(32,), epochs=2)
HAND, AUTOGRAD = "1,000 steps, by hand", "1,000 steps, autograd"
SOURCES = {HAND: "manual", AUTOGRAD: "autograd"}
THOUSAND = replace(BASE, steps=1000, batch_size=32)
KINDS = {
    "one hidden layer": BASE,
    "four hidden layers": replace(BASE, hidden=(32,) * 4),
    "pixels from 0 to 255": replace(BASE, inputs="0 to 255"),
}
ARMS = {
    **dict.fromkeys(SOURCES, THOUSAND),
    **{f"{kind}, rate 1": replace(setting, lr=1.0) for kind, setting in KINDS.items()},
    **{f"{kind}, own rate": setting for kind, setting in KINDS.items()},
}
GRIDS = {kind: (0.03, 0.1, 0.2, 0.4, 0.8) for kind in KINDS} | {
    "pixels from 0 to 255": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
}
TUNED = {f"{kind}, own rate": ("lr", grid) for kind, grid in GRIDS.items()}
WATCHED = "one hidden layer, own rate"
SMALL, CONVEX, STEPS = "136 parameters", "softmax regression", "1,000 steps side by side"
ON_ALL, ALL_DIGITS, RATES = 1000, 300, {SMALL: 0.1, CONVEX: 1.0}  # steps on all digits, and how many these are
TRUNCATED, ROUNDED = (1e-4, 1e-2), (1e-12, 1e-7)  # where the one error rules, and where the other
TRAINED_ON = 16_000  # digits of the thousand steps
ROUNDING = 1e-12  # six layers in float64
DRIFT = 1e-10  # what rounding may have grown to after a thousand steps
GOOD = 1e-8  # a difference at its best step: the third root of float64's 1e-16 is 1e-5, and its square 1e-10
MARGIN = 0.1  # of the powers 1, 2 and -1
SAME = 0.5  # percentage points of accuracy below which we call nothing lost
ALIKE = 0.1  # percentage points: the same training in float32
GONE = 0.01  # a gradient this short is called vanished; first weights have about 1
NOTHING = 1e-16  # what 0 counts as where powers of ten are compared
ONE_LOSS = 0.01  # the share by which losses may differ that are called one
GUESSING = 10.0  # percent: what a model that diverged is taken to know


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms, two of them by a source of their own, and looks at the small network and the thousand steps."""
    runs, parts = [], four_numbers(data)
    for label, source in SOURCES.items():
        runs += train({label: arms[label]}, seeds, data, **(options | {"gradients": source}))
    others = {label: setting for label, setting in arms.items() if label not in SOURCES}
    runs += train(others, seeds, data, observe=observe, **options)
    return [*runs, *small_networks(data, parts, seeds), *at_the_end(parts, seeds), *side_by_side(data, seeds)]


def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """Where training has ended: the loss on all training digits and the length of its gradient; and is it right?"""
    setting = model.setting
    plain = setting.loss == "cross-entropy" and setting.normalization == "none" and not setting.filters
    if model.label != WATCHED or not plain or not setting.hidden:
        return {}
    return facts(network, params, data.train, model.seed)


def small_networks(data: Data, parts: dict[str, Split], seeds: list[int]) -> list[Run]:
    """The trained small networks; what the chain rule, the paths and the differences say about one digit's loss."""
    network, split = layers(), parts["train"]
    params, _ = train_small(network, seeds, split)
    found = []
    for m, seed in enumerate(seeds):
        own = unstack(params, m)
        extra = slopes_of_one(network, own, split)
        if m == 0:
            extra["drawn"] = shown_pass(data, network, own) | {
                "by autograd": rows(autograd_slopes(network, own, split))
            }
        found.append(Run(SMALL, seed, extra=extra))
    return found


def at_the_end(parts: dict[str, Split], seeds: list[int]) -> list[Run]:
    """Gradient descent on all of a few digits: where do the small network and softmax regression arrive?"""
    few = Split(parts["train"].x[:ALL_DIGITS], parts["train"].y[:ALL_DIGITS])
    return [
        Run(f"{name}, all digits", seed, extra=extra)
        for name, widths in [(SMALL, WIDTHS), (CONVEX, (WIDTHS[0], WIDTHS[-1]))]
        for seed, extra in zip(seeds, arrivals(widths, few, seeds, RATES[name], ON_ALL), strict=True)
    ]


def side_by_side(data: Data, seeds: list[int]) -> list[Run]:
    """A thousand steps on MNIST in float64: by hand, and by autograd as one writes it in torch."""
    part = data.first(TRAINED_ON, 1).to(torch.float64)
    network = build([THOUSAND], part.train.x)
    first = stack([start(network, seed, part.train.x) for seed in seeds])
    _, losses = by_hand(network, first, part.train, seeds, THOUSAND, sources["manual"])
    runs = []
    for m, seed in enumerate(seeds):
        ours, theirs = losses[:, m], torch.tensor(in_torch(part, THOUSAND, seed), dtype=torch.float64)
        apart = (ours - theirs).abs()
        curves = {"by hand": ours.tolist(), "autograd": theirs.tolist(), "apart": apart.tolist()} if m == 0 else {}
        runs.append(Run(STEPS, seed, curves=curves, extra={"apart": float(apart.max())}))
    return runs


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on back-propagation, judged."""
    return {
        "backprop.chain-rule": under_conditions("the loss's slope by every weight", chain_rule(runs)),
        "backprop.order": order(runs),
        "backprop.subtract": under_conditions("what the gradient alone is worth, without a rate", subtract(runs)),
        "backprop.local-minimum": under_conditions("where training ends", ends(runs)),
        "backprop.training-equal": under_conditions("the same training", equal(runs)),
    }


def of(runs: list[Run], label: str, name: str) -> list:
    """A number from each run of an arm; None where it is missing."""
    return list(values(runs, label, lambda run: run.extra.get(name)).values())


def chain_rule(runs: list[Run]) -> dict[str, Verdict]:
    central, one_sided = of(runs, SMALL, "central"), of(runs, SMALL, "one-sided")

    def grows(name: str, curves: list[list[float]], ends: tuple[float, float], expected: int) -> Verdict:
        powers = [power(STEP_SIZES, curve, *ends) for curve in curves]
        return within(
            f"power of the step, less {expected}: {name}", [None if p is None else p - expected for p in powers], MARGIN
        )

    return {
        "136 parameters: autograd's": exact("largest error", of(runs, SMALL, "off autograd"), ROUNDING),
        "784-32-10, trained: autograd's": exact("largest error", of(runs, WATCHED, "off autograd"), ROUNDING),
        "the first layer's: the sum over all paths to the loss": exact(
            "largest error", of(runs, SMALL, "off paths"), ROUNDING
        ),
        "central differences at their best step come near": exact(
            "largest error over the largest slope", [min(curve) for curve in central], GOOD
        ),
        "central differences: a large step errs by its square": grows("from 1e-4 to 1e-2", central, TRUNCATED, 2),
        "one-sided ones: by the step": grows("from 1e-4 to 1e-2", one_sided, TRUNCATED, 1),
        "central differences: a small step errs by its inverse": grows("from 1e-12 to 1e-7", central, ROUNDED, -1),
    }


def order(runs: list[Run]) -> Verdict:
    """If the last layer's weight gradients gave those before, networks that share them would share those, too."""
    metric = "difference of the gradients before, where the last layer's agree, as a share"

    def part(label: str) -> Verdict:
        found = of(runs, label, "order")
        return below(metric, [row["before"] if row and row["last"] <= ROUNDING else None for row in found], GONE)

    return under_conditions(metric, {"136 parameters": part(SMALL), "784-32-10, trained": part(WATCHED)})


def knows(run: Run) -> float:
    """Test accuracy in percent; that of guessing for a model that diverged."""
    return accuracy(run) if run.status == "ok" else GUESSING


def subtract(runs: list[Run]) -> dict[str, Verdict]:
    by_label = {label: {run.seed: knows(run) for run in runs if run.label == label} for label in ARMS}
    return {
        f"{kind}: as good as with a rate": above(
            "rate 1 - own rate, points of test accuracy",
            paired(by_label[f"{kind}, rate 1"], by_label[f"{kind}, own rate"]),
            -SAME,
        )
        for kind in KINDS
    }


def ends(runs: list[Run]) -> dict[str, Verdict]:
    found = {}
    for name, label in [
        ("784-32-10, batches", WATCHED),
        ("136 parameters, 300 digits at once", f"{SMALL}, all digits"),
        ("softmax regression, 300 digits at once", f"{CONVEX}, all digits"),
    ]:
        found[f"{name}: the gradient is gone"] = below(
            "power of ten of the full gradient's length", powers(of(runs, label, "length")), log10(GONE)
        )
        found[f"{name}: every seed ends at one loss"] = below(
            "power of ten of a seed's loss from the others' mean, as a share",
            powers(apart(of(runs, label, "loss"))),
            log10(ONE_LOSS),
        )
    return found


def powers(found: list[float | None]) -> list[float | None]:
    """The numbers' powers of ten: what spreads over several has no symmetric interval itself."""
    return [None if value is None else log10(max(value, NOTHING)) for value in found]


def apart(losses: list[float | None]) -> list[float | None]:
    """How far each seed's loss is from the mean of the others', as a share of it."""
    if len(losses) < 2 or None in losses:
        return [None] * len(losses)
    means = [fmean(losses[:m] + losses[m + 1 :]) for m in range(len(losses))]
    return [abs(loss / mean - 1) for loss, mean in zip(losses, means, strict=True)]


def equal(runs: list[Run]) -> dict[str, Verdict]:
    of_source = {label: values(runs, label, accuracy) for label in SOURCES}
    return {
        "in float64: the loss of torch.nn, autograd and torch.optim, step by step": exact(
            "largest difference of any step's loss", of(runs, STEPS, "apart"), DRIFT
        ),
        "in float32: as accurate as with autograd": within(
            "by hand - autograd, points of test accuracy", paired(of_source[HAND], of_source[AUTOGRAD]), ALIKE
        ),
    }


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """One weight's gradient number by number, the V of the differences, a thousand steps by hand and by autograd."""
    draw_panels(figure, runs, title(found), SMALL, STEPS, STEP_SIZES)


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    parts = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*parts[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
