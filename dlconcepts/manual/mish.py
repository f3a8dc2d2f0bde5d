"""Mish: smooth, close to ReLU far from 0, and with a dip below 0, as SiLU has it.

Shapes: x (...), y (...), any shape: each entry by itself.
Source: D. Misra, 2019, "Mish: a self regularized non-monotonic activation function", https://arxiv.org/abs/1908.08681
"""

import torch
from torch import Tensor

from .inputs import need_floating
from .precision import rounded_once


@rounded_once
def mish(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = x t with t = tanh(log(1 + exp(x))): x gated by a squashed softplus of itself."""
    need_floating(x)
    t, _ = gate(x)
    return x * t, (x,)


@rounded_once
def mish_backward(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    """dx = dy (t + x dt), dt = (1 - t^2) sigmoid(x): tanh's slope times softplus's. 1 - t^2 = (1 + t) (1 - t)."""
    t, rest = gate(x)
    return (dy * (t + x * (1 + t) * rest * torch.sigmoid(x)),)


def gate(x: Tensor) -> tuple[Tensor, Tensor]:
    """t and 1 - t, each to the last digit on both sides of 0.

    tanh(log(1 + n)) = ((1 + n)^2 - 1) / ((1 + n)^2 + 1) with n = exp(x), a fraction of which we keep the top and what
    is missing to the bottom. Above 0 both are divided by n^2, so that exp cannot overflow.
    """
    n = torch.exp(torch.where(x > 0, -x, x))  # at most 1
    top = torch.where(x > 0, 1 + 2 * n, n * (n + 2))
    missing = torch.where(x > 0, 2 * n * n, 2)
    return top / (top + missing), missing / (top + missing)
