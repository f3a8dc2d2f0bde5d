"""Pooling to a wanted size: whatever the image's size, so many windows; one of them is global average pooling.

Shapes: x (..., B, C, H, W), y (..., B, C, P, Q); global average pooling's y (..., B, C), the rows of a linear layer.
Source: M. Lin, Q. Chen, S. Yan, 2013, "Network in network", https://arxiv.org/abs/1312.4400
"""

import torch
from torch import Tensor

from .inputs import need_floating
from .precision import rounded_once
from .window import Pair, both, need_images

Range = tuple[int, int]


@rounded_once
def global_average_pool(x: Tensor) -> tuple[Tensor, tuple[int, int]]:
    """The mean of each channel over all its places. Raises ValueError for images without any."""
    need_floating(x)
    need_images(x)
    need_places(x)
    return x.mean((-2, -1)), (*x.shape[-2:],)


@rounded_once
def global_average_pool_backward(dy: Tensor, H: int, W: int) -> tuple[Tensor]:
    """dx = dy / (H W) at every place."""
    return ((dy / (H * W))[..., None, None].expand(*dy.shape, H, W).clone(),)


@rounded_once
def adaptive_average_pool(x: Tensor, size: int | Pair) -> tuple[Tensor, tuple[int, int, list[Range], list[Range]]]:
    """The mean of each of P x Q windows that cover the image: size is P = Q or (P, Q).

    Window p has the rows from floor(p H / P) up to ceil((p + 1) H / P), so neighbours overlap by a row where P does
    not divide H. Raises ValueError for a size below 1.
    """
    need_floating(x)
    need_images(x)
    need_places(x)
    P, Q = both(size)
    if min(P, Q) < 1:
        raise ValueError(f"size must be at least 1, got {(P, Q)}")
    down, across = ranges(x.shape[-2], P), ranges(x.shape[-1], Q)
    means = [x[..., top:bottom, left:right].mean((-2, -1)) for top, bottom in down for left, right in across]
    return torch.stack(means, -1).unflatten(-1, (P, Q)), (*x.shape[-2:], down, across)


@rounded_once
def adaptive_average_pool_backward(dy: Tensor, H: int, W: int, down: list[Range], across: list[Range]) -> tuple[Tensor]:
    """Each entry of a window gets dy over the window's size; entries of several windows add up."""
    dx = dy.new_zeros(*dy.shape[:-2], H, W)
    for p, (top, bottom) in enumerate(down):
        for q, (left, right) in enumerate(across):
            share = dy[..., p, q] / ((bottom - top) * (right - left))
            dx[..., top:bottom, left:right] += share[..., None, None]
    return (dx,)


def ranges(length: int, parts: int) -> list[Range]:
    """Where each of the parts begins and ends: [floor(p length / parts), ceil((p + 1) length / parts))."""
    return [(p * length // parts, -(-(p + 1) * length // parts)) for p in range(parts)]


def need_places(x: Tensor) -> None:
    """Raises ValueError for images without rows or columns, which have no mean."""
    if not x.shape[-2] or not x.shape[-1]:
        raise ValueError(f"expected images of at least one place, got {tuple(x.shape)}")
