"""Entry by entry."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, integers, normal, with_zeros

case = partial(Case, "product")


def product(x, w):
    return x * w


def of_three(x, w, z):
    return x * w * z


def square(x):
    return x * x


def of_a_row(x):
    return x.prod(-1)


def exchanged(dy, x, w):
    """Each factor is given its own value in place of the other's."""
    return dy * x, dy * w


def third_forgotten(dy, x, w, z):
    """The product rule for two factors, applied to three."""
    return dy * w, dy * x, dy * x * w


def one_half(dy, x):
    """x is used twice, and only one use is counted."""
    return dy * x


def weights_not_summed(dy, x, w):
    """w has one entry per column."""
    return dy * w, dy * x


def by_division(dy, x):
    """y / x is the product of the others, unless x is 0."""
    return (dy * x.prod(-1))[..., None] / x


def kept_whole(x, w):
    """item() takes the number out of the graph."""
    return x * w.item()


def kept_whole_backward(dy, x, w):
    return dy * w, (dy * x).sum()


def three_right(dy, x, w, z):
    return dy * w * z, dy * x * z, dy * x * w


def times(x, n):
    return x * n


def two_right(dy, x, n):
    return dy * n


def others(dy, x):
    """The product of all entries but one, without a division."""
    D = x.shape[-1]
    rows = x[..., None, :].expand(*x.shape, D).masked_fill(torch.eye(D, dtype=torch.bool), 1.0)
    return dy[..., None] * rows.prod(-1)


CASES = [
    case(
        *("product exchanges its factors", product, exchanged, drawn((4, 3), (4, 3))),
        **dict(cause="other", gradients=("dx", "dw"), detail="factors exchanged"),
    ),
    case(
        *("product of three forgets the third", of_three, third_forgotten, drawn((4, 3), (4, 3), (4, 3))),
        **dict(cause="missing factor", gradients=("dx", "dw"), detail="z"),
    ),
    case(
        *("square counts one of its two uses", square, one_half, drawn((6,))),
        **dict(cause="factor", gradients=("dx",), detail="1/2", accepted=("missing term",)),
    ),
    case(
        *("product with one weight per column is not summed", product, weights_not_summed, drawn((5, 3), (3,))),
        **dict(cause="not summed after broadcasting", gradients=("dw",)),
    ),
    case(
        *("product of a row divides by 0", of_a_row, by_division, lambda g: (with_zeros(normal(g, 4, 3)),)),
        **dict(cause="non-finite", gradients=("dx",), where="at 0", detail="0 / 0"),
    ),
    case(
        *("product takes its weight out of the graph", kept_whole, kept_whole_backward, drawn((4, 3), ())),
        **dict(cause="detached", detail="item() of w"),
    ),
    case("product of three", of_three, three_right, drawn((4, 3), (4, 3), (4, 3))),
    case("product of a row with zeros", of_a_row, others, lambda g: (with_zeros(normal(g, 4, 3)),)),
    case("product with whole numbers", times, two_right, lambda g: (normal(g, 5), integers(g, 7, 5))),
    case("product of three numbers", of_three, three_right, drawn((), (), ())),
]
