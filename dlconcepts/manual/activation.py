"""Activation functions: what a unit does with its weighted sum.

Shapes: x (...), y (...), any shape: each entry by itself; PReLU's x (..., B, C), slope a (..., 1) or (..., C).
At a kink we take torch's subgradient; `kinks` below lists ours, and a test compares them with torch's.
Sources: step, W. S. McCulloch, W. Pitts, 1943, https://doi.org/10.1007/BF02478259;
sigmoid and its slope, D. E. Rumelhart et al., 1986, https://doi.org/10.1038/323533a0;
ReLU, V. Nair, G. E. Hinton, 2010, "Rectified linear units improve restricted Boltzmann machines";
leaky ReLU, A. L. Maas et al., 2013, "Rectifier nonlinearities improve neural network acoustic models";
PReLU, K. He et al., 2015, https://arxiv.org/abs/1502.01852; ELU, D.-A. Clevert et al., 2015,
https://arxiv.org/abs/1511.07289.
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape, per_model


def identity(x: Tensor) -> tuple[Tensor, tuple]:
    """y = x: no activation at all. Returns x itself."""
    need_floating(x)
    return x, ()


def identity_backward(dy: Tensor) -> tuple[Tensor]:
    """dx = dy"""
    return (dy,)


def step(x: Tensor) -> tuple[Tensor, tuple]:
    """y = 1 where x >= 0, else 0: the unit fires or is silent. NaN stays NaN."""
    need_floating(x)
    return torch.where(x.isnan(), x, (x >= 0).to(x.dtype)), ()


def step_backward(dy: Tensor) -> tuple[Tensor]:
    """dx = 0: the step is flat on both sides, so nothing flows back and the layers below cannot learn.

    At the jump itself there is no derivative; there too we take 0.
    """
    return (torch.zeros_like(dy),)


def sigmoid(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = 1 / (1 + exp(-x)), in (0, 1)."""
    need_floating(x)
    e = torch.exp(-x.abs())  # never above 1: exp(-x) itself overflows at x = -1000
    y = torch.where(x >= 0, 1, e) / (1 + e)
    return y, (y,)


def sigmoid_backward(dy: Tensor, y: Tensor) -> tuple[Tensor]:
    """dx = dy y (1 - y)"""
    return (dy * y * (1 - y),)


def tanh(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), in (-1, 1)."""
    need_floating(x)
    y = torch.tanh(x)
    return y, (y,)


def tanh_backward(dy: Tensor, y: Tensor) -> tuple[Tensor]:
    """dx = dy (1 - y^2)"""
    return (dy * (1 - y * y),)


def relu(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = max(x, 0). NaN stays NaN, so that a diverged network cannot look healthy."""
    need_floating(x)
    y = x.clamp_min(0)
    return y, (y,)


def relu_backward(dy: Tensor, y: Tensor) -> tuple[Tensor]:
    """dx = dy where y > 0, else 0; at x = 0 we take 0, as torch does.

    Since y is never negative its sign is that 1 or 0. (A product and not a choice by mask: measured 17 times as fast,
    a tenth of a training step. An infinite dy at a silent unit gives NaN, where torch has 0.)
    """
    return (y.sign().mul_(dy),)


def leaky_relu(x: Tensor, slope: float | Tensor = 0.01) -> tuple[Tensor, tuple]:
    """y = x where x > 0, else slope x: a silent unit keeps a small gradient. slope may differ per model."""
    need_floating(x)
    slope = per_model(slope, x)
    return torch.where(x > 0, x, slope * x), (x, slope)


def leaky_relu_backward(dy: Tensor, x: Tensor, slope: float | Tensor) -> tuple[Tensor]:
    """dx = dy where x > 0, else slope dy; at x = 0 we take the slope, as torch does."""
    return (torch.where(x > 0, dy, slope * dy),)


def prelu(x: Tensor, a: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """y = x where x > 0, else a x: leaky ReLU whose slope is learned, one (..., 1) or one per feature (..., C).

    The features are x's last dimension; torch.nn.PReLU counts them along dimension 1, the same one for x (B, C).
    Raises ValueError where a does not fit x (..., B, C).
    """
    need_floating(x)
    if x.ndim < 2 or a.shape[-1:] not in (x.shape[-1:], (1,)):
        raise ValueError(f"expected x (..., B, C) with a (..., 1) or (..., C), got {tuple(x.shape)}, {tuple(a.shape)}")
    need_same_shape(x_models=x.shape[:-2], a_models=a.shape[:-1])
    return torch.where(x > 0, x, a.unsqueeze(-2) * x), (x, a)


def prelu_backward(dy: Tensor, x: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
    """dx = dy where x > 0, else a dy; da = the sum of dy x over the entries not above 0 that share the slope."""
    dx = torch.where(x > 0, dy, a.unsqueeze(-2) * dy)
    da = torch.where(x > 0, 0, dy * x).sum(-2)  # (..., C)
    return dx, da if a.shape == da.shape else da.sum(-1, keepdim=True)


def elu(x: Tensor, alpha: float | Tensor = 1.0) -> tuple[Tensor, tuple]:
    """y = x where x >= 0, else alpha (exp(x) - 1), which levels off at -alpha. alpha may differ per model."""
    need_floating(x)
    alpha = per_model(alpha, x)
    return torch.where(x >= 0, x, alpha * torch.expm1(x)), (x, alpha)


def elu_backward(dy: Tensor, x: Tensor, alpha: float | Tensor) -> tuple[Tensor]:
    """dx = dy where x > 0, else dy alpha exp(x); at x = 0 we take alpha, as torch does.

    alpha exp(x) is y + alpha, but that sum of nearly opposite numbers has no correct digit left at x = -40.
    """
    return (torch.where(x > 0, dy, dy * alpha * torch.exp(x)),)


kinks = {  # rule -> {x: the subgradient we take there, a number or the constant that it equals}
    "step": {0.0: 0.0},
    "relu": {0.0: 0.0},
    "leaky relu": {0.0: "slope"},
    "prelu": {0.0: "a"},
    "elu": {0.0: "alpha"},
}
