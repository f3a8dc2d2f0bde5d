"""x where it is positive, else alpha (exp(x) - 1)."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import apart, drawn_apart, drawn_with_zeros, normal

case = partial(Case, "elu")
ALPHA = 1.5


def elu(x):
    return functional.elu(x, ALPHA)


def keeping_y(x):
    y = torch.where(x > 0, x, ALPHA * torch.expm1(x.clamp(max=0)))
    return y, (x, y)


def alpha_forgotten(dy, x):
    """The derivative for alpha = 1."""
    return torch.where(x > 0, dy, dy * torch.exp(x))


def alpha_not_added(dy, x, y):
    """alpha exp(x) is y + alpha, not y."""
    return (dy * torch.where(x > 0, torch.ones_like(y), y),)


def one_at_0(dy, x):
    """torch takes the left slope, alpha, at exactly 0."""
    return torch.where(x >= 0, dy, dy * ALPHA * x.exp())


def branches_exchanged(dy, x):
    """The exponential's slope on the right, 1 on the left."""
    return torch.where(x > 0, dy * ALPHA * x.exp(), dy)


def both_branches_added(dy, x):
    """A large x makes exp infinite, and 0 times infinite is NaN."""
    positive = (x > 0).to(x.dtype)
    return dy * (positive + (1 - positive) * ALPHA * x.exp())


class Half(torch.autograd.Function):
    """Keeps its output in float32."""

    @staticmethod
    def forward(ctx, x):
        y = functional.elu(x, ALPHA)
        ctx.save_for_backward(y.to(torch.float32))
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return dy * torch.where(y > 0, 1.0, y + ALPHA)


def from_y(dy, x, y):
    return (torch.where(y > 0, dy, dy * (y + ALPHA)),)


def by_clamping(dy, x):
    return dy * torch.where(x > 0, 1.0, ALPHA * x.clamp(max=0).exp())


CASES = [
    case(
        *("elu forgets alpha", elu, alpha_forgotten, drawn_apart((5, 4))),
        **dict(cause="factor", gradients=("dx",), where="negative inputs", detail="0.6666666666666666, 1 / alpha"),
        accepted=("missing factor",),
    ),
    case(
        *("elu does not add alpha to y", keeping_y, alpha_not_added, drawn_apart((5, 4))),
        **dict(cause="missing term", gradients=("dx",), where="negative inputs", detail="alpha"),
    ),
    case(
        *("elu has slope 1 at 0", elu, one_at_0, drawn_with_zeros((3, 5))),
        **dict(cause="mask", gradients=("dx",), where="at 0", detail="1 at the kink, torch takes alpha"),
    ),
    case(
        *("elu exchanges its branches", elu, branches_exchanged, drawn_apart((5, 4))),
        **dict(cause="mask", gradients=("dx",), detail="wrong side"),
    ),
    case(
        *("elu adds both branches", elu, both_branches_added, lambda g: (1e3 * apart(normal(g, 4, 4), 1.0),)),
        **dict(cause="non-finite", gradients=("dx",), where="positive inputs", detail="0 times inf"),
    ),
    case(
        *("elu keeps its output in float32", elu, Half, drawn_apart((5, 4))),
        **dict(cause="precision", gradients=("dx",), where="negative inputs", detail="cast to float32"),
    ),
    case("elu from its output", keeping_y, from_y, drawn_with_zeros((5, 4)), like=elu),
    case("elu of large numbers", elu, by_clamping, lambda g: (1e3 * apart(normal(g, 4, 4), 1.0),)),
]
