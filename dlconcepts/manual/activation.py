"""Activation functions: what a unit does with its weighted sum.

Shapes: x (...), y (...), any shape: each entry by itself.
At a kink we take torch's subgradient; `kinks` below lists ours, and a test compares them with torch's.
Sources: sigmoid and its slope, D. E. Rumelhart et al., 1986, https://doi.org/10.1038/323533a0;
ReLU, V. Nair, G. E. Hinton, 2010, "Rectified linear units improve restricted Boltzmann machines".
"""

import torch
from torch import Tensor

from .rule import Rule, Sample, away_from, need_floating, normal


def identity(x: Tensor) -> tuple[Tensor, tuple]:
    """y = x: no activation at all. Returns x itself."""
    need_floating(x)
    return x, ()


def identity_backward(dy: Tensor) -> tuple[Tensor]:
    """dx = dy"""
    return (dy,)


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
    """dx = dy where y > 0, else 0; at x = 0 we take 0, as torch does."""
    return (torch.where(y > 0, dy, 0),)


kinks = {"relu": {0.0: 0.0}}  # rule -> {x: the subgradient we take there}


def elementwise(name: str):
    """Samples for a function of single entries: matrices away from its kinks, and the kinks themselves."""
    points = [*kinks.get(name, {})]

    def samples(lead, generator):
        for shape in [(4, 3), (1, 5)]:
            yield Sample((away_from(2 * normal(lead + shape, generator), *points),))
        yield Sample((torch.linspace(-30, 30, 8, dtype=torch.float64).expand(*lead, 1, 8).clone(),))
        for point in points:
            yield Sample((torch.full((*lead, 2, 2), point, dtype=torch.float64),), smooth=False)

    return samples


rules = {
    "identity": Rule(identity, identity_backward, lambda x: x, elementwise("identity")),
    "sigmoid": Rule(sigmoid, sigmoid_backward, torch.sigmoid, elementwise("sigmoid")),
    "tanh": Rule(tanh, tanh_backward, torch.tanh, elementwise("tanh")),
    "relu": Rule(relu, relu_backward, torch.relu, elementwise("relu")),
}
