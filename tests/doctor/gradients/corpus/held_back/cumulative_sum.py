"""Each entry is the sum of all up to it."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "cumulative sum")


def cumulative_sum(x):
    return x.cumsum(-1)


def same_direction(dy, x):
    """x_i is in every later sum, so dy must be summed from the end."""
    return dy.cumsum(dim=-1)


def own_entry_only(dy, x):
    """Only the diagonal of the triangular Jacobian."""
    return dy


def later_ones_only(dy, x):
    """One step too far: an entry is part of its own sum as well."""
    return dy.sum(-1, keepdim=True) - dy.cumsum(-1)


def over_rows(dy, x):
    """From the end, but of the other axis."""
    return dy.flip(0).cumsum(0).flip(0)


def total_everywhere(dy, x):
    """As if every sum held every entry."""
    return dy.sum(-1, keepdim=True).expand_as(x)


def difference(x):
    """The inverse: each entry minus the one before."""
    return torch.diff(x, prepend=torch.zeros_like(x[..., :1]))


def difference_backward(dy, x):
    return dy - torch.cat([dy[..., 1:], torch.zeros_like(dy[..., :1])], dim=-1)


def difference_backward_forgets_next(dy, x):
    """The minus sign's half: x_i is subtracted from its successor."""
    return dy


def flipped(dy, x):
    return dy.flip(-1).cumsum(-1).flip(-1)


def by_triangle(dy, x):
    return dy @ torch.ones(x.shape[-1], x.shape[-1], dtype=x.dtype).tril()


CASES = [
    case(
        *("cumulative sum goes back in the same direction", cumulative_sum, same_direction, drawn((3, 6))),
        **dict(cause="other", gradients=("dx",), detail="from the wrong end", accepted=("transposed",)),
    ),
    case(
        *("cumulative sum passes each entry its own gradient", cumulative_sum, own_entry_only, drawn((3, 6))),
        **dict(cause="missing term", gradients=("dx",), detail="later entries", accepted=("diagonal only",)),
    ),
    case(
        *("cumulative sum leaves the entry itself out", cumulative_sum, later_ones_only, drawn((3, 6))),
        **dict(cause="missing term", gradients=("dx",), detail="the entry's own gradient"),
    ),
    case(
        *("cumulative sum goes back along the other axis", cumulative_sum, over_rows, drawn((4, 4))),
        **dict(cause="wrong axis", gradients=("dx",)),
    ),
    case(
        *("differences forget that an entry is subtracted", difference, difference_backward_forgets_next),
        **dict(inputs=drawn((3, 6)), cause="missing term", gradients=("dx",), detail="the next entry's share"),
        accepted=("diagonal only",),
    ),
    case("cumulative sum from the end", cumulative_sum, flipped, drawn((2, 3, 6))),
    case("cumulative sum by a triangular matrix", cumulative_sum, by_triangle, lambda g: (1e4 * normal(g, 5, 4),)),
    case("differences", difference, difference_backward, drawn((3, 6))),
]
