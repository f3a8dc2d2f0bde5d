"""The exponential linear unit whose constants keep mean 0 and variance 1."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn_apart, drawn_with_zeros, normal

case = partial(Case, "selu")
SCALE, ALPHA = 1.0507009873554804934, 1.6732632423543772848


def selu(x):
    return functional.selu(x)


def no_scale_on_the_right(dy, x):
    """The scale belongs to both branches; the positive one lost it."""
    return torch.where(x > 0, dy, dy * SCALE * ALPHA * torch.exp(x))


def short_constants(dy, x):
    """The constants typed with four digits."""
    scale, alpha = 1.0507, 1.6733
    return dy * torch.where(x > 0, scale, scale * alpha * x.exp())


def mask_times_exp(dy, x):
    """exp(x) is inf for large x, and inf times the mask's 0 is NaN."""
    return dy * ((x > 0) * SCALE + (x <= 0) * SCALE * ALPHA * torch.exp(x))


def from_output(x):
    y = SCALE * (x.clamp(min=0) + ALPHA * torch.expm1(x.clamp(max=0)))
    return y, (y,)


def from_output_backward(dy, y):
    return (dy * torch.where(y > 0, SCALE, y + SCALE * ALPHA),)


def output_without_shift(dy, y):
    """dy/dx of the negative branch is y + scale alpha, not y: that holds only for the plain exponential."""
    return (dy * torch.where(y > 0, SCALE, y),)


def chosen(dy, x):
    return dy * torch.where(x > 0, SCALE, SCALE * ALPHA * x.exp())


def large(g):
    return (1e3 * apart_one(normal(g, 4, 4)),)


def apart_one(x):
    return torch.where(x < 0, x - 1, x + 1)


CASES = [
    case(
        *("selu loses its scale on the right", selu, no_scale_on_the_right, drawn_apart((5, 4))),
        **dict(cause="factor", gradients=("dx",), where="positive inputs", detail="1/scale"),
        accepted=("missing factor",),
    ),
    case(
        *("selu with constants of four digits", selu, short_constants, drawn_apart((5, 4))),
        **dict(cause="precision", gradients=("dx",), detail="rounded constants", accepted=("factor",)),
    ),
    case(
        *("selu multiplies an infinite branch by 0", selu, mask_times_exp, large),
        **dict(cause="non-finite", gradients=("dx",), where="large positive inputs", detail="0 times inf"),
    ),
    case(
        *("selu from its output without the shift", from_output, output_without_shift, drawn_apart((5, 4))),
        **dict(cause="missing term", gradients=("dx",), where="negative inputs", detail="scale alpha"),
    ),
    case("selu from its output", from_output, from_output_backward, drawn_apart((5, 4)), like=functional.selu),
    case("selu chooses between branches of which one is infinite", selu, chosen, large),
    case("selu at exact zeros", selu, chosen, drawn_with_zeros((4, 3))),
]
