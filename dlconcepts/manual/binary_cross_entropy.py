"""Binary cross-entropy: how surprised the network is by the answers yes (1) and no (0), from probabilities or logits.

Shapes: p or z (..., B, K), t (..., B, K) in [0, 1], pos_weight (K,) or (..., K), loss (...), or (..., B, K) for
reduction "none". Each of the K outputs is a question of its own; the mean divides by B K, whatever the weights.
Source: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.2.
"""

import torch
from torch import Tensor

from .activation import sigmoid
from .inputs import need_floating, need_same_shape
from .precision import rounded_once
from .reduction import reduced, spread
from .smooth_activation import log_1_plus_exp
from .targets import need_batch, need_probabilities, need_same_dtype, per_class


@rounded_once
def binary_cross_entropy(p: Tensor, t: Tensor, reduction: str = "mean") -> tuple[Tensor, tuple[Tensor, Tensor, str]]:
    """The mean of -t log p - (1 - t) log(1 - p). Each logarithm is at least -100, torch's limit, not -inf.

    Raises ValueError where p or t is outside [0, 1]. A p that is not finite gives NaN, where torch raises.
    """
    need_yes_or_no(p=p, t=t)
    need_probabilities(p=p, t=t)
    log_p, log_not_p = p.log().clamp_min(-100), torch.log1p(-p).clamp_min(-100)
    return reduced(-t * log_p - (1 - t) * log_not_p, reduction, dims=2), (p, t, reduction)


@rounded_once
def binary_cross_entropy_backward(dloss: Tensor, p: Tensor, t: Tensor, reduction: str) -> tuple[Tensor]:
    """dp = dloss (p - t) / (p (1 - p)) / (B K)

    -t / p + (1 - t) / (1 - p) on one denominator, which is kept from 0 by torch's 1e-12. So where p is 0 or 1 the
    gradient is 1e12, and not the 0 that the limit of -100 would have.
    """
    slope = (p - t) / (p * (1 - p)).clamp_min(1e-12)
    return (spread(dloss, p.shape, reduction, dims=2) * slope,)


@rounded_once
def binary_cross_entropy_on_logits(
    z: Tensor, t: Tensor, pos_weight: Tensor | None = None, reduction: str = "mean"
) -> tuple[Tensor, tuple]:
    """The mean of -w t log p - (1 - t) log(1 - p) with p = sigmoid(z), exact for any logit; w is pos_weight or 1.

    -log p = log(1 + exp(-z)) and -log(1 - p) = log(1 + exp(z)): neither overflows, and both keep their tails. torch
    has z + log(1 + exp(-z)) for the second, in which 1 - t = 1 cancels all digits of a small loss.
    Raises ValueError where t is outside [0, 1]; torch takes any t.
    """
    need_yes_or_no(z=z, t=t)
    need_probabilities(t=t)
    yes = t if pos_weight is None else t * per_class("pos_weight", pos_weight, z)
    losses = yes * log_1_plus_exp(-z) + (1 - t) * log_1_plus_exp(z)
    return reduced(losses, reduction, dims=2), (z, t, yes, reduction)


@rounded_once
def binary_cross_entropy_on_logits_backward(
    dloss: Tensor, z: Tensor, t: Tensor, yes: Tensor, reduction: str
) -> tuple[Tensor]:
    """dz = dloss ((1 - t) p - w t (1 - p)) / (B K), 1 - p = sigmoid(-z): without a weight, p - t.

    The slope of log(1 + exp(z)) is sigmoid(z). p - t itself has no digit left where p is nearly t = 1.
    """
    (p, _), (not_p, _) = sigmoid(z), sigmoid(-z)
    return (spread(dloss, z.shape, reduction, dims=2) * ((1 - t) * p - yes * not_p),)


def need_yes_or_no(**output_and_target: Tensor) -> None:
    """Raises unless there is a batch, and one target for each output, with its dtype."""
    output, _ = output_and_target.values()
    need_floating(output)
    need_batch(output)
    need_same_dtype(**output_and_target)
    need_same_shape(**{name: tensor.shape for name, tensor in output_and_target.items()})
