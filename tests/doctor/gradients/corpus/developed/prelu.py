"""A leaky relu whose slope is learned, one for each channel."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn_apart, normal

case = partial(Case, "prelu")


def prelu(x, w):
    return torch.where(x > 0, x, w * x)


def prelu_images(x, w):
    return torch.where(x > 0, x, w[:, None, None] * x)


def slope_not_summed(dy, x, w):
    """Each example has its own gradient by the shared slopes: they are not added up."""
    return torch.where(x > 0, dy, w * dy), torch.where(x > 0, 0.0, x * dy)


def slope_summed_over_channels(dy, x, w):
    """Adds the channels where it should add the examples; as many of one as of the other, so the shape fits."""
    dw = torch.where(x > 0, 0.0, x * dy).sum(dim=1)
    return torch.where(x > 0, dy, w * dy), dw


def slope_from_positive_side(dy, x, w):
    """The slope acts on negative entries; here it learns from the positive ones."""
    return torch.where(x > 0, dy, w * dy), (dy * x * (x > 0)).sum(0)


def slope_of_images(dy, x, w):
    """Adds the examples and forgets the pixels."""
    dx = torch.where(x > 0, dy, w[:, None, None] * dy)
    return dx, (dy * x * (x <= 0)).sum(0)


def by_einsum(dy, x, w):
    negative = (x <= 0).to(x.dtype)
    return dy * (1 - negative) + torch.einsum("bc,bc,c->bc", dy, negative, w), torch.einsum(
        "bc,bc->c", dy, x * negative
    )


def images_right(dy, x, w):
    dx = dy.clone()
    dx[x <= 0] = (w[:, None, None] * dy)[x <= 0]
    return dx, (dy * x.clamp(max=0)).sum((0, 2, 3))


CASES = [
    case(
        *("prelu does not sum the slope's gradient", prelu, slope_not_summed, drawn_apart((5, 3), (3,))),
        **dict(cause="not summed after broadcasting", gradients=("dw",)),
    ),
    case(
        *("prelu sums over the channels", prelu, slope_summed_over_channels, drawn_apart((4, 4), (4,))),
        **dict(cause="wrong axis", gradients=("dw",), detail="channels in place of examples"),
    ),
    case(
        *("prelu's slope learns from positive entries", prelu, slope_from_positive_side, drawn_apart((5, 3), (3,))),
        **dict(cause="mask", gradients=("dw",), detail="wrong side"),
    ),
    case(
        *("prelu of images forgets the pixels", prelu_images, slope_of_images, drawn_apart((4, 3, 2, 5), (3,))),
        **dict(cause="not summed after broadcasting", gradients=("dw",), detail="pixels"),
    ),
    case("prelu by einsum", prelu, by_einsum, drawn_apart((5, 3), (3,))),
    case("prelu of images", prelu_images, images_right, drawn_apart((4, 3, 2, 5), (3,))),
    case("prelu of one example with slopes of both signs", prelu, by_einsum, lambda g: (normal(g, 1, 6), normal(g, 6))),
]
