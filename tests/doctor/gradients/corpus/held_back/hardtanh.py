"""x, but no less than -1 and no more than 1."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import apart, normal

case = partial(Case, "hardtanh")


def hardtanh(x):
    return functional.hardtanh(x)


def one_side(dy, x):
    """As relu6 and its kind: below -1 the gradient still passes."""
    return dy * (x < 1)


def outside(dy, x):
    """The mask is the wrong way round."""
    return dy * (x.abs() > 1)


def clamps_dy(dy, x):
    """What the forward does to x is done to dy: gradient clipping."""
    return dy.clamp(-1, 1)


def positive_only(dy, x):
    """The mask of a clamp to 0 .. 1: small negative entries are cut off."""
    return dy * ((x > 0) & (x < 1))


def clamps_in_place(x):
    """clamp_ writes into the caller's tensor, and the backward then sees no entry outside."""
    return x.clamp_(-1, 1) * 1


def inside(dy, x):
    return dy * ((x > -1) & (x < 1))


class Hardtanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.clamp(-1, 1)
        ctx.save_for_backward(y == x)
        return y

    @staticmethod
    def backward(ctx, dy):
        (same,) = ctx.saved_tensors
        return torch.where(same, dy, 0)


def in_two_steps(x):
    low = x < -1
    high = x > 1
    return torch.where(low, -1, torch.where(high, 1, x)), (low | high,)


def in_two_steps_backward(dy, cut):
    return (dy.masked_fill(cut, 0),)


def both_sides(g):
    """Entries below, between and above the bounds, none at them."""
    x = 2 * normal(g, 6, 4)
    x[0] = torch.tensor([-2.0, -0.5, 0.5, 2.0])
    return (x.sign() * (1 + apart(x.abs() - 1, 0.02)).abs(),)


CASES = [
    case(
        *("hardtanh cuts one side only", hardtanh, one_side, both_sides),
        **dict(cause="mask", gradients=("dx",), where="inputs below -1", detail="lower bound forgotten"),
    ),
    case(
        *("hardtanh passes what is outside", hardtanh, outside, both_sides),
        **dict(cause="mask", gradients=("dx",), detail="wrong side"),
    ),
    case(
        *("hardtanh clamps the upstream gradient", hardtanh, clamps_dy, both_sides),
        **dict(cause="mask", gradients=("dx",), detail="of dy in place of x"),
    ),
    case(
        *("hardtanh cuts small negative entries", hardtanh, positive_only, both_sides),
        **dict(cause="mask", gradients=("dx",), where="inputs from -1 to 0", detail="bound 0", accepted=("zero",)),
    ),
    case(
        *("hardtanh clamps its input in place", clamps_in_place, inside, both_sides),
        **dict(cause="in place", detail="x, in the forward", like=functional.hardtanh),
    ),
    case("hardtanh where it is the identity", hardtanh, Hardtanh, both_sides),
    case("hardtanh in two steps", in_two_steps, in_two_steps_backward, both_sides, like=functional.hardtanh),
]
