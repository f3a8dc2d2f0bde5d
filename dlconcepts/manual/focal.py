"""Focal loss: binary cross-entropy in which the easy examples, already answered right, count little.

Shapes: z (..., B, K) logits, t (..., B, K) in [0, 1], loss (...), or (..., B, K) for reduction "none".
Each of the K outputs is a question of its own, as in `binary_cross_entropy`; alpha and gamma are numbers or (...).
Source: T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár, 2017, https://arxiv.org/abs/1708.02002
"""

import torch
from torch import Tensor

from .binary_cross_entropy import need_yes_or_no
from .number import FRACTION, NOT_NEGATIVE, need_range, number
from .precision import rounded_once
from .reduction import reduced, spread
from .targets import need_probabilities

Number = float | Tensor


@rounded_once
def focal(
    z: Tensor, t: Tensor, gamma: Number = 2.0, alpha: Number | None = 0.25, reduction: str = "mean"
) -> tuple[Tensor, tuple]:
    """The mean of -alpha t (1 - p)^gamma log p - (1 - alpha) (1 - t) p^gamma log(1 - p) with p = sigmoid(z).

    gamma = 0 is binary cross-entropy on logits; alpha = None gives both answers the weight 1. The mean divides by B K;
    the paper, by the number of true answers. Default values are the paper's.
    Raises ValueError for a gamma below 0, and for an alpha or a t outside [0, 1].
    """
    need_yes_or_no(z=z, t=t)
    need_probabilities(t=t)
    need_range(NOT_NEGATIVE, gamma=gamma)
    need_range(FRACTION, alpha=0.5 if alpha is None else alpha)
    yes, no = (1, 1) if alpha is None else (number(alpha, z), number(1 - alpha, z))
    gamma, yes, no = number(gamma, z), yes * t, no * (1 - t)
    losses = yes * missed(z, gamma) + no * missed(-z, gamma)
    return reduced(losses, reduction, dims=2), (z, yes, no, gamma, reduction)


@rounded_once
def focal_backward(dloss: Tensor, z: Tensor, yes: Tensor, no: Tensor, gamma: Number, reduction: str) -> tuple[Tensor]:
    """dz = dloss (yes A'(z) - no A'(-z)) / (B K), with A = `missed`, yes = alpha t and no = (1 - alpha) (1 - t)."""
    slope = yes * missed_backward(z, gamma) - no * missed_backward(-z, gamma)
    return (spread(dloss, z.shape, reduction, dims=2) * slope,)


def missed(z: Tensor, gamma: Number) -> Tensor:
    """A(z) = (1 - p)^gamma (-log p): what the answer yes costs. 1 - p is sigmoid(-z), and -log p softplus(-z)."""
    return torch.sigmoid(-z) ** gamma * torch.logaddexp(torch.zeros_like(z), -z)


def missed_backward(z: Tensor, gamma: Number) -> Tensor:
    """A'(z) = -(1 - p)^gamma (gamma p (-log p) + 1 - p)

    The slope of (1 - p)^gamma is -gamma (1 - p)^gamma p: a factor 1 - p of the power's slope cancels with one of
    the sigmoid's, so that nothing is divided. The slope of -log p is -(1 - p).
    """
    p, rest = torch.sigmoid(z), torch.sigmoid(-z)
    return -(rest**gamma) * (gamma * p * torch.logaddexp(torch.zeros_like(z), -z) + rest)
