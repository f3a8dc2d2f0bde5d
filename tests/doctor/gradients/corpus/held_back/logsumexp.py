"""The logarithm of the summed exponentials of each row."""

import math
from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "logsumexp")


def logsumexp(x):
    return torch.logsumexp(x, dim=-1)


def overflowing(dy, x):
    """exp overflows above 709, and inf / inf is NaN."""
    e = torch.exp(x)
    return dy[:, None] * e / e.sum(-1, keepdim=True)


def dy_along_the_row(dy, x):
    """dy has one entry per row, but is broadcast along the columns; there are as many."""
    return dy * torch.softmax(x, dim=-1)


def spread_evenly(dy, x):
    """The gradient of the plain sum: every entry gets all of dy, whatever its share."""
    return dy[:, None].expand_as(x)


def naive(x):
    """Right on paper; inf from 710 on."""
    return torch.log(torch.exp(x).sum(-1))


def by_softmax(dy, x):
    return dy[..., None] * torch.softmax(x, dim=-1)


def log_mean_exp(x):
    return torch.logsumexp(x, dim=-1) - math.log(x.shape[-1])


def divided_by_the_count(dy, x):
    """The count is a constant inside the logarithm and cancels; here it divides."""
    return dy[:, None] * torch.softmax(x, dim=-1) / x.shape[-1]


def softmax_in_float32(dy, x):
    """The shares are computed in float32, for speed."""
    return dy[:, None] * torch.softmax(x, dim=-1, dtype=torch.float32)


def with_offsets(x, b):
    return torch.logsumexp(x + b, dim=-1)


def offsets_not_summed(dy, x, b):
    """Every row used the same offsets."""
    dx = by_softmax(dy, x + b)
    return dx, dx


def by_result(x):
    top = x.amax(-1)
    y = top + (x - top[..., None]).exp().sum(-1).log()
    return y, (x, y)


def by_result_backward(dy, x, y):
    return (dy[..., None] * torch.exp(x - y[..., None]),)


def offsets_right(dy, x, b):
    shares = (x + b).sub(with_offsets(x, b)[:, None]).exp()
    return dy[:, None] * shares, dy @ shares


def large(g):
    """Beyond what exp can take, but near each other."""
    return (1000 + normal(g, 4, 5),)


CASES = [
    case(
        *("logsumexp backward overflows", logsumexp, overflowing, large),
        **dict(cause="non-finite", gradients=("dx",), detail="inf / inf"),
    ),
    case(
        *("logsumexp broadcasts dy along the wrong axis", logsumexp, dy_along_the_row, drawn((4, 4))),
        **dict(cause="wrong axis", gradients=("dx",), detail="dy without its last axis"),
    ),
    case(
        *("logsumexp with the gradient of the sum", logsumexp, spread_evenly, drawn((4, 3))),
        **dict(cause="missing factor", gradients=("dx",), detail="softmax(x)"),
    ),
    case(
        *("logsumexp forward overflows", naive, by_softmax, large),
        **dict(cause="forward differs", detail="inf", accepted=("non-finite",), like=logsumexp),
    ),
    case(
        *("log of a mean divides its gradient by the count", log_mean_exp, divided_by_the_count, drawn((5, 3))),
        **dict(cause="factor", gradients=("dx",), detail="1/K"),
    ),
    case(
        *("logsumexp with shares in float32", logsumexp, softmax_in_float32, drawn((5, 3))),
        **dict(cause="precision", gradients=("dx",), detail="cast to float32"),
    ),
    case(
        *("logsumexp with offsets that are not summed", with_offsets, offsets_not_summed, drawn((5, 3), (3,))),
        **dict(cause="not summed after broadcasting", gradients=("db",)),
    ),
    case("logsumexp by its result", by_result, by_result_backward, large, like=logsumexp),
    case("logsumexp of one vector", logsumexp, by_softmax, drawn((6,))),
    case("logsumexp with offsets", with_offsets, offsets_right, drawn((5, 3), (3,))),
]
