"""Pooling to a wanted size: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.adaptive_pooling import (
    adaptive_average_pool,
    adaptive_average_pool_backward,
    global_average_pool,
    global_average_pool_backward,
)
from ..manual.window import Pair
from .rule import Rule, Sample, normal, one_by_one


def global_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for shape in [(2, 2, 3, 4), (1, 3, 1, 1), (2, 1, 1, 5)]:
        yield Sample((normal(lead + shape, generator),))


def adaptive_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for shape, size in [((2, 2, 4, 6), 2), ((1, 1, 5, 4), (3, 4)), ((1, 2, 3, 2), (1, 3)), ((1, 1, 2, 2), (2, 2))]:
        yield Sample((normal(lead + shape, generator),), {"size": size})


def torch_adaptive(x: Tensor, size: int | Pair) -> Tensor:
    return functional.adaptive_avg_pool2d(x, size)


rules = {
    "global average pooling": Rule(
        global_average_pool,
        global_average_pool_backward,
        one_by_one(lambda x: functional.adaptive_avg_pool2d(x, 1).flatten(-3), rank=4),
        global_samples,
    ),
    "adaptive average pooling": Rule(
        adaptive_average_pool, adaptive_average_pool_backward, one_by_one(torch_adaptive, rank=4), adaptive_samples
    ),
}
