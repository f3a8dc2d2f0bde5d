"""Pooling: one number for each window of an image; and flattening images into the rows of a linear layer.

Shapes: x (..., B, C, H, W), y (..., B, C, P, Q) with P x Q windows (see `window`); flattened (..., B, C H W).
The stride is the kernel's size unless given, so that windows do not overlap.
Sources: Y. LeCun et al., 1998 (average), https://doi.org/10.1109/5.726791; D. Scherer, A. Müller, S. Behnke, 2010,
"Evaluation of pooling operations in convolutional architectures", https://doi.org/10.1007/978-3-642-15825-4_10
"""

import torch
from torch import Tensor

from .inputs import need_floating
from .precision import rounded_once
from .window import Grid, Pair, border, grid, need_images, views, windows, windows_backward


@rounded_once
def average_pool(
    x: Tensor, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
) -> tuple[Tensor, tuple[int, int, Grid]]:
    """The mean of each window; zeros of the padding count as entries, torch's default (count_include_pad)."""
    g = pooling_grid(x, kernel, stride, padding)
    return windows(x, g).mean(-3), (*x.shape[-2:], g)


@rounded_once
def average_pool_backward(dy: Tensor, H: int, W: int, g: Grid) -> tuple[Tensor]:
    """Each entry of a window gets dy / (kh kw); entries of several windows add up."""
    kh, kw = g.kernel
    return (windows_backward([dy / (kh * kw)] * (kh * kw), H, W, g),)


def max_pool(
    x: Tensor, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
) -> tuple[Tensor, tuple[Tensor, int, int, Grid]]:
    """The largest entry of each window, and its place: how many pixels behind the window's first one it stands.

    Each window is walked through in row-major order: an entry must be larger than the best so far, so the first of
    equals wins, or be NaN, so NaN is never lost. The padding is -inf and never wins, not even over -inf: all as torch.
    A later winner has a larger place, so no choice by mask is needed, which took 3 times as long.
    """
    g = pooling_grid(x, kernel, stride, padding)
    padded = border(x, g.padding, -torch.inf)
    first, *others = views(padded, g)
    best, place = first.clone(), first_real_place(g, x.device)
    for k, view in enumerate(others, 1):
        entry = view.contiguous()  # read four times, and faster where it lies side by side
        better = (entry > best) | entry.isnan()
        best = torch.maximum(best, entry)
        place = torch.maximum(place, better.to(place.dtype).mul_(k))
    place = place.expand(best.shape)
    if x.requires_grad:  # for autograd each number is its winner's: a maximum would share the slope among equals
        won = padded.flatten(-2).gather(-1, winner(place, (padded.shape[-2], padded.shape[-1]), g).flatten(-2))
        best = won.view(best.shape)
    return best, (place, *x.shape[-2:], g)


@rounded_once
def max_pool_backward(dy: Tensor, place: Tensor, H: int, W: int, g: Grid) -> tuple[Tensor]:
    """dy goes to the entry that won; an entry that won in several windows gets the sum."""
    rows, columns = g.padding
    size = (H + 2 * rows, W + 2 * columns)
    won = winner(place, size, g).flatten(-2)
    dpadded = dy.new_zeros(*dy.shape[:-2], size[0] * size[1]).scatter_add_(-1, won, dy.flatten(-2))
    return (dpadded.unflatten(-1, size)[..., rows : rows + H, columns : columns + W],)


def winner(place: Tensor, size: Pair, g: Grid) -> Tensor:
    """Which pixel of the padded image, counted row by row, won each window: (..., B, C, P, Q), as place."""
    pixel = torch.arange(size[0] * size[1], device=place.device).view(size)
    behind = pixel[: g.kernel[0], : g.kernel[1]].flatten()  # how far each place is behind its window's first pixel
    steps = behind.index_select(0, place.flatten().int()).view(place.shape)
    return next(views(pixel, g)) + steps


def first_real_place(g: Grid, device: torch.device) -> Tensor:
    """The first place of each window that is not padding, (P, Q): the winner where all entries are -inf."""
    row, column = ((g.padding[d] - g.stride[d] * torch.arange(g.count[d], device=device)).clamp_min(0) for d in (0, 1))
    place, K = row[:, None] * g.kernel[1] + column, g.kernel[0] * g.kernel[1]
    return place.to(torch.uint8 if K <= 256 else torch.int32)  # the smallest numbers are the fastest


def pooling_grid(x: Tensor, kernel: int | Pair, stride: int | Pair | None, padding: int | Pair) -> Grid:
    """The windows; raises for what is not images, and for padding above half the kernel: windows of nothing else."""
    need_floating(x)
    need_images(x)
    g = grid(x.shape[-2:], kernel, kernel if stride is None else stride, padding)
    if 2 * g.padding[0] > g.kernel[0] or 2 * g.padding[1] > g.kernel[1]:
        raise ValueError(f"padding {g.padding} must be at most half of the kernel {g.kernel}")
    return g


def flatten(x: Tensor) -> tuple[Tensor, tuple[torch.Size]]:
    """Each image as one row, channel after channel; a copy, so that a change of y never changes x."""
    need_floating(x)
    need_images(x)
    return x.flatten(-3).clone(), (x.shape[-3:],)


def flatten_backward(dy: Tensor, shape: torch.Size) -> tuple[Tensor]:
    """dx = dy in x's shape"""
    return (dy.unflatten(-1, shape),)
