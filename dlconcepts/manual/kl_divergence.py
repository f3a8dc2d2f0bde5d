"""Kullback-Leibler divergence: how many nats the probabilities q cost more than the true ones, p.

Shapes: logq (..., B, K) log-probabilities, p (..., B, K) probabilities, loss (...), or (..., B, K) for "none".
It is cross-entropy less p's own entropy, which no network can change: with one-hot p the two are equal.
Source: S. Kullback, R. A. Leibler, 1951, "On information and sufficiency", https://doi.org/10.1214/aoms/1177729694
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .precision import rounded_once
from .reduction import reduced, spread
from .targets import need_batch, need_probabilities, need_same_dtype


@rounded_once
def kl_divergence(logq: Tensor, p: Tensor, reduction: str = "mean") -> tuple[Tensor, tuple[Tensor, str]]:
    """The mean over the batch of sum_k p_k (log p_k - logq_k); 0 log 0 is 0.

    The mean is torch's "batchmean", which divides by B. Its "mean" still divides by B K, which is no divergence.
    A logq of -inf gives inf, and NaN where p is 0 too, as in torch. Raises ValueError where p is outside [0, 1].
    """
    need_floating(logq)
    need_batch(logq)
    need_same_dtype(logq=logq, p=p)
    need_same_shape(logq=logq.shape, p=p.shape)
    need_probabilities(p=p)
    losses = torch.xlogy(p, p) - p * logq
    return reduced(losses if reduction == "none" else losses.sum(-1), reduction, dims=1), (p, reduction)


@rounded_once
def kl_divergence_backward(dloss: Tensor, p: Tensor, reduction: str) -> tuple[Tensor]:
    """dlogq = -dloss p / B: p's own logarithm is a constant."""
    share = dloss if reduction == "none" else spread(dloss, p.shape[:-1], reduction, dims=1).unsqueeze(-1)
    return (-share * p,)
