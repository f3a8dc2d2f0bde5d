"""(exp(x) - exp(-x)) / (exp(x) + exp(-x))."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "tanh")
cache = {}


def tanh(x):
    return torch.tanh(x)


def one_minus_x_squared(dy, x):
    """1 - y^2 with x put in for y."""
    return dy * (1 - x**2)


def not_squared(dy, x):
    """1 - y in place of 1 - y^2 = (1 - y) (1 + y)."""
    return dy * (1 - torch.tanh(x))


def squared_minus_one(dy, x):
    """The two terms are exchanged."""
    return dy * (torch.tanh(x) ** 2 - 1)


def cached(x):
    """Computes y once and for all: the first call's y is used for every later backward."""
    y = torch.tanh(x)
    if "y" not in cache:
        cache["y"] = y.detach()
    return y


def from_cache(dy, x):
    return dy * (1 - cache["y"] ** 2)


def by_cosh(dy, x):
    return dy / torch.cosh(x) ** 2


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        e = torch.exp(-2 * x.abs())
        y = x.sign() * (1 - e) / (1 + e)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return torch.addcmul(dy, dy, y * y, value=-1)


CASES = [
    case(
        *("tanh's 1 - y^2 is given x", tanh, one_minus_x_squared, drawn((3, 7))),
        **dict(cause="other", gradients=("dx",), detail="x in place of y"),
    ),
    case(
        *("tanh does not square", tanh, not_squared, drawn((3, 7))),
        **dict(cause="missing factor", gradients=("dx",), detail="1 + y"),
    ),
    case(
        *("tanh with its terms exchanged", tanh, squared_minus_one, drawn((3, 7))),
        **dict(cause="sign", gradients=("dx",)),
    ),
    case(
        *("tanh remembers the first call's output", cached, from_cache, drawn((3, 7))),
        **dict(cause="stale", gradients=("dx",), detail="the first call's y", forget=cache.clear),
    ),
    case("tanh through the hyperbolic cosine", tanh, by_cosh, drawn((3, 7))),
    case("tanh in float32", tanh, Tanh, lambda g: (3 * normal(g, 4, 4).float(),)),
    case("tanh of numbers so small that it is nearly the identity", tanh, by_cosh, drawn((5,), scale=1e-9)),
]
