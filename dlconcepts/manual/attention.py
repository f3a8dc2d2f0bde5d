"""Attention: every place of a sequence looks at all others and takes a mean of what it finds, weighed by likeness.

Shapes: queries q (..., T, D), keys k (..., S, D), values v (..., S, E), y (..., T, E); mask (..., T, S) or (T, S).
Several heads: D and E are cut into equal parts, one a head, and each head attends by itself.
Source: A. Vaswani et al., 2017, "Attention is all you need", https://arxiv.org/abs/1706.03762
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .precision import rounded_once
from .softmax import softmax, softmax_backward

Saved = tuple[Tensor, Tensor, Tensor, Tensor]


@rounded_once
def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Saved]:
    """y = p v with p = softmax(q k^T / sqrt(D)) over the S keys.

    The root keeps the scores' variance at 1, where D products of standard normal numbers would have D.
    mask: True where a query may look; a query that may look nowhere gets zeros, as in torch. Raises ValueError where
    shapes do not fit, TypeError for a mask that is not boolean.
    """
    need_sequences(q, k, v)
    scores = q @ k.mT / q.shape[-1] ** 0.5  # (..., T, S)
    if mask is None:
        p, _ = softmax(scores)
        return p @ v, (q, k, v, p)
    need_mask(mask, scores)
    p, _ = softmax(torch.where(mask, scores, -torch.inf))
    p = torch.where(mask.any(-1, keepdim=True), p, 0)
    return p @ v, (q, k, v, p)


@rounded_once
def attention_backward(dy: Tensor, q: Tensor, k: Tensor, v: Tensor, p: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """dv = p^T dy, dp = dy v^T; ds = softmax's gradient of dp, over sqrt(D); dq = ds k, dk = ds^T q.

    Where the mask is False p is 0, and so is ds: nothing flows there.
    """
    (ds,) = softmax_backward(dy @ v.mT, p)
    ds = ds / q.shape[-1] ** 0.5
    return ds @ k, ds.mT @ q, p.mT @ dy


@rounded_once
def multi_head_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, heads: int = 1
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, Tensor, int]]:
    """Attention of each head on its own part of the features, the results side by side again.

    The mask is the same for all heads. Raises ValueError where heads does not divide D and E.
    """
    need_sequences(q, k, v)
    q, k, v = (per_head(x, heads) for x in (q, k, v))  # (..., H, T, D / H)
    y, saved = attention(q, k, v, mask if mask is None or mask.ndim == 2 else mask.unsqueeze(-3))
    return side_by_side(y), (*saved, heads)


@rounded_once
def multi_head_attention_backward(
    dy: Tensor, q: Tensor, k: Tensor, v: Tensor, p: Tensor, heads: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Each head's gradients side by side: no head knows of another. q, k, v and p are cut already."""
    dq, dk, dv = (side_by_side(d) for d in attention_backward(per_head(dy, heads), q, k, v, p))
    return dq, dk, dv


def per_head(x: Tensor, heads: int) -> Tensor:
    """(..., T, D) as (..., H, T, D / H)."""
    if heads < 1 or x.shape[-1] % heads:
        raise ValueError(f"heads must divide the {x.shape[-1]} features, got {heads}")
    return x.unflatten(-1, (heads, x.shape[-1] // heads)).movedim(-2, -3)


def side_by_side(x: Tensor) -> Tensor:
    """(..., H, T, D / H) as (..., T, D)."""
    return x.movedim(-3, -2).flatten(-2)


def need_sequences(q: Tensor, k: Tensor, v: Tensor) -> None:
    """Raises unless q is (..., T, D), k (..., S, D) and v (..., S, E) with S and D at least 1."""
    need_floating(q)
    if q.ndim < 2 or k.ndim < 2:
        raise ValueError(f"expected sequences (..., T, D), got q {tuple(q.shape)} and k {tuple(k.shape)}")
    need_same_shape(q_models=q.shape[:-2], k_models=k.shape[:-2])
    need_same_shape(q_features=q.shape[-1:], k_features=k.shape[-1:])
    need_same_shape(k_places=k.shape[:-1], v_places=v.shape[:-1])
    if not k.shape[-2] or not k.shape[-1]:
        raise ValueError(f"attention needs at least one key of one feature, got k {tuple(k.shape)}")


def need_mask(mask: Tensor, scores: Tensor) -> None:
    """Raises TypeError for a mask that is not boolean, ValueError unless it is (T, S) or shaped as the scores are."""
    if mask.dtype != torch.bool:
        raise TypeError(f"expected a boolean mask, True where a query may look, got {mask.dtype}")
    heads = (*scores.shape[:-3], 1, *scores.shape[-2:])
    if mask.shape not in (scores.shape[-2:], scores.shape, heads):
        raise ValueError(f"mask {tuple(mask.shape)} must be (T, S) or (..., T, S) of scores {tuple(scores.shape)}")
