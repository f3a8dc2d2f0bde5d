"""Smooth activations: ReLU's shape without its kink.

Shapes: x (...), y (...), any shape: each entry by itself.
Sources: GELU, D. Hendrycks, K. Gimpel, 2016, https://arxiv.org/abs/1606.08415; SiLU, S. Elfwing et al., 2017,
https://arxiv.org/abs/1702.03118; softplus, C. Dugas et al., 2001, "Incorporating second-order functional knowledge".
"""

import math

import torch
from torch import Tensor

from .inputs import need_floating, need_positive, per_model


def gelu(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = x Phi(x), with Phi(x) the probability that a standard normal number is below x."""
    need_floating(x)
    return x * normal_below(x), (x,)


def gelu_backward(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    """dx = dy (Phi(x) + x phi(x)): the product rule, where the slope of Phi is the density phi."""
    phi = torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return (dy * (normal_below(x) + x * phi),)


def normal_below(x: Tensor) -> Tensor:
    """Phi(x) = (1 + erf(x / sqrt(2))) / 2"""
    return (1 + torch.erf(x / math.sqrt(2))) / 2


def gelu_tanh(x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """y = x (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3): GELU within 5e-4, without erf."""
    need_floating(x)
    t = torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    return x * (1 + t) / 2, (x, t)


def gelu_tanh_backward(dy: Tensor, x: Tensor, t: Tensor) -> tuple[Tensor]:
    """dx = dy ((1 + t) + x (1 - t^2) du) / 2 with du = sqrt(2 / pi) (1 + 3 * 0.044715 x^2)"""
    du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)
    return (dy * ((1 + t) + x * (1 - t * t) * du) / 2,)


def silu(x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """y = x s, with s = sigmoid(x). Also called swish."""
    need_floating(x)
    s = torch.sigmoid(x)
    return x * s, (x, s)


def silu_backward(dy: Tensor, x: Tensor, s: Tensor) -> tuple[Tensor]:
    """dx = dy (s + x s (1 - s)) = dy s (1 + x (1 - s))"""
    return (dy * s * (1 + x * (1 - s)),)


def softplus(x: Tensor, beta: float | Tensor = 1.0, threshold: float | Tensor = 20.0) -> tuple[Tensor, tuple]:
    """y = log(1 + exp(beta x)) / beta, and x itself where beta x > threshold. Each may differ per model.

    The switch is torch's: at 20 the two differ by 2e-9, and exp cannot overflow. log1p keeps the left tail, where
    1 + exp(beta x) rounds to 1. Raises ValueError unless beta is positive.
    """
    need_floating(x)
    need_positive(beta=beta)
    beta = per_model(beta, x)
    straight = beta * x > per_model(threshold, x)
    return torch.where(straight, x, torch.log1p(torch.exp(beta * x)) / beta), (x, beta, straight)


def softplus_backward(dy: Tensor, x: Tensor, beta: float | Tensor, straight: Tensor) -> tuple[Tensor]:
    """dx = dy sigmoid(beta x), and dy itself where the forward returned x."""
    return (torch.where(straight, dy, dy * torch.sigmoid(beta * x)),)
