"""Softmax: scores become probabilities, each row positive with the sum 1.

Shapes: z (..., K), p (..., K): over the last axis, every row by itself.
Source: J. S. Bridle, 1990, "Probabilistic interpretation of feedforward classification network outputs";
the shift by the largest score, P. Blanchard et al., 2021, https://doi.org/10.1093/imanum/draa038
"""

from torch import Tensor

from .inputs import need_floating
from .precision import rounded_once


def shifted(z: Tensor) -> Tensor:
    """z less each row's largest entry: softmax stays the same, and exp cannot overflow."""
    return z - z.amax(-1, keepdim=True) if z.numel() else z.clone()  # amax of no entries is an error


@rounded_once
def softmax(z: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """p_k = exp(z_k) / sum_j exp(z_j). A row that holds inf, or -inf alone, has no answer: NaN."""
    need_floating(z)
    e = shifted(z).exp()
    p = e / e.sum(-1, keepdim=True)
    return p, (p,)


@rounded_once
def softmax_backward(dp: Tensor, p: Tensor) -> tuple[Tensor]:
    """dz = p (dp - sum_j dp_j p_j)

    dp_j / dz_k = p_j ([j = k] - p_k): raising one score raises its own probability at the cost of all.
    """
    return (p * (dp - (dp * p).sum(-1, keepdim=True)),)


@rounded_once
def log_softmax(z: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """log p_k = z_k - log sum_j exp(z_j), finite even where p_k rounds to 0."""
    need_floating(z)
    z = shifted(z)
    logp = z - z.exp().sum(-1, keepdim=True).log()
    return logp, (logp,)


@rounded_once
def log_softmax_backward(dlogp: Tensor, logp: Tensor) -> tuple[Tensor]:
    """dz = dlogp - p sum_j dlogp_j"""
    return (dlogp - logp.exp() * dlogp.sum(-1, keepdim=True),)
