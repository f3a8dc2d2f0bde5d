"""The same numbers in another shape."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "flatten")


def flatten(x):
    return x.flatten(1)


def left_flat(dy, x):
    """The gradient keeps the output's shape."""
    return dy


def channels_last(x):
    return x.permute(0, 2, 3, 1).flatten(1)


def only_viewed(dy, x):
    """Has the right shape, but the axes were permuted before they were flattened."""
    return dy.view(x.shape)


def transpose(x):
    return x.mT


def reshaped(dy, x):
    """A reshape is no transpose: the numbers stay in the wrong order."""
    return dy.reshape(x.shape)


def through_numpy(x):
    """Out of the graph and back in."""
    return torch.from_numpy(x.detach().numpy().reshape(len(x), -1))


def viewed(dy, x):
    return dy.view(x.shape)


def resized(x):
    """resize_ changes the caller's own tensor."""
    shape = x.shape
    return x.resize_(len(x), x[0].numel()) * 1, (shape,)


def resized_backward(dy, shape):
    return (dy.reshape(shape),)


def permuted_back(dy, x):
    _, c, h, w = x.shape
    return dy.unflatten(1, (h, w, c)).permute(0, 3, 1, 2)


def by_stride(dy, x):
    return torch.stack([row.reshape(x.shape[1:]) for row in dy])


CASES = [
    case(
        *("flatten leaves its gradient flat", flatten, left_flat, drawn((4, 2, 3, 3))),
        **dict(cause="wrong shape", gradients=("dx",), detail="that of the output"),
    ),
    case(
        *("flatten with channels last is only viewed back", channels_last, only_viewed, drawn((4, 3, 2, 5))),
        **dict(cause="transposed", gradients=("dx",), detail="permutation not undone"),
    ),
    case(
        *("transpose is undone by a reshape", transpose, reshaped, drawn((3, 5))),
        **dict(cause="transposed", gradients=("dx",), detail="reshape for transpose"),
    ),
    case("flatten goes through numpy", through_numpy, viewed, drawn((4, 2, 3))),  # no graph at all, and right
    case(
        *("flatten resizes its input", resized, resized_backward, drawn((4, 2, 3))),
        **dict(cause="in place", detail="the shape of x, in the forward", like=flatten),
    ),
    case("flatten with channels last", channels_last, permuted_back, drawn((4, 3, 2, 5))),
    case("flatten row by row, of a view", flatten, by_stride, lambda g: (normal(g, 4, 3, 5, 2).transpose(1, 3),)),
    case("flatten of an empty batch", flatten, viewed, drawn((0, 2, 3))),
]
