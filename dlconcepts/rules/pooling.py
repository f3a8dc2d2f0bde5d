"""Pooling and flattening: torch's own, and what ours are verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.pooling import (
    average_pool,
    average_pool_backward,
    flatten,
    flatten_backward,
    max_pool,
    max_pool_backward,
)
from ..manual.window import Pair, both
from .rule import Cases, Rule, Sample, normal, one_by_one

POOLS: Cases = [
    ((2, 2, 2, 5), {"kernel": 2}),
    ((1, 1, 5, 4), {"kernel": (3, 2), "stride": (1, 2), "padding": (1, 0)}),
    ((1, 2, 3, 6), {"kernel": 3, "stride": (2, 1), "padding": (0, 1)}),
]


def average_pool_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for shape, constants in POOLS:
        yield Sample((normal(lead + shape, generator),), constants)


def max_pool_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    """All entries different, in random order; then equal ones, which are kinks."""
    for shape, constants in POOLS:
        x = torch.empty(lead + shape, dtype=torch.float64)
        distinct = torch.randperm(x.numel(), generator=generator) - x.numel() / 2
        yield Sample((distinct.to(x.dtype).view(x.shape) / 8,), constants)
        yield Sample((torch.randint(3, x.shape, generator=generator).to(x.dtype),), constants, smooth=False)


def flatten_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for shape in [(2, 2, 3, 4), (1, 3, 1, 2)]:
        yield Sample((normal(lead + shape, generator),))


def torch_max_pool(x: Tensor, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0) -> Tensor:
    return functional.max_pool2d(x, both(kernel), None if stride is None else both(stride), both(padding))


def torch_average_pool(
    x: Tensor, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
) -> Tensor:
    return functional.avg_pool2d(x, both(kernel), None if stride is None else both(stride), both(padding))


rules = {
    "average pooling": Rule(
        average_pool, average_pool_backward, one_by_one(torch_average_pool, rank=4), average_pool_samples
    ),
    "max pooling": Rule(max_pool, max_pool_backward, one_by_one(torch_max_pool, rank=4), max_pool_samples),
    "flatten": Rule(flatten, flatten_backward, lambda x: x.flatten(-3), flatten_samples),
}
