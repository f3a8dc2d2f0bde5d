"""Entries are left out at random, and the others grow by 1 / (1 - p)."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, drawn_with_zeros, integers, normal

case = partial(Case, "dropout")
P = 0.3


def dropout(x, keep):
    """keep: 1 where an entry stays."""
    return x * keep / (1 - P)


def random_dropout(x):
    keep = torch.rand_like(x) >= P
    return x * keep / (1 - P), (keep,)


def not_scaled(dy, x, keep):
    """The mask is there, the 1 / (1 - p) is not."""
    return dy * keep


def scaled_by_p(dy, x, keep):
    """1/p for 1 / (1 - p): p is taken for the probability to keep."""
    return dy * keep / P


def all_entries(dy, x, keep):
    """What was left out gets a gradient, too."""
    return dy / (1 - P)


def the_dropped_ones(dy, x, keep):
    """The mask upside down."""
    return dy * (1 - keep) / (1 - P)


def drawn_anew(dy, keep):
    """Another random mask in the backward."""
    keep = torch.rand_like(dy) >= P
    return (dy * keep / (1 - P),)


def mask_from_output(x, keep):
    """Reads the mask off the output: an entry that was 0 before looks dropped."""
    y = x * keep / (1 - P)
    return y, (y,)


def mask_from_output_backward(dy, y):
    return (dy * (y != 0) / (1 - P),)


def right(dy, keep):
    return (torch.where(keep.bool(), dy / (1 - P), 0),)


def by_noise(dy, x, keep):
    return torch.einsum("bd,bd->bd", dy, keep.to(dy.dtype) / (1 - P))


class Dropout(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, keep):
        ctx.save_for_backward(keep)
        return x.masked_fill(keep == 0, 0.0) / (1 - P)

    @staticmethod
    def backward(ctx, dy):
        (keep,) = ctx.saved_tensors
        return dy.masked_fill(keep == 0, 0.0) / (1 - P), None


def with_mask(g):
    """Some of each kind are there."""
    keep = (integers(g, 10, 5, 4) >= 3).long()
    keep[0, 0], keep[0, 1] = 0, 1
    return normal(g, 5, 4), keep


def zeros_with_mask(g):
    (x,) = drawn_with_zeros((5, 4))(g)
    _, keep = with_mask(g)
    keep[1, 2] = 1  # x is 0 there
    return x, keep


CASES = [
    case(
        *("dropout does not scale its gradient", dropout, not_scaled, with_mask),
        **dict(cause="factor", gradients=("dx",), detail="0.7, 1 - p"),
    ),
    case(
        *("dropout divides by p", dropout, scaled_by_p, with_mask),
        **dict(cause="factor", gradients=("dx",), detail="2.3333333333333335, (1 - p) / p"),
    ),
    case(
        *("dropout lets all gradients through", dropout, all_entries, with_mask),
        **dict(cause="mask", gradients=("dx",), where="dropped entries", detail="no mask"),
    ),
    case(
        *("dropout with its mask upside down", dropout, the_dropped_ones, with_mask),
        **dict(cause="mask", gradients=("dx",), detail="wrong side"),
    ),
    case(
        *("dropout draws a new mask in the backward", random_dropout, drawn_anew, drawn((6, 5))),
        **dict(cause="mask", gradients=("dx",), detail="drawn anew"),
    ),
    case(
        *("dropout reads its mask off the output", mask_from_output, mask_from_output_backward, zeros_with_mask),
        **dict(cause="mask", gradients=("dx",), where="at 0", detail="of y", accepted=("zero",)),
    ),
    case("dropout that keeps its mask", random_dropout, right, drawn((6, 5))),
    case("dropout by a given mask", dropout, by_noise, with_mask),
    case("dropout that fills with 0", dropout, Dropout, zeros_with_mask),
]
