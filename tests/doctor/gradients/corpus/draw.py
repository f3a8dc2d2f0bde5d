"""Inputs that the cases share."""

from collections.abc import Callable

import torch
from torch import Generator, Tensor


def normal(generator: Generator, *shape: int) -> Tensor:
    """Standard normal float64 numbers."""
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def uniform(generator: Generator, low: float, high: float, *shape: int) -> Tensor:
    """float64 numbers between low and high."""
    return low + (high - low) * torch.rand(shape, generator=generator, dtype=torch.float64)


def integers(generator: Generator, below: int, *shape: int) -> Tensor:
    """Class numbers, or indices, from 0 on."""
    return torch.randint(below, shape, generator=generator)


def drawn(*shapes: tuple[int, ...], scale: float = 1.0) -> Callable[[Generator], tuple[Tensor, ...]]:
    """A case's `inputs`: normal numbers of these shapes."""
    return lambda generator: tuple(scale * normal(generator, *shape) for shape in shapes)


def drawn_apart(*shapes: tuple[int, ...], distance: float = 0.05) -> Callable[[Generator], tuple[Tensor, ...]]:
    """As `drawn`, but no entry is nearer to zero than the distance: nothing sits on a kink at 0."""

    def inputs(generator: Generator) -> tuple[Tensor, ...]:
        return tuple(apart(normal(generator, *shape), distance) for shape in shapes)

    return inputs


def drawn_with_zeros(*shapes: tuple[int, ...]) -> Callable[[Generator], tuple[Tensor, ...]]:
    """As `drawn_apart`, but every third entry is exactly 0."""

    def inputs(generator: Generator) -> tuple[Tensor, ...]:
        return tuple(with_zeros(apart(normal(generator, *shape), 0.05)) for shape in shapes)

    return inputs


def apart(x: Tensor, distance: float) -> Tensor:
    return torch.where(x < 0, x - distance, x + distance)


def with_zeros(x: Tensor) -> Tensor:
    third = torch.arange(x.numel()).view(x.shape) % 3 == 0
    return x.masked_fill(third, 0)
