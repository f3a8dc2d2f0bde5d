"""The mean of each window."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn

case = partial(Case, "average pooling")


def pool(x):
    """Windows of 2 by 2, side by side."""
    return functional.avg_pool2d(x, 2)


def overlapping(x):
    return functional.avg_pool2d(x, 3, stride=2)


def everywhere(x):
    return x.mean((2, 3))


def grown(y):
    return y.repeat_interleave(2, dim=-2).repeat_interleave(2, dim=-1)


def not_divided(dy, x):
    """Each of the four entries gets all of it: the backward of a sum."""
    return grown(dy)


def side_not_area(dy, x):
    """Divides by the window's side instead of its area."""
    return grown(dy) / 2


def divides_integers(dy, x):
    """1 // 4 is 0."""
    share = 1 // (2 * 2)
    return grown(dy) * share


def top_left(dy, x):
    """Strided like the forward, but never spread over the window."""
    dx = torch.zeros_like(x)
    dx[:, :, ::2, ::2] = dy / 4
    return dx


def not_grown(dy, x):
    """Stays as small as the output."""
    return dy / 4


def overwritten(dy, x):
    """Where windows overlap the later one replaces the earlier one."""
    dx = torch.zeros_like(x)
    for i in range(dy.shape[2]):
        for j in range(dy.shape[3]):
            dx[:, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] = dy[:, :, i : i + 1, j : j + 1] / 9
    return dx


def tiled(dy, x):
    """repeat() lays copies side by side; repeat_interleave() would grow each entry."""
    return dy.repeat(1, 1, 2, 2) / 4


def by_kronecker(dy, x):
    return torch.kron(dy, torch.full((1, 1, 2, 2), 0.25, dtype=dy.dtype))


def by_convolution(dy, x):
    C = x.shape[1]
    kernel = torch.full((C, 1, 3, 3), 1 / 9, dtype=x.dtype)
    return functional.conv_transpose2d(dy, kernel, stride=2, groups=C)


def everywhere_right(dy, x):
    return dy[..., None, None].expand_as(x) / x[0, 0].numel()


CASES = [
    case(
        *("average pooling gives each entry all of it", pool, not_divided, drawn((2, 3, 4, 6))),
        **dict(cause="factor", gradients=("dx",), detail="4"),
    ),
    case(
        *("average pooling divides by the window's side", pool, side_not_area, drawn((2, 3, 4, 6))),
        **dict(cause="factor", gradients=("dx",), detail="2"),
    ),
    case(
        *("average pooling divides integers", pool, divides_integers, drawn((2, 3, 4, 6))),
        **dict(cause="zero", gradients=("dx",), detail="1 // 4 is 0"),
    ),
    case(
        *("average pooling gives to one corner", pool, top_left, drawn((2, 3, 4, 6))),
        **dict(cause="zero", gradients=("dx",), where="three entries of each window", accepted=("mask",)),
    ),
    case(
        *("average pooling stays small", pool, not_grown, drawn((2, 3, 4, 6))),
        **dict(cause="wrong shape", gradients=("dx",), detail="that of the output"),
    ),
    case(
        *("average pooling overwrites where windows overlap", overlapping, overwritten, drawn((2, 2, 7, 7))),
        **dict(cause="missing term", gradients=("dx",), where="overlaps", detail="overlapping windows"),
    ),
    case(
        *("average pooling lays copies side by side", pool, tiled, drawn((2, 3, 4, 6))),
        **dict(cause="other", gradients=("dx",), detail="copies side by side", accepted=("wrong axis", "transposed")),
    ),
    case("average pooling by a Kronecker product", pool, by_kronecker, drawn((2, 3, 4, 6))),
    case("average pooling with overlapping windows", overlapping, by_convolution, drawn((2, 2, 7, 7))),
    case("average over whole images", everywhere, everywhere_right, drawn((2, 3, 4, 5))),
]
