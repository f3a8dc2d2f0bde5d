"""What goes on inside a network: how long each layer's gradient is, and which hidden units are silent.

Shapes: x (N, I), target (N,) or (N, K) as the loss takes it; a network comes with its loss.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from ...images.data_set import Split
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...training.build import build, evaluation, evaluation_params, first_statistics
from ...training.gradients import manual
from ...training.seeding import start
from ...training.setting import Setting


def at_first(setting: Setting, seed: int, x: Tensor) -> tuple[list[Layer], Params]:
    """A seed's network before training, as it is when nothing is learned."""
    network = build([setting], x)
    params = start(network, seed, x, setting.initial)
    return evaluation(network), evaluation_params(params, first_statistics(network, params))


def gradient_lengths(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> list[float]:
    """The length of the loss's gradient by each layer's weights and biases, first layer to last."""
    _, found, _ = manual(network, params, x, target)
    return [length(layer) for layer in found if layer]


def length(gradients: Iterable[Tensor]) -> float:
    """The length of all the gradients together, in float64."""
    return float(sum((dp.double().square().sum() for dp in gradients), start=torch.zeros(())).sqrt())


def hidden_values(network: list[Layer], params: Params, x: Tensor) -> list[Tensor]:
    """What each hidden layer hands on, (N, H) each: its activations."""
    found, last = [], max(i for i, layer in enumerate(params) if layer)
    for layer, p in zip(network[:last], params, strict=False):
        x, _ = forward([layer], [p], x)
        found += [] if p else [x]
    return found


def silent_share(hidden: list[Tensor]) -> float | None:
    """The share of hidden values that are exactly 0, layer by layer on average; None without a hidden layer."""
    return float(sum((h == 0).double().mean() for h in hidden) / len(hidden)) if hidden else None


def dead_share(hidden: list[Tensor]) -> float | None:
    """The share of hidden units that are exactly 0 for every example; None without a hidden layer."""
    dead = [unit for h in hidden for unit in (h == 0).all(dim=0).flatten().tolist()]
    return sum(dead) / len(dead) if dead else None


def share_right(network: list[Layer], params: Params, split: Split) -> float:
    """The accuracy on a split, nothing left out and nothing moved."""
    z, _ = forward(network[:-1], params, split.x)
    return float((z.argmax(-1) == split.y).double().mean())
