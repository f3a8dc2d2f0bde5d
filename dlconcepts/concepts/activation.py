"""What does the activation function do for a network, and can we do without?

An activation function bends what a layer computes. Without one, every layer is an affine map, and affine maps after
one another are again a single affine map, so a deep network draws the same straight borders as one with no hidden
layer. This run trains networks that differ in nothing but their activation, each at its own best learning rate,
looks whether the linear ones really collapse into one map, and counts how often a unit is silent, that is exactly 0.
"""

from dataclasses import replace
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR

from .. import everyday
from ..budget import steps_an_epoch
from ..data import CLASSES, Data
from ..evidence import above, below, exact, paired, under_conditions, values
from ..manual.backprop import Params, forward
from ..manual.network import Layer
from ..panels import INTERVALS, learning_curves
from ..plot import by_formula, looks, words
from ..records import Run, Verdict
from ..rules.activation import rules
from ..rules.linear import rules as linear_rules
from ..setting import Setting
from ..stacks import Model
from ..train import train
from ..verify import error

BASE = Setting(hidden=(128,), schedule="cosine")  # at a constant rate the last epoch's accuracy is mostly luck
ARMS = {
    "softmax regression": replace(BASE, hidden=(), activation="identity"),
    "linear, 1 hidden": replace(BASE, activation="identity"),
    "linear, 3 hidden": replace(BASE, hidden=(128, 128, 128), activation="identity"),
    "sigmoid": replace(BASE, activation="sigmoid"),
    "tanh": replace(BASE, activation="tanh"),
    "ReLU": replace(BASE, activation="relu"),
}
TUNED = dict.fromkeys(ARMS, ("lr", (0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)))
LINEAR = ("linear, 1 hidden", "linear, 3 hidden")
ONE_HIDDEN = {"identity": "linear, 1 hidden", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "ReLU"}
ROUNDING = 1e-12  # products of four float64 matrices
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
SILENT = 0.01  # share of exact zeros from which a function may be said to switch units off
ALIKE = 0.99  # share of equal predictions from which two models may be called the same
NEVER = 0.5  # a classifier that cannot do its task stays below this accuracy; guessing gets 0.1


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains the arms; each model is asked for its silent units and, if linear, for the one map it is."""
    regression = linear_regression(data).argmax(-1)

    def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
        found = {"silent": silent_share(network, params, data.test.x)}
        if is_linear(network):
            z, _ = forward(network[:-1], params, data.test.x)
            agreement = (z.argmax(-1).cpu() == regression).float().mean()
            found |= {"collapse": collapse_error(network, params, data.test.x), "agreement": float(agreement)}
        return found

    return train(arms, seeds, data, observe=observe, **options)


def is_linear(network: list[Layer]) -> bool:
    """Is there nothing before the loss but linear layers and identities?"""
    linear = (linear_rules["linear"], rules["identity"])
    return all(any(layer.rule is rule for rule in linear) for layer in network[:-1])


def linear_regression(data: Data) -> Tensor:
    """The least-squares fit of one-hot targets, its outputs on the test split (N, K)."""
    x, test = (with_ones(split.x.double()) for split in (data.train, data.test))
    target = nn.functional.one_hot(data.train.y, CLASSES).double()
    return test @ (torch.linalg.pinv(x.mT @ x, hermitian=True) @ (x.mT @ target))


def with_ones(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones_like(x[:, :1])], dim=1)


def silent_share(network: list[Layer], params: Params, x: Tensor) -> float | None:
    """The share of hidden values that are exactly 0; None without a hidden layer."""
    if len(network) < 4:
        return None
    hidden, _ = forward(network[:2], params[:2], x)
    return float((hidden == 0).double().mean())


def collapse_error(network: list[Layer], params: Params, x: Tensor) -> float:
    """How far the layers' outputs are from those of the one affine map that they multiply out to, in float64."""
    params, x = [tuple(p.double() for p in layer) for layer in params], x[:1000].double()
    (W, b), *later = [layer for layer in params if layer]
    for next_W, next_b in later:
        W, b = W @ next_W, b @ next_W + next_b
    z, _ = forward(network[:-1], params, x)
    return error(x @ W + b, z)


def accuracy(run: Run) -> float:
    """Test accuracy in percent."""
    return 100 * run.final["test accuracy"]


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
    }


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """The functions, their hand-written slopes, and how networks learn with them."""
    seeds = len({run.seed for run in runs})
    words(
        figure,
        title(found),
        f"MNIST, {seeds} seeds; learning rates tuned per arm, falling to 0 along a cosine. Bands: {INTERVALS}",
    )
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1.35])
    look = looks(list(ARMS))
    x = torch.linspace(-4, 4, 401, dtype=torch.float64)
    for label, rule in {label: rules[ARMS[label].activation] for label in ONE_HIDDEN.values()}.items():
        y, saved = rule.forward(x)
        (slope,) = rule.backward(torch.ones_like(x), *saved)
        left.plot(x, y, **look[label])
        middle.plot(x, slope, **look[label], label="identity" if "linear" in label else label)
    by_formula(left, middle)
    left.set(title="The function", xlabel="input x", ylabel="output y", ylim=(-1.6, 3.2))
    middle.set(title="Its slope, by hand", xlabel="input x", ylabel="dy / dx", ylim=(-0.08, 1.4))
    middle.legend(loc="upper left", ncols=2, frameon=False, fontsize=13)
    learning_curves(right, runs, look)
    right.set(title="What networks learn with it")


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    parts = found["activation.nonlinear-needed"].parts
    gain, one_map = parts["ReLU is more accurate, same shape"], parts["the layers multiply out to one affine map"]
    if gain.effect is None:
        return "Activation functions: not shown, a model diverged"
    if gain.outcome == one_map.outcome == "supported":
        return f"Without an activation any depth is one affine map; ReLU gains {gain.effect:.1f} points"
    return f"ReLU against no activation: {gain.effect:+.1f} points of accuracy ({gain.outcome})"


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return (
        f"{title(found)}. Three panels: identity, sigmoid, tanh and ReLU; their slopes; and validation accuracy by "
        "epoch for networks without hidden layer, with one and three linear hidden layers, and with sigmoid, tanh "
        "and ReLU."
    )


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    activation = {"identity": nn.Identity, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}[setting.activation]
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), activation())]
    model = everyday.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    falling = setting.schedule == "cosine"
    schedule = CosineAnnealingLR(optimizer, setting.epochs * steps_an_epoch(setting, data)) if falling else None
    shown = everyday.examples(data, setting, seed)
    return everyday.fit(model, nn.functional.cross_entropy, optimizer, shown, schedule)
