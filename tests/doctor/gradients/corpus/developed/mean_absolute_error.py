"""The mean of the absolute differences; both the prediction and the target have a gradient."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import apart, drawn, normal, with_zeros

case = partial(Case, "mean absolute error")


def mae(z, t):
    return (z - t).abs().mean()


def minus_one_at_0(dy, z, t):
    """A two-way choice has no third value: where prediction and target are equal, the slope is -1 and not 0."""
    sign = torch.where(z > t, 1.0, -1.0)
    d = dy * sign / z.numel()
    return d, -d


def above_only(dy, z, t):
    """A comparison is 0 or 1, a sign is -1 or 1: predictions below their target do not learn."""
    d = dy * (z > t).to(z.dtype) / z.numel()
    return d, -d


def not_averaged(dy, z, t):
    """The backward of the sum for the forward of the mean, over a batch of single numbers."""
    return dy * torch.sign(z - t), dy * torch.sign(t - z)


def as_if_squared(dy, z, t):
    """The difference itself in place of its sign: the gradient of half the mean square."""
    d = dy * (z - t) / z.numel()
    return d, -d


def by_sign(dy, z, t):
    d = dy * torch.sign(z - t) / z.numel()
    return d, -d


def by_quotient(dy, z, t):
    d = (z - t) / (z - t).abs() / z.numel()
    return dy * d, -dy * d


def with_ties(g):
    t = normal(g, 4, 3)
    return t + with_zeros(apart(normal(g, 4, 3), 0.05)), t


def integer_target(z, t):
    return functional.l1_loss(z, t.to(z.dtype), reduction="sum")


def integer_target_backward(dy, z, t):
    return ((z > t).to(z.dtype) - (z < t).to(z.dtype)) * dy


CASES = [
    case(
        *("mean absolute error has slope -1 at equality", mae, minus_one_at_0, with_ties),
        **dict(cause="mask", gradients=("dz", "dt"), where="at equality", detail="-1 at the kink, autograd takes 0"),
    ),
    case(
        *("mean absolute error learns from above only", mae, above_only, drawn((6, 3), (6, 3))),
        **dict(cause="zero", gradients=("dz", "dt"), where="predictions below the target", accepted=("mask",)),
    ),
    case(
        *("mean absolute error is not averaged", mae, not_averaged, drawn((7,), (7,))),
        **dict(cause="factor", gradients=("dz", "dt"), detail="B"),
    ),
    case(
        *("mean absolute error with the square's slope", mae, as_if_squared, drawn((4, 3), (4, 3))),
        **dict(cause="other", gradients=("dz", "dt"), detail="the slope of the square"),
    ),
    case("mean absolute error with exact ties", mae, by_sign, with_ties),
    case("mean absolute error by a quotient", mae, by_quotient, drawn((4, 3), (4, 3))),
    case(
        *("sum of absolute errors to whole numbers", integer_target, integer_target_backward),
        lambda g: (4 * normal(g, 9), torch.randint(-3, 4, (9,), generator=g)),
    ),
]
