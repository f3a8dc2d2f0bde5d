"""Half the square of a small difference, and linear from delta on; the mean over the entries."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "huber")
DELTA = 0.75


def huber(z, t):
    d = z - t
    return torch.where(d.abs() < DELTA, 0.5 * d**2, DELTA * (d.abs() - 0.5 * DELTA)).mean()


def delta_forgotten(dy, z, t):
    """The linear part has slope delta, not 1."""
    d = z - t
    g = dy * torch.where(d.abs() < DELTA, d, d.sign()) / d.numel()
    return g, -g


def never_linear(dy, z, t):
    """The outer branch is missing: outliers pull as hard as in the squared error."""
    g = dy * (z - t) / z.numel()
    return g, -g


def no_absolute_value(dy, z, t):
    """d < delta holds for every negative difference, however large."""
    d = z - t
    g = dy * torch.where(d < DELTA, d, DELTA * torch.ones_like(d)) / d.numel()
    return g, -g


def not_averaged(dy, z, t):
    """Sum and mean confused: the 1/B is missing."""
    g = dy * (z - t).clamp(-DELTA, DELTA)
    return g, -g


def clamped(dy, z, t):
    g = (z - t).clamp(-DELTA, DELTA) * dy / z.numel()
    return g, -g


class SmoothL1(torch.autograd.Function):
    """beta times smaller than huber."""

    @staticmethod
    def forward(ctx, z, t):
        d = z - t
        ctx.save_for_backward(d)
        return functional.smooth_l1_loss(z, t, beta=DELTA, reduction="none")

    @staticmethod
    def backward(ctx, dy):
        (d,) = ctx.saved_tensors
        g = torch.where(d.abs() < DELTA, d / DELTA, d.sign()) * dy
        return g, -g


def smooth_l1(z, t):
    return functional.smooth_l1_loss(z, t, beta=DELTA, reduction="none")


def on_the_kink(g):
    t = torch.zeros(4, 3, dtype=torch.float64)
    return DELTA * normal(g, 4, 3).sign(), t


CASES = [
    case(
        *("huber forgets delta in its linear part", huber, delta_forgotten, drawn((8, 4), (8, 4))),
        **dict(cause="factor", gradients=("dz", "dt"), where="large differences", detail="1/delta"),
        accepted=("missing factor",),
    ),
    case(
        *("huber is never linear", huber, never_linear, drawn((8, 4), (8, 4))),
        **dict(cause="mask", gradients=("dz", "dt"), where="large differences", detail="branch missing"),
    ),
    case(
        *("huber compares without the absolute value", huber, no_absolute_value, drawn((8, 4), (8, 4))),
        **dict(cause="mask", gradients=("dz", "dt"), where="large negative differences", detail="|d| forgotten"),
    ),
    case(
        *("huber is not averaged", huber, not_averaged, drawn((7,), (7,))),
        **dict(cause="factor", gradients=("dz", "dt"), detail="B"),
    ),
    case("huber by clamping", huber, clamped, drawn((8, 4), (8, 4)), like=partial(functional.huber_loss, delta=DELTA)),
    case("huber with every difference on the kink", huber, clamped, on_the_kink),
    case("smooth L1 entry by entry", smooth_l1, SmoothL1, drawn((8, 4), (8, 4))),
]
