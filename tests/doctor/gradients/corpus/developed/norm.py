"""The Euclidean length of each row, and rows divided by it."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "norm")


def norm(x):
    return torch.linalg.vector_norm(x, dim=-1)


def root_forgotten(dy, x):
    """2 x: the derivative of the squared length."""
    return 2 * dy[..., None] * x


def two_kept(dy, x):
    """The square's 2 cancels with the root's 1/2; only one of them was seen."""
    return 2 * dy[..., None] * x / norm(x)[..., None]


def zero_by_zero(dy, x):
    """A row of zeros gives 0 / 0; torch takes 0 there."""
    return dy[:, None] * x / x.norm(dim=1, keepdim=True)


def length_along_columns(dy, x):
    """As many rows as columns: the lengths are broadcast along the wrong axis."""
    return dy[:, None] * x / x.norm(dim=1)


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def no_projection(dy, x):
    """The length is taken for a constant: the part along x must not pass."""
    return dy / x.norm(dim=-1, keepdim=True)


def zero_safe(dy, x):
    n = norm(x)[..., None]
    return dy[..., None] * torch.where(n == 0, 0.0, x / n)


def by_projection(dy, x):
    n = x.norm(dim=-1, keepdim=True)
    u = x / n
    across = torch.eye(x.shape[-1]).to(x) - u[..., :, None] * u[..., None, :]
    return (across @ dy[..., None])[..., 0] / n


def with_zero_row(g):
    x = normal(g, 4, 3)
    x[1] = 0
    return (x,)


CASES = [
    case(
        *("norm with the square's derivative", norm, root_forgotten, drawn((5, 3))),
        **dict(cause="missing factor", gradients=("dx",), detail="1 / (2 |x|), the root's slope"),
    ),
    case(
        *("norm keeps the square's 2", norm, two_kept, drawn((5, 3))),
        **dict(cause="factor", gradients=("dx",), detail="2"),
    ),
    case(
        *("norm divides a row of zeros", norm, zero_by_zero, with_zero_row),
        **dict(cause="non-finite", gradients=("dx",), where="rows of zeros", detail="0 / 0"),
    ),
    case(
        *("norm divides columns by the rows' lengths", norm, length_along_columns, drawn((4, 4))),
        **dict(cause="wrong axis", gradients=("dx",), detail="keepdim forgotten"),
    ),
    case(
        *("unit vectors without the projection", unit, no_projection, drawn((5, 3))),
        **dict(cause="missing term", gradients=("dx",), detail="the length's term"),
    ),
    case("norm with a row of zeros", norm, zero_safe, with_zero_row),
    case("unit vectors by projection", unit, by_projection, drawn((5, 3)), like=functional.normalize),
    case("unit vectors of tiny numbers", unit, by_projection, drawn((5, 3), scale=1e-9)),
]
