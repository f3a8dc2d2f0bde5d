"""A network is a list of layers, its loss included.

Shapes: W (I, O) and b (O,) for one model; `stack` puts models along a new first dimension.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor

from . import activation, linear, loss
from .initial import parameters
from .rule import Rule


class Layer(NamedTuple):
    """One layer: its rule, the shapes of its parameters for one model, and the rule's constants.

    evaluation: the rule that takes its place when nothing is learned, where that is another one: dropout's is the
    identity, batch norm's takes the running statistics as two more inputs.
    """

    rule: Rule
    shapes: tuple[tuple[int, ...], ...] = ()
    constants: dict[str, Any] = {}  # noqa: RUF012 - read only; a NamedTuple's default
    evaluation: Rule | None = None


def fully_connected(I: int, O: int, bias: bool = True) -> Layer:
    """I inputs to O units."""
    if bias:
        return Layer(linear.rules["linear"], ((I, O), (O,)))
    return Layer(linear.rules["linear without bias"], ((I, O),))


def mlp(widths: list[int], activation_name: str, loss_name: str) -> list[Layer]:
    """Fully connected layers of the given widths, input and output included, an activation between each two."""
    network = []
    for I, O in pairwise(widths):
        network += [fully_connected(I, O), Layer(activation.rules[activation_name])]
    return [*network[:-1], Layer(loss.rules[loss_name])]


def initial(
    layer: Layer, generator: torch.Generator, scheme: str = "uniform", **constants: float
) -> tuple[Tensor, ...]:
    """One model's first parameters for a layer, float64: see initial.py, whose table has the schemes."""
    return parameters(layer.shapes, generator, scheme, **constants)


def stack(models: list[list[tuple[Tensor, ...]]]) -> list[tuple[Tensor, ...]]:
    """The parameters of M models as one stack: each tensor gets a first dimension M."""
    return [tuple(map(torch.stack, zip(*layers, strict=True))) for layers in zip(*models, strict=True)]


def unstack(params: list[tuple[Tensor, ...]], m: int) -> list[tuple[Tensor, ...]]:
    """Model m's own parameters."""
    return [tuple(p[m] for p in layer) for layer in params]
