"""The experiment of the concept `activation`: arms, what is measured, what is judged."""

from dataclasses import replace
from itertools import pairwise
from math import log10
from statistics import fmean

import torch
from matplotlib.figure import Figure
from torch import nn

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training import everyday_torch
from ...training.budget import steps
from ...training.build import as_target
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from ..shared.inside_network import at_first, dead_share, gradient_lengths, hidden_values, silent_share
from .affine_map import collapse_error, is_linear, linear_regression
from .figure import alt as alt
from .figure import draw_panels, title

BASE = Setting(hidden=(128,), schedule="cosine")  # at a constant rate the last epoch's accuracy is mostly luck
FIRST = {
    "softmax regression": replace(BASE, hidden=(), activation="identity"),
    "linear, 1 hidden": replace(BASE, activation="identity"),
    "linear, 3 hidden": replace(BASE, hidden=(128, 128, 128), activation="identity"),
    "sigmoid": replace(BASE, activation="sigmoid"),
    "tanh": replace(BASE, activation="tanh"),
    "ReLU": replace(BASE, activation="relu"),
}
NAMES = {  # what people call it: its name in our table
    **{"identity": "identity", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "leaky ReLU": "leaky relu"},
    **{"ELU": "elu", "GELU": "gelu", "SiLU": "silu", "softplus": "softplus"},
}
DEPTHS = (2, 6)
# one start for all: weights that keep the size of signals and gradients where the slope is 1
DEEP = replace(BASE, initial="xavier normal", batch_size=128, epochs=3)
CHOICES = {depth: {name: f"{name}, {depth} deep" for name in NAMES} for depth in DEPTHS}
ARMS = FIRST | {
    label: replace(DEEP, hidden=(64,) * depth, activation=NAMES[name])
    for depth, labels in CHOICES.items()
    for name, label in labels.items()
}
WIDE, MIDDLE = (0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0), (0.03, 0.1, 0.3, 1.0, 3.0)
# a slope of 1 everywhere asks for smaller steps, slopes that are small at 0 for larger ones
GRIDS = {"identity": (0.01, 0.03, 0.1, 0.3), "sigmoid": (0.3, 1.0, 3.0, 10.0, 30.0), "softplus": (0.1, 0.3, 1.0, 3.0)}
TUNED = {label: ("lr", WIDE if label in FIRST else GRIDS.get(label.split(",")[0], MIDDLE)) for label in ARMS}
LINEAR = ("linear, 1 hidden", "linear, 3 hidden")
ONE_HIDDEN = {"identity": "linear, 1 hidden", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "ReLU"}
LOOKED = 1000  # training digits whose gradient is measured, of the 50,000
ROUNDING = 1e-12  # products of four float64 matrices
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
SILENT = 0.01  # share of exact zeros from which a function may be said to switch units off
ALIKE = 0.99  # share of equal predictions from which two models may be called the same
NEVER = 0.5  # a classifier that cannot do its task stays below this accuracy; guessing gets 0.1
VANISHED = 2.0  # powers of ten that the gradient loses on its way to the first layer: a hundredth is left


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms; each model is asked for silent units, gradients by layer and, if linear, for its one map."""
    regression = linear_regression(data).argmax(-1)

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        x, y = data.train.x[:LOOKED], data.train.y[:LOOKED]
        target, hidden = as_target(y, x, model.setting), hidden_values(network, params, data.test.x)
        found = {
            "silent": silent_share(hidden),
            "dead": dead_share(hidden),
            "gradients before": gradient_lengths(*at_first(model.setting, model.seed, x), x, target),
            "gradients after": gradient_lengths(network, params, x, target),
        }
        if is_linear(network):
            z, _ = forward(network[:-1], params, data.test.x)
            agreement = (z.argmax(-1).cpu() == regression).float().mean()
            found |= {"collapse": collapse_error(network, params, data.test.x), "agreement": float(agreement)}
        return found

    return train(arms, seeds, data, observe=observe, **options)


def lost(run: Run) -> float | None:
    """How many powers of ten shorter the first layer's gradient is than the last one's, before training."""
    lengths = run.extra["gradients before"]
    return log10(lengths[-1] / lengths[0]) if all(lengths) else None


def best(runs: list[Run], depth: int) -> str:
    """The activation with the highest mean validation accuracy among those of which no model diverged."""

    def score(label: str) -> float:
        mine = [run for run in runs if run.label == label]
        return 0.0 if any(r.status != "ok" for r in mine) else fmean(r.curves["validation accuracy"][-1] for r in mine)

    return max(NAMES, key=lambda name: score(CHOICES[depth][name]))


def choice(runs: list[Run]) -> dict[str, Verdict]:
    """What depends on the choice, with few and with many layers."""
    parts, metric = {}, "points of test accuracy"
    for depth, labels in CHOICES.items():
        of = {name: values(runs, label, accuracy) for name, label in labels.items()}
        parts |= {
            f"{depth} hidden layers: the best gains on ReLU": above(
                f"best on validation - ReLU, {metric}", paired(of[best(runs, depth)], of["ReLU"]), SAME
            ),
            f"{depth} hidden layers: smooth or kinked, GELU gains on ReLU": above(
                f"GELU - ReLU, {metric}", paired(of["GELU"], of["ReLU"]), SAME
            ),
            f"{depth} hidden layers: sigmoid loses against ReLU": above(
                f"ReLU - sigmoid, {metric}", paired(of["ReLU"], of["sigmoid"]), SAME
            ),
            f"{depth} hidden layers: sigmoid's gradient vanishes": above(
                "powers of ten lost from the last layer to the first, before training",
                values(runs, labels["sigmoid"], lost).values(),
                VANISHED,
            ),
            f"{depth} hidden layers: ReLU leaves units dead": above(
                "share of hidden units that are 0 for every test digit",
                values(runs, labels["ReLU"], lambda run: run.extra["dead"]).values(),
                SILENT,
            ),
        }
    return parts


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on activation functions, judged."""
    of = {label: values(runs, label, accuracy) for label in ARMS}
    one_map = exact(
        "largest deviation from one affine map, float64",
        [d for label in LINEAR for d in values(runs, label, lambda run: run.extra.get("collapse")).values()],
        ROUNDING,
    )
    gap = paired(of["ReLU"], of["linear, 1 hidden"])
    depth = paired(of["linear, 3 hidden"], of["softmax regression"])
    agreement = values(runs, "linear, 3 hidden", lambda run: run.extra.get("agreement")).values()
    silent = {
        name: above("share of hidden values that are exactly 0", shares.values(), SILENT)
        for name, label in ONE_HIDDEN.items()
        for shares in [values(runs, label, lambda run: run.extra["silent"])]
    }
    return {
        "activation.nonlinear-needed": under_conditions(
            "what linear layers can and cannot do",
            {
                "the layers multiply out to one affine map": one_map,
                "ReLU is more accurate, same shape": above("ReLU - linear, points of test accuracy", gap),
                "three linear hidden layers do no better than none": below(
                    "linear with 3 hidden - softmax regression, points of test accuracy", depth, SAME
                ),
            },
        ),
        "activation.linear-never-images": below(
            "test accuracy of softmax regression", [v and v / 100 for v in of["softmax regression"].values()], NEVER
        ),
        "activation.is-linear-regression": under_conditions(
            "the network without activation against linear regression",
            {
                "an affine map of its input": one_map,
                "the same predictions": above("share of equal predictions on the test digits", agreement, ALIKE),
            },
        ),
        "activation.gate": under_conditions("does the function switch units off", silent),
        "activation.choice": under_conditions("does it matter which activation one takes", choice(runs)),
    }


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """The functions and their slopes, what networks learn without and with them, and which one to take."""
    draw_panels(figure, runs, title(found), list(FIRST), NAMES, CHOICES)


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    activation = everyday_torch.activations[setting.activation]
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), activation())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
