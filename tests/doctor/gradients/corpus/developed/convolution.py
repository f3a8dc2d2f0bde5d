"""A small window of weights slides over images (a cross-correlation, without padding)."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn

case = partial(Case, "convolution")


def convolution(x, W):
    return functional.conv2d(x, W)


def with_bias(x, W, b):
    return functional.conv2d(x, W, b)


def by_two(x, W):
    return functional.conv2d(x, W, stride=2)


def weight_gradient(dy, x):
    """Correlates the input with dy: (C, N, H, W) with (O, N, h, w)."""
    return functional.conv2d(x.transpose(0, 1), dy.transpose(0, 1)).transpose(0, 1)


def not_flipped(dy, x, W):
    """Going back, each kernel must be turned by half a turn."""
    k = W.shape[-1] - 1
    return functional.conv2d(functional.pad(dy, (k, k, k, k)), W.transpose(0, 1)), weight_gradient(dy, x)


def channels_exchanged(dy, x, W):
    """The weight's gradient is left as (in, out, h, w)."""
    dW = functional.conv2d(x.transpose(0, 1), dy.transpose(0, 1))
    return functional.conv_transpose2d(dy, W), dW


def bias_over_batch_alone(dy, x, W, b):
    """The bias is used at every position, too."""
    return functional.conv_transpose2d(dy, W), weight_gradient(dy, x), dy.sum(0)


def border_cut_off(dy, x, W):
    """With stride 2 the last row and column are never looked at; their gradient is 0, but it is there."""
    return functional.conv_transpose2d(dy, W, stride=2), by_two_right(dy, x, W)[1]


def overlaps_overwritten(dy, x, W):
    """Where windows overlap, their gradients must be added: = in place of +=."""
    dx, dW = torch.zeros_like(x), torch.zeros_like(W)
    _, _, h, w = dy.shape
    k = W.shape[-1]
    for i in range(h):
        for j in range(w):
            dx[:, :, i : i + k, j : j + k] = torch.einsum("no,ochw->nchw", dy[:, :, i, j], W)
            dW += torch.einsum("no,nchw->ochw", dy[:, :, i, j], x[:, :, i : i + k, j : j + k])
    return dx, dW


def flipped(dy, x, W):
    k = W.shape[-1] - 1
    dx = functional.conv2d(functional.pad(dy, (k, k, k, k)), W.flip(2, 3).transpose(0, 1))
    return dx, weight_gradient(dy, x)


def by_two_right(dy, x, W):
    h = x.shape[-1] - W.shape[-1] - 2 * (dy.shape[-1] - 1)  # what the stride leaves over
    dx = functional.conv_transpose2d(dy, W, stride=2, output_padding=h)
    patches = functional.unfold(x, W.shape[-1], stride=2)
    return dx, torch.einsum("nol,npl->op", dy.flatten(2), patches).view_as(W)


def by_unfolding(x, W):
    O, _, k, _ = W.shape
    patches = functional.unfold(x, k)
    y = (W.view(O, -1) @ patches).unflatten(2, (x.shape[2] - k + 1, -1))
    return y, (patches, W, x.shape[2:])


def by_unfolding_backward(dy, patches, W, size):
    dy = dy.flatten(2)
    dW = torch.einsum("nol,npl->op", dy, patches).view(W.shape)
    return functional.fold(W.flatten(1).mT @ dy, size, W.shape[-1]), dW


SHAPES = (2, 3, 5, 5), (4, 3, 3, 3)
CASES = [
    case(
        *("convolution goes back with kernels that are not flipped", convolution, not_flipped, drawn(*SHAPES)),
        **dict(cause="other", gradients=("dx",), detail="kernel not flipped", accepted=("transposed", "wrong axis")),
    ),
    case(
        *("convolution's weight gradient has its channels exchanged", convolution, channels_exchanged, drawn(*SHAPES)),
        **dict(cause="transposed", gradients=("dW",), detail="channels"),
    ),
    case(
        *("convolution's bias gradient is summed over the batch alone", with_bias, bias_over_batch_alone),
        **dict(inputs=drawn(*SHAPES, (4,)), cause="not summed after broadcasting", gradients=("db",)),
    ),
    case(
        *("convolution with stride 2 loses the border", by_two, border_cut_off, drawn((2, 3, 6, 6), (4, 3, 3, 3))),
        **dict(cause="wrong shape", gradients=("dx",), detail="last row and column missing"),
    ),
    case(
        *("convolution overwrites where windows overlap", convolution, overlaps_overwritten, drawn(*SHAPES)),
        **dict(cause="missing term", gradients=("dx",), detail="overlapping windows"),
    ),
    case("convolution with flipped kernels", convolution, flipped, drawn(*SHAPES)),
    case("convolution with stride 2", by_two, by_two_right, drawn((2, 3, 6, 6), (4, 3, 3, 3))),
    case("convolution by unfolding", by_unfolding, by_unfolding_backward, drawn(*SHAPES), like=functional.conv2d),
]
