"""Residual connection: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.residual import residual, residual_backward, residual_block, residual_block_backward
from .rule import Rule, Sample, normal, one_by_one


def residual_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for shape in [(4, 3), (1, 5), (2, 2, 3)]:
        yield Sample(tuple(normal(lead + shape, generator) for _ in range(2)))


def block_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, D, H in [(4, 3, 2), (1, 2, 5), (3, 1, 1)]:
        shapes = [(B, D), (D, H), (H,), (H, D), (D,)]
        yield Sample(tuple(normal(lead + shape, generator) for shape in shapes))


def torch_block(x: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    return x + functional.linear(functional.gelu(functional.linear(x, W1.mT, b1)), W2.mT, b2)


rules = {
    "residual connection": Rule(residual, residual_backward, torch.add, residual_samples),
    "residual block": Rule(
        residual_block, residual_block_backward, one_by_one(torch_block, rank=2), block_samples, bound=1e-12
    ),
}
