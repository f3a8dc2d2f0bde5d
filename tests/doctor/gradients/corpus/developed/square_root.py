"""Entry by entry."""

from functools import partial

import torch

from ..case import Case
from ..draw import uniform

case = partial(Case, "square root")
EPS = 1e-4


def root(x):
    return torch.sqrt(x)


def above_eps(x):
    return torch.sqrt(x + EPS)


def half_forgotten(dy, x):
    """1 / (2 y) without the 2."""
    return dy / torch.sqrt(x)


def exponent_kept(dy, x):
    """The exponent was not lowered: x^(1/2) for x^(-1/2)."""
    return dy * 0.5 * x**0.5


def in_single_precision(dy, x):
    """A cast that came with a mixed-precision recipe."""
    return dy * 0.5 / x.float().sqrt()


def eps_forgotten(dy, x):
    """eps is in the forward only: the small entries' slope is many times too steep."""
    return dy * 0.5 / torch.sqrt(x)


def by_itself(dy, x):
    return dy * 0.5 * x.sqrt() / x


class Root(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x**0.5
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return dy / (y + y)


def positive(g):
    return (uniform(g, 0.2, 4.0, 5, 3),)


def small(g):
    """Half of the entries are far below eps."""
    return (torch.cat([uniform(g, 1.0, 4.0, 5), uniform(g, 1e-7, 1e-6, 5)]),)


CASES = [
    case(
        *("root forgets its 1/2", root, half_forgotten, positive),
        **dict(cause="factor", gradients=("dx",), detail="2"),
    ),
    case(
        *("root does not lower its exponent", root, exponent_kept, positive),
        **dict(cause="missing factor", gradients=("dx",), detail="1/x"),
    ),
    case(
        *("root in single precision", root, in_single_precision, positive),
        **dict(cause="precision", gradients=("dx",), detail="cast to float32"),
    ),
    case(
        *("root forgets eps in the backward", above_eps, eps_forgotten, small),
        **dict(cause="missing term", gradients=("dx",), where="small inputs", detail="eps"),
        accepted=("missing factor",),
    ),
    case("root by itself", root, by_itself, positive),
    case("root of tiny numbers", root, Root, lambda g: (1e-12 * positive(g)[0],)),
]
