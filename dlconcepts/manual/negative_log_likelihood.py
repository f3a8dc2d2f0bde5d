"""Negative log-likelihood: cross-entropy's second half, for a network that gives log-probabilities itself.

Shapes: logp (..., B, K) log-probabilities, y (..., B) class numbers, weight (K,) or (..., K), loss (...), or (..., B)
for reduction "none". After `log_softmax` it is cross-entropy.
Source: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .precision import rounded_once
from .reduction import reduced
from .targets import need_batch, need_classes, per_class


@rounded_once
def negative_log_likelihood(
    logp: Tensor, y: Tensor, weight: Tensor | None = None, ignore_index: int | None = None, reduction: str = "mean"
) -> tuple[Tensor, tuple[Tensor, Tensor, int]]:
    """The mean over the batch of -weight[y] logp[y], divided by the sum of these weights; in nats.

    Examples of the class ignore_index count nothing, not even in the mean. torch ignores -100 unasked.
    Raises ValueError where logp and y differ in models or batch, and where a class is not among the K.
    """
    need_floating(logp)
    need_batch(logp)
    need_same_shape(logp_models_and_batch=logp.shape[:-1], y=y.shape)
    ignored = torch.zeros_like(y, dtype=torch.bool) if ignore_index is None else y == ignore_index
    y = torch.where(ignored, 0, y)
    need_classes(y, logp.shape[-1])
    true = y.unsqueeze(-1)
    w = torch.ones_like(logp) if weight is None else per_class("weight", weight, logp).expand(logp.shape)
    share = torch.where(ignored, 0, w.gather(-1, true).squeeze(-1))  # (..., B)
    losses = torch.where(ignored, 0, 0 - share * logp.gather(-1, true).squeeze(-1))  # 0 - and not -: no -0.0
    if reduction != "mean":
        return reduced(losses, reduction, dims=1), (y, share, logp.shape[-1])
    total = share.sum(-1, keepdim=True)
    share = torch.where(ignored, 0, share / total)  # last: with all ignored there is no mean, and dlogp is 0
    return losses.sum(-1) / total.squeeze(-1), (y, share, logp.shape[-1])


@rounded_once
def negative_log_likelihood_backward(dloss: Tensor, y: Tensor, share: Tensor, K: int) -> tuple[Tensor]:
    """dlogp = -dloss share at the true class, 0 elsewhere; share is weight[y], for the mean over the weights' sum."""
    slope = -share * dloss[(..., *[None] * (share.ndim - dloss.ndim))]  # dloss is (...), or (..., B) for "none"
    return (slope.new_zeros(*y.shape, K).scatter(-1, y.unsqueeze(-1), slope.unsqueeze(-1)),)
