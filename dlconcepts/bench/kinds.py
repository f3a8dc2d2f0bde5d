"""Every kind of training, a row each: our setting, and the same as one writes it every day in torch.

Each kind is measured beside torch's own in every round, so that its ratio is of seconds and not of hours.
Shapes: x (N, 784), y (N,).
"""

from collections.abc import Callable, Iterable
from functools import partial
from statistics import median
from typing import Any, NamedTuple

from torch import Tensor, nn, optim

from ..images.data_set import Data, Split
from .measure import IMAGES, ratio, seconds
from .recipes import LR, SGD, H, I, O, by_hand, in_memory

B = 64
PART = 3200  # images that one measurement trains on
SLOW = LR / 10  # the learning rate where momentum adds ten steps to one
SMALL = LR / 100  # of Adam


class Kind(NamedTuple):
    """setting: the fields that differ from recipes.py's; model: the network in torch.nn; optimizer: torch's.

    together: how many of ours are trained at once, beside one alone.
    """

    setting: dict[str, Any]
    model: Callable[[], nn.Module]
    optimizer: Callable[[Iterable[Tensor]], optim.Optimizer] = SGD
    together: int = 16


def mlp(
    *widths: int, between: Callable[[int], list[nn.Module]] = lambda width: [nn.ReLU()], bias: bool = True
) -> Callable[[], nn.Sequential]:
    """Hidden layers of these widths, each followed by the modules of `between`; then the output layer."""

    def model() -> nn.Sequential:
        layers: list[nn.Module] = []
        for inputs, width in zip((I, *widths), widths, strict=False):
            layers += [nn.Linear(inputs, width, bias), *between(width)]
        return nn.Sequential(*layers, nn.Linear(widths[-1], O))

    return model


def convolutional() -> nn.Sequential:
    """Two convolutions with 8 and 16 filters, each followed by ReLU and max pooling; then the output layer."""
    blocks: list[nn.Module] = [nn.Unflatten(1, (1, 28, 28))]
    for inputs, filters in ((1, 8), (8, 16)):
        blocks += [nn.Conv2d(inputs, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(16 * 7 * 7, O))


ADAM = {"optimizer": "adam", "lr": SMALL}
KINDS = {
    "plain SGD": Kind({}, mlp(H)),
    "six hidden layers of 64, SGD": Kind({"hidden": (64,) * 6}, mlp(*(64,) * 6)),
    "momentum": Kind({"optimizer": "momentum", "lr": SLOW}, mlp(H), partial(optim.SGD, lr=SLOW, momentum=0.9)),
    "Nesterov": Kind(
        {"optimizer": "nesterov", "lr": SLOW}, mlp(H), partial(optim.SGD, lr=SLOW, momentum=0.9, nesterov=True)
    ),
    "L2 penalty": Kind({"l2": 1e-4}, mlp(H), partial(optim.SGD, lr=LR, weight_decay=1e-4)),
    "dropout": Kind({"dropout": 0.2}, mlp(H, between=lambda width: [nn.ReLU(), nn.Dropout(0.2)])),
    "batch norm": Kind(
        {"normalization": "batch norm"}, mlp(H, between=lambda width: [nn.BatchNorm1d(width), nn.ReLU()], bias=False)
    ),
    "layer norm": Kind({"normalization": "layer norm"}, mlp(H, between=lambda width: [nn.LayerNorm(width), nn.ReLU()])),
    "Adagrad": Kind({"optimizer": "adagrad", "lr": SLOW}, mlp(H), partial(optim.Adagrad, lr=SLOW)),
    "RMSprop": Kind({"optimizer": "rmsprop", "lr": SMALL}, mlp(H), partial(optim.RMSprop, lr=SMALL)),
    "Adam": Kind(ADAM, mlp(H), partial(optim.Adam, lr=SMALL)),
    "Adam, torch's fused": Kind(ADAM, mlp(H), partial(optim.Adam, lr=SMALL, fused=True)),
    "AdamW": Kind({"optimizer": "adamw", "lr": SMALL, "weight_decay": 0.01}, mlp(H), partial(optim.AdamW, lr=SMALL)),
    "CNN, filters 8 and 16": Kind({"filters": (8, 16), "hidden": ()}, convolutional, together=8),
}


def compare_kind(name: str, data: Data, rounds: int, tell: Callable[[str], object]) -> dict[str, Any]:
    """One kind's seconds per model-epoch, and how many times as fast as torch we are: medians over the rounds."""
    kind, split = KINDS[name], Split(data.train.x[:PART], data.train.y[:PART])
    models = {"everyday torch": 1, "one model": 1, f"{kind.together} at once": kind.together}
    first, *ours = models
    ready = {first: in_memory(split, B, kind.model, kind.optimizer)}
    ready |= {mine: by_hand(models[mine], **kind.setting)(split, B) for mine in ours}
    times: dict[str, list[float]] = {recipe: [] for recipe in ready}
    for turn in range(rounds + 1):  # the first one warms up
        for recipe, run in ready.items():
            tell(f"{name}, round {turn} of {rounds}: {recipe}")
            spent = seconds(run) * IMAGES / PART / models[recipe]
            times[recipe] += [spent] if turn else []
    return {
        "kind": name,
        "models": kind.together,
        "seconds": {recipe: median(spent) for recipe, spent in times.items()},
        "times as fast": {mine: ratio(times[first], times[mine]) for mine in ours},
    }


def kinds_table(rows: list[dict[str, Any]]) -> str:
    """The rows as text; what is slower than everyday torch is called so."""
    lines = [f"{f'times as fast as everyday torch, batch {B}':42}{'one model':>14}{'many at once':>18}"]
    for row in rows:
        one, many = (f"{times:.2f}" + (" slower" if times < 1 else "") for times in row["times as fast"].values())
        lines.append(f"  {row['kind']:40}{one:>14}{many:>14}{row['models']:4}")
    return "\n".join(lines)
