"""A number for each channel is added to every pixel of every image."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn

case = partial(Case, "bias")


def add_bias(x, b):
    return x + b[:, None, None]


def add_number(x, c):
    return x + c


def over_images_alone(dy, x, b):
    """The pixels' gradients are not added: (C, H, W) for (C,)."""
    return dy, dy.sum(dim=0)


def over_channels(dy, x, b):
    """Leaves the last axis, where the channels would be had they come last."""
    return dy, dy.sum(dim=(0, 1, 2))


def averaged_over_images(dy, x, b):
    """Sums the pixels but averages the images."""
    return dy, dy.sum((2, 3)).mean(0)


def number_not_summed(dy, x, c):
    """One number was added to all entries."""
    return dy, dy


class AddBias(torch.autograd.Function):
    """Somebody froze the bias for an experiment by multiplying with 0, and left it so."""

    @staticmethod
    def forward(ctx, x, b):
        return x + b.view(1, -1, 1, 1)

    @staticmethod
    def backward(ctx, dy):
        return dy, dy.mul(0).sum((0, 2, 3))


def to_size(dy, x, b):
    return dy, dy.sum_to_size(1, len(b), 1, 1).flatten()


def number_right(dy, x, c):
    return dy.clone(), torch.einsum("ij->", dy)


IMAGES = drawn((5, 3, 2, 4), (3,))
CASES = [
    case(
        *("bias of images is summed over the images alone", add_bias, over_images_alone, IMAGES),
        **dict(cause="not summed after broadcasting", gradients=("db",), detail="pixels"),
    ),
    case(
        *("bias of images is summed over the channels", add_bias, over_channels, drawn((2, 3, 4, 3), (3,))),
        **dict(cause="wrong axis", gradients=("db",)),
    ),
    case(
        *("bias of images is averaged over the images", add_bias, averaged_over_images, IMAGES),
        **dict(cause="factor", gradients=("db",), detail="1/B"),
    ),
    case(
        *("one number added to a matrix is not summed", add_number, number_not_summed, drawn((3, 4), ())),
        **dict(cause="not summed after broadcasting", gradients=("dc",)),
    ),
    case(
        *("bias was frozen by a 0 in its backward", add_bias, AddBias, IMAGES),
        **dict(cause="zero", gradients=("db",)),
    ),
    case("bias by summing to its size", add_bias, to_size, IMAGES),
    case("one number added to a matrix", add_number, number_right, drawn((3, 4), ())),
]
