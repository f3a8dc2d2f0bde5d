"""Binary cross-entropy: how surprised the network is by the answers yes (1) and no (0), from probabilities or logits.

Shapes: p or z (..., B, K), t (..., B, K) in [0, 1], pos_weight (K,) or (..., K), loss (...), or (..., B, K) for
reduction "none". Each of the K outputs is a question of its own; the mean divides by B K, whatever the weights.
Source: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.2.
"""

import torch
from torch import Tensor

from .activation import sigmoid
from .inputs import need_floating, need_same_shape
from .reduction import reduced, spread
from .targets import need_batch, need_probabilities, need_same_dtype, per_class


def binary_cross_entropy(p: Tensor, t: Tensor, reduction: str = "mean") -> tuple[Tensor, tuple[Tensor, Tensor, str]]:
    """The mean of -t log p - (1 - t) log(1 - p). Each logarithm is at least -100, torch's limit, not -inf.

    Raises ValueError where p or t is outside [0, 1]. A p that is not finite gives NaN, where torch raises.
    """
    need_yes_or_no(p=p, t=t)
    need_probabilities(p=p, t=t)
    log_p, log_not_p = p.log().clamp_min(-100), torch.log1p(-p).clamp_min(-100)
    return reduced(-t * log_p - (1 - t) * log_not_p, reduction, dims=2), (p, t, reduction)


def binary_cross_entropy_backward(dloss: Tensor, p: Tensor, t: Tensor, reduction: str) -> tuple[Tensor]:
    """dp = dloss (p - t) / (p (1 - p)) / (B K)

    -t / p + (1 - t) / (1 - p) on one denominator, which is kept from 0 by torch's 1e-12. So where p is 0 or 1 the
    gradient is 1e12, and not the 0 that the limit of -100 would have.
    """
    slope = (p - t) / (p * (1 - p)).clamp_min(1e-12)
    return (spread(dloss, p.shape, reduction, dims=2) * slope,)


def binary_cross_entropy_on_logits(
    z: Tensor, t: Tensor, pos_weight: Tensor | None = None, reduction: str = "mean"
) -> tuple[Tensor, tuple]:
    """The mean of -w t log p - (1 - t) log(1 - p) with p = sigmoid(z), exact for any logit; w is pos_weight or 1.

    With -log p = softplus(-z) and -log(1 - p) = z + softplus(-z) that is (1 - t) z + (1 + (w - 1) t) softplus(-z),
    and softplus(-z) = log(1 + exp(-|z|)) + max(-z, 0) has nothing to overflow.
    Raises ValueError where t is outside [0, 1]; torch takes any t.
    """
    need_yes_or_no(z=z, t=t)
    need_probabilities(t=t)
    v = 1 if pos_weight is None else 1 + (per_class("pos_weight", pos_weight, z) - 1) * t
    softplus = torch.log1p(torch.exp(-z.abs())) + (-z).clamp_min(0)
    return reduced((1 - t) * z + v * softplus, reduction, dims=2), (z, t, v, reduction)


def binary_cross_entropy_on_logits_backward(
    dloss: Tensor, z: Tensor, t: Tensor, v: float | Tensor, reduction: str
) -> tuple[Tensor]:
    """dz = dloss (1 - t - v sigmoid(-z)) / (B K) with v = 1 + (w - 1) t: without a weight, sigmoid(z) - t.

    The slope of softplus(-z) is -sigmoid(-z).
    """
    not_p, _ = sigmoid(-z)
    return (spread(dloss, z.shape, reduction, dims=2) * (1 - t - v * not_p),)


def need_yes_or_no(**output_and_target: Tensor) -> None:
    """Raises unless there is a batch, and one target for each output, with its dtype."""
    output, _ = output_and_target.values()
    need_floating(output)
    need_batch(output)
    need_same_dtype(**output_and_target)
    need_same_shape(**{name: tensor.shape for name, tensor in output_and_target.items()})
