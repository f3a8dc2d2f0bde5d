"""Kinds of training, a row each: a setting, and the same as everybody writes it in torch.

Shapes: x (N, 784), y (N,). As in recipes.py a recipe is prepared once for a split and then run.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor, nn, optim

from ..images.data_set import Split
from .recipes import LR, H, I, O, by_hand, in_memory

SLOW = LR / 10  # the learning rate where momentum adds ten steps to one
SMALL = LR / 100  # of Adam


class Kind(NamedTuple):
    """setting: the fields that differ from recipes.py's; model: the network in torch.nn; optimizer: torch's.

    together: how many of ours are trained at once, beside one alone.
    """

    setting: dict[str, Any]
    model: Callable[[], nn.Module]
    optimizer: Callable[[Iterable[Tensor]], optim.Optimizer] = partial(optim.SGD, lr=LR)
    together: int = 16

    def everyday(self, split: Split, B: int) -> Callable[[], object]:
        return in_memory(split, B, self.model, self.optimizer)

    def ours(self, models: int, split: Split, B: int) -> Callable[[], object]:
        return by_hand(models, **self.setting)(split, B)


def mlp(*widths: int, between: Callable[[int], list[nn.Module]] = lambda width: [nn.ReLU()], bias: bool = True):
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
