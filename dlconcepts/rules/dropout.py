"""Dropout: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor

from ..manual.dropout import dropout, dropout_backward
from .rule import Rule, Sample, normal, one_by_one


def dropout_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    """Not only p = .5, which cannot tell 1 / (1 - p) from 1 / p."""
    each = torch.rand(lead, generator=generator, dtype=torch.float64)
    for shape, p in [((4, 3), 0.3), ((1, 5), 0.5), ((2, 2, 2), each), ((3, 2), 0.0)]:
        keep = torch.rand(lead + shape, generator=generator) < 0.6
        yield Sample((normal(lead + shape, generator), keep), {"p": p})
    yield Sample((normal((*lead, 2, 2), generator), torch.zeros(*lead, 2, 2, dtype=torch.bool)), {"p": 1.0})


def torch_dropout(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """torch's own multiplication by mask and scale, the one that its fused dropout calls."""
    return torch.ops.aten.native_dropout_backward(x, mask, 0.0 if p == 1 else 1 / (1 - float(p)))


rules = {"dropout": Rule(dropout, dropout_backward, one_by_one(torch_dropout, rank=2), dropout_samples)}
