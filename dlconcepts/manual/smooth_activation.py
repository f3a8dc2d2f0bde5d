"""Smooth activations: ReLU's shape without its kink.

Shapes: x (...), y (...), any shape: each entry by itself.
Sources: GELU, D. Hendrycks, K. Gimpel, 2016, https://arxiv.org/abs/1606.08415; SiLU, S. Elfwing et al., 2017,
https://arxiv.org/abs/1702.03118; softplus, C. Dugas et al., 2001, "Incorporating second-order functional knowledge".
"""

import math

import torch
from torch import Tensor

from .activation import sigmoid, sigmoid_backward
from .inputs import need_floating, need_positive, per_model
from .precision import rounded_once


@rounded_once
def gelu(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = x Phi(x), with Phi(x) the probability that a standard normal number is below x."""
    need_floating(x)
    return x * normal_below(x), (x,)


@rounded_once
def gelu_backward(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    """dx = dy (Phi(x) + x phi(x)): the product rule, where the slope of Phi is the density phi."""
    phi = torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return (dy * (normal_below(x) + x * phi),)


def normal_below(x: Tensor) -> Tensor:
    """Phi(x) = erfc(-x / sqrt(2)) / 2, which keeps the left tail, where 1 + erf(x / sqrt(2)) rounds to 0."""
    return torch.erfc(x / -math.sqrt(2)) / 2


@rounded_once
def gelu_tanh(x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """y = x (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3): GELU within 5e-4, without erf.

    (1 + tanh(u)) / 2 is sigmoid(2 u), which keeps the left tail, where tanh(u) rounds to -1.
    """
    need_floating(x)
    v = math.sqrt(8 / math.pi) * (x + 0.044715 * x**3)  # 2 u
    s, _ = sigmoid(v)
    return x * s, (x, v)


@rounded_once
def gelu_tanh_backward(dy: Tensor, x: Tensor, v: Tensor) -> tuple[Tensor]:
    """dx = dy (s + x s (1 - s) dv) with s = sigmoid(v) and dv = sqrt(8 / pi) (1 + 3 * 0.044715 x^2)

    Far out s (1 - s) is 0 and stays it, since x^2 is multiplied last: the square alone would overflow.
    """
    s, _ = sigmoid(v)
    (ds,) = sigmoid_backward(x, v)  # x s (1 - s)
    return (dy * (s + math.sqrt(8 / math.pi) * (ds + 3 * 0.044715 * x * (x * ds))),)


@rounded_once
def silu(x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """y = x s, with s = sigmoid(x). Also called swish."""
    need_floating(x)
    s, _ = sigmoid(x)
    return x * s, (x, s)


@rounded_once
def silu_backward(dy: Tensor, x: Tensor, s: Tensor) -> tuple[Tensor]:
    """dx = dy (s + x s (1 - s)) = dy s (1 + x (1 - s))"""
    one_minus_s, _ = sigmoid(-x)  # with all its digits
    return (dy * s * (1 + x * one_minus_s),)


def log_1_plus_exp(x: Tensor) -> Tensor:
    """log(exp(x) + exp(0)): never overflows, and keeps the left tail, where 1 + exp(x) rounds to 1."""
    return torch.logaddexp(x, torch.zeros_like(x))


@rounded_once
def softplus(x: Tensor, beta: float | Tensor = 1.0, threshold: float | Tensor = 20.0) -> tuple[Tensor, tuple]:
    """y = log(1 + exp(beta x)) / beta, and x itself where beta x > threshold. Each may differ per model.

    The switch is torch's: at 20 the two differ by 2e-9. Raises ValueError unless beta is positive.
    """
    need_floating(x)
    need_positive(beta=beta)
    beta = per_model(beta, x)
    straight = beta * x > per_model(threshold, x)
    return torch.where(straight, x, log_1_plus_exp(beta * x) / beta), (x, beta, straight)


@rounded_once
def softplus_backward(dy: Tensor, x: Tensor, beta: float | Tensor, straight: Tensor) -> tuple[Tensor]:
    """dx = dy sigmoid(beta x), and dy itself where the forward returned x."""
    s, _ = sigmoid(beta * x)
    return (torch.where(straight, dy, dy * s),)
