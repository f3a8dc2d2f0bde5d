"""Attention: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.attention import (
    attention,
    attention_backward,
    multi_head_attention,
    multi_head_attention_backward,
    per_head,
    side_by_side,
)
from .rule import Rule, Sample, normal


def attention_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    """Without a mask; one that leaves each query something; one that leaves a query nothing."""
    for T, S, D, E in [(3, 4, 2, 3), (1, 1, 3, 1), (2, 5, 4, 2)]:
        q, k, v = (normal(lead + shape, generator) for shape in [(T, D), (S, D), (S, E)])
        mask = torch.rand((*lead, T, S), generator=generator) < 0.5
        mask[..., 0] = True
        yield Sample((q, k, v))
        yield Sample((q, k, v, mask))
    yield Sample((q, k, v, torch.tensor([[False] * 5, [True] * 5]).expand(*lead, 2, 5).clone()))


def head_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    """Sequences (B, T, D), as one batch for each model; the same mask for all heads."""
    for (B, T, S, D, E), heads in [((2, 3, 4, 4, 2), 2), ((1, 2, 2, 3, 3), 3), ((2, 2, 3, 2, 2), 1)]:
        q, k, v = (normal(lead + shape, generator) for shape in [(B, T, D), (B, S, D), (B, S, E)])
        mask = torch.rand((*lead, B, T, S), generator=generator) < 0.5
        mask[..., 0] = True
        yield Sample((q, k, v), {"heads": heads})
        yield Sample((q, k, v, mask), {"heads": heads})


def torch_heads(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, heads: int = 1) -> Tensor:
    q, k, v = (per_head(x, heads) for x in (q, k, v))
    shared = None if mask is None else mask.unsqueeze(-3)
    return side_by_side(functional.scaled_dot_product_attention(q, k, v, shared))


rules = {
    "attention": Rule(
        attention, attention_backward, functional.scaled_dot_product_attention, attention_samples, bound=1e-12
    ),
    "multi-head attention": Rule(
        multi_head_attention, multi_head_attention_backward, torch_heads, head_samples, bound=1e-12
    ),
}
