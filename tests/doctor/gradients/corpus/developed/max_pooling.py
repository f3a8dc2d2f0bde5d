"""The largest entry of each window."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, integers, normal

case = partial(Case, "max pooling")


def pool(x):
    """Windows of 2 by 2, side by side."""
    return functional.max_pool2d(x, 2)


def overlapping(x):
    return functional.max_pool2d(x, 3, stride=2)


def largest(x):
    """Over all positions."""
    return x.amax(dim=(2, 3)), (x,)


def grown(y):
    return y.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


def to_all_that_tie(dy, x):
    """Every entry that equals the maximum gets the whole gradient; torch gives it to the first."""
    return grown(dy) * (x == grown(functional.max_pool2d(x, 2)))


def to_the_whole_window(dy, x):
    """The backward of average pooling."""
    return grown(dy) / 4


def to_every_entry(dy, x):
    """Neither a mask nor a share: each of a window's entries gets all of it."""
    return grown(dy)


def scattered(dy, x):
    """An entry that is the maximum of several windows keeps only the last one's gradient."""
    _, index = functional.max_pool2d(x, 3, stride=2, return_indices=True)
    return torch.zeros_like(x).flatten(2).scatter(2, index.flatten(2), dy.flatten(2)).view_as(x)


def added(dy, x):
    _, index = functional.max_pool2d(x, 3, stride=2, return_indices=True)
    return torch.zeros_like(x).flatten(2).scatter_add(2, index.flatten(2), dy.flatten(2)).view_as(x)


def row_maximum(x):
    return x.max(dim=1).values


def indices_of_all_rows(dy, x):
    """dx[:, index] marks every row's maximum in every row; dx[range, index] was meant."""
    dx = torch.zeros_like(x)
    dx[:, x.argmax(1)] = dy[:, None]
    return dx


def first_of_each(dy, x):
    n, c, h, w = x.shape
    windows = x.view(n, c, h // 2, 2, w // 2, 2).transpose(3, 4).flatten(4)
    first = functional.one_hot(windows.argmax(-1), 4) * dy[..., None]
    return first.unflatten(4, (2, 2)).transpose(3, 4).reshape(n, c, h, w)


class Pool(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y, index = functional.max_pool2d(x, 2, return_indices=True)
        ctx.save_for_backward(index)
        ctx.size = x.shape
        return y

    @staticmethod
    def backward(ctx, dy):
        (index,) = ctx.saved_tensors
        return functional.max_unpool2d(dy, index, 2, output_size=ctx.size)


def shared_by_ties(dy, x):
    top = x == x.amax((2, 3), keepdim=True)
    return (top * dy[:, :, None, None] / top.sum((2, 3), keepdim=True),)


def few_values(g):
    """Whole numbers from 0 to 2: nearly every window has a tie."""
    return (integers(g, 3, 2, 3, 4, 4).double(),)


CASES = [
    case(
        *("max pooling gives the gradient to all that tie", pool, to_all_that_tie, few_values),
        **dict(cause="mask", gradients=("dx",), where="ties", detail="torch gives it to the first"),
    ),
    case(
        *("max pooling with the backward of average pooling", pool, to_the_whole_window, drawn((2, 3, 4, 4))),
        **dict(cause="mask", gradients=("dx",), detail="no mask"),
    ),
    case(
        *("max pooling gives every entry the gradient", pool, to_every_entry, drawn((2, 3, 4, 4))),
        **dict(cause="mask", gradients=("dx",), where="entries below the maximum", detail="no mask"),
    ),
    case(
        *("max pooling with overlapping windows overwrites", overlapping, scattered, drawn((2, 3, 9, 9))),
        **dict(cause="missing term", gradients=("dx",), where="entries that are the maximum of several windows"),
        detail="overlapping windows",
        accepted=("mask",),
    ),
    case(
        *("row maximum marks every row's index in every row", row_maximum, indices_of_all_rows, drawn((4, 6))),
        **dict(cause="mask", gradients=("dx",), detail="other rows' indices", accepted=("wrong axis",)),
    ),
    case("max pooling with ties gives the first the gradient", pool, first_of_each, few_values),
    case("max pooling with overlapping windows", overlapping, added, drawn((2, 3, 9, 9))),
    case("max pooling of negative images", pool, Pool, lambda g: (-1 - normal(g, 2, 3, 4, 6).abs(),)),
    case("global maximum shares among ties as amax does", largest, shared_by_ties, few_values),
]
