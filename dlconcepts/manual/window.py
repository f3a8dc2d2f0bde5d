"""Windows that slide over images: what convolution and pooling have in common.

Shapes: x (..., B, C, H, W), windows (..., B, C, K, P, Q): K = kh kw entries of each window in row-major order,
P x Q windows; kernel, stride and padding are one number for both directions or a pair (rows, columns).
Source: V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
https://arxiv.org/abs/1603.07285
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor, stack
from torch.nn.functional import pad

Pair = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """Where the windows lie: their size, the steps between them, the border around the image, their number."""

    kernel: Pair
    stride: Pair
    padding: Pair
    count: Pair


def grid(size: Sequence[int], kernel: int | Sequence[int], stride: int | Pair, padding: int | Pair) -> Grid:
    """The windows that fit into an image of that size: floor((size + 2 padding - kernel) / stride) + 1 a direction.

    Rows and columns of the image that are left over at the end are in no window, as in torch.
    Raises ValueError for a kernel or a stride below 1, a padding below 0, a kernel larger than the padded image.
    """
    kernel, stride, padding = both(kernel), both(stride), both(padding)
    if min(kernel) < 1 or min(stride) < 1 or min(padding) < 0:
        raise ValueError(
            f"kernel and stride must be at least 1 and padding at least 0, got {kernel}, {stride} and {padding}"
        )
    padded = (size[0] + 2 * padding[0], size[1] + 2 * padding[1])
    if kernel[0] > padded[0] or kernel[1] > padded[1]:
        raise ValueError(f"kernel {kernel} is larger than the padded image {padded}; pad more or take a smaller one")
    rows, columns = ((padded[d] - kernel[d]) // stride[d] + 1 for d in (0, 1))
    return Grid(kernel, stride, padding, (rows, columns))


def both(value: int | Sequence[int]) -> Pair:
    """One number for both directions, or the pair itself."""
    rows, columns = (value, value) if isinstance(value, int) else value
    return rows, columns


def need_images(x: Tensor) -> None:
    """Raises ValueError unless x can be (..., B, C, H, W)."""
    if x.ndim < 4:
        raise ValueError(f"expected images (..., B, C, H, W), got {tuple(x.shape)}; one image is x[None]")


def border(x: Tensor, padding: Pair, fill: float = 0.0) -> Tensor:
    """x with `padding` rows above and below and columns left and right, filled with `fill`."""
    rows, columns = padding
    return pad(x, (columns, columns, rows, rows), value=fill)


def views(padded: Tensor, g: Grid) -> Iterator[Tensor]:
    """For each of a window's K places in row-major order: what all windows have there, (..., P, Q), not copied."""
    (kh, kw), (down, right), (P, Q) = g.kernel, g.stride, g.count
    for i in range(kh):
        for j in range(kw):
            yield padded[..., i : i + down * P : down, j : j + right * Q : right]


def windows(x: Tensor, g: Grid) -> Tensor:
    """All windows of the zero-padded images, side by side: kh kw shifted copies of the image.

    Copied view by view, since in each the columns lie side by side in memory: twice as fast as window by window.
    """
    return stack(list(views(border(x, g.padding), g)), -3)  # (..., B, C, K, P, Q)


def windows_backward(dviews: Sequence[Tensor], H: int, W: int, g: Grid) -> Tensor:
    """dx = each pixel's sum over all the windows that hold it; what fell on the border is dropped.

    dviews: for each of a window's K places, the gradients (..., B, C, P, Q) of what the windows have there.
    """
    rows, columns = g.padding
    dpadded = dviews[0].new_zeros(*dviews[0].shape[:-2], H + 2 * rows, W + 2 * columns)
    for k, view in enumerate(views(dpadded, g)):
        view += dviews[k]
    return dpadded[..., rows : rows + H, columns : columns + W]
