"""A network is a list of layers, its loss included.

Shapes: W (I, O) and b (O,) for one model; `stack` puts models along a new first dimension.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from .initial import parameters


class Operation(Protocol):
    """What a layer does: its forward and its backward.

    reference: torch's own version, `reference(x, *params, **constants) -> y`, which torch.autograd differentiates.
    parameters: the backward without dx, `parameters(dy, *saved) -> dparams`, or None where that saves nothing.
    """

    @property
    def forward(self) -> Callable[..., tuple[Tensor, tuple]]: ...
    @property
    def backward(self) -> Callable[..., tuple[Tensor, ...]]: ...
    @property
    def reference(self) -> Callable[..., Tensor]: ...
    @property
    def parameters(self) -> Callable[..., tuple[Tensor, ...]] | None: ...


class Layer(NamedTuple):
    """One layer: its rule, the shapes of its parameters for one model, and the rule's constants.

    evaluation: the rule that takes its place when nothing is learned, where that is another one: dropout's is the
    identity, batch norm's takes the running statistics as two more inputs.
    """

    rule: Operation
    shapes: tuple[tuple[int, ...], ...] = ()
    constants: dict[str, Any] = {}  # noqa: RUF012 - read only; a NamedTuple's default
    evaluation: Operation | None = None


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
