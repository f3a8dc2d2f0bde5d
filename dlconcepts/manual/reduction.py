"""Reductions: how the losses of single examples become one number per model.

Shapes: losses (..., B) one per example, or (..., B, K) one per output; loss (...), or the losses as they are.
The three words are torch's, and so is the mean's denominator: B, or B K where every output has its own loss.
"""

import torch
from torch import Tensor


def need_reduction(reduction: str) -> None:
    """Raises ValueError for a word that is none of the three."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")


def reduced(losses: Tensor, reduction: str, dims: int) -> Tensor:
    """The mean or the sum of the losses over their last `dims` dimensions, or the losses themselves.

    The mean of no losses is NaN and their sum is 0, as in torch.
    """
    need_reduction(reduction)
    over = tuple(range(-dims, 0))
    if reduction == "mean":
        return losses.mean(over)
    return losses.sum(over) if reduction == "sum" else losses


def spread(dloss: Tensor, shape: torch.Size, reduction: str, dims: int) -> Tensor:
    """The derivative of `reduced`: each loss's share of dloss, with the rank of the losses, whose shape is given."""
    if reduction == "none":
        return dloss
    count = shape[-dims:].numel() if reduction == "mean" else 1
    return (dloss / count)[(..., *[None] * dims)]
