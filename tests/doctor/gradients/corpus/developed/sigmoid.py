"""1 / (1 + exp(-x))."""

from functools import partial

import numpy as np
import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "sigmoid")


def sigmoid(x):
    return torch.sigmoid(x)


def keeping_y(x):
    y = 1 / (1 + torch.exp(-x))
    return y, (y,)


def on_x(dy, x):
    """y (1 - y) with x put in for y, as if x were already squashed."""
    return dy * x * (1 - x)


def half_the_slope(dy, y):
    """(1 - y) is missing."""
    return (dy * y,)


def without_dy(dy, x):
    """The slope is right, but the upstream gradient is not multiplied in."""
    s = torch.sigmoid(x)
    return s * (1 - s)


class SavesHalf(torch.autograd.Function):
    """y is kept in float32 to save memory."""

    @staticmethod
    def forward(ctx, x):
        y = torch.sigmoid(x)
        ctx.save_for_backward(y.float())
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return dy * y * (1 - y)


def quotient_rule(dy, x):
    """exp(-x) overflows for very negative x, and inf / inf is NaN."""
    e = torch.exp(-x)
    return dy * e / (1 + e) ** 2


def through_numpy(x):
    """numpy computes it, and autograd does not see how."""
    return torch.from_numpy(1 / (1 + np.exp(-x.detach().numpy())))


def from_x(dy, x):
    s = torch.sigmoid(x)
    return dy * s * (1 - s)


def symmetric(dy, x):
    e = torch.exp(-x.abs())  # never above 1, and the slope is an even function
    return dy * e / (1 + e).square()


def with_large(g):
    return (torch.cat([normal(g, 5), torch.tensor([-1000.0, 1000.0, -750.0], dtype=torch.float64)]),)


CASES = [
    case(
        *("sigmoid's y (1 - y) is given x", sigmoid, on_x, drawn((4, 6))),
        **dict(cause="other", gradients=("dx",), detail="x in place of y"),
    ),
    case(
        *("sigmoid forgets 1 - y", keeping_y, half_the_slope, drawn((4, 6))),
        **dict(cause="missing factor", gradients=("dx",), detail="1 - y"),
    ),
    case(
        *("sigmoid ignores the upstream gradient", sigmoid, without_dy, drawn((4, 6))),
        **dict(cause="missing factor", gradients=("dx",), detail="dy"),
    ),
    case(
        *("sigmoid keeps its output in float32", sigmoid, SavesHalf, drawn((4, 6))),
        **dict(cause="precision", gradients=("dx",), detail="cast to float32"),
    ),
    case(
        *("sigmoid by the quotient rule overflows", sigmoid, quotient_rule, with_large),
        **dict(cause="non-finite", gradients=("dx",), where="large negative inputs", detail="inf / inf"),
    ),
    case("sigmoid computed by numpy", through_numpy, from_x, drawn((4, 6))),  # no graph at all, and right
    case("sigmoid as an even slope of large numbers", sigmoid, symmetric, with_large),
    case("sigmoid from x, with strides", sigmoid, from_x, lambda g: (normal(g, 6, 8)[::2, 1::3],)),
]
