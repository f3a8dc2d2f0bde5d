"""The convolutional layer: the same small pattern detector at every place of an image.

Shapes: x (..., B, C, H, W), W (..., O, C, kh, kw), b (..., O), z (..., B, O, P, Q) with P x Q places (see `window`).
Like every deep-learning library it does not flip the kernel: mathematics calls it cross-correlation.
Sources: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, 1998, "Gradient-based learning applied to document
recognition", https://doi.org/10.1109/5.726791; as a matrix product: K. Chellapilla, S. Puri, P. Simard, 2006,
"High performance convolutional neural networks for document processing", https://inria.hal.science/inria-00112631
"""

from torch import Tensor

from .inputs import need_floating, need_same_shape
from .window import Grid, Pair, grid, need_images, windows, windows_backward


def convolution(
    x: Tensor, W: Tensor, b: Tensor, stride: int | Pair = 1, padding: int | Pair = 0
) -> tuple[Tensor, tuple[Tensor, Tensor, Grid]]:
    """z[o, p, q] = b[o] + the sum over c, i, j of W[o, c, i, j] x[c, p stride + i - padding, q stride + j - padding].

    With a window's C kh kw numbers as one column, that sum is a matrix product, W as (O, C kh kw) times the columns.
    Raises ValueError where channels or models do not fit, and where the kernel is larger than the padded image.
    """
    need_floating(x)
    need_images(x)
    if W.ndim < 4:
        raise ValueError(f"expected kernels W (..., O, C, kh, kw), got {tuple(W.shape)}")
    need_same_shape(
        x_models_and_channels=x.shape[:-4] + x.shape[-3:-2], W_models_and_channels=W.shape[:-4] + W.shape[-3:-2]
    )
    need_same_shape(W_models_and_outputs=W.shape[:-3], b=b.shape)
    g = grid(x.shape[-2:], W.shape[-2:], stride, padding)
    z = W.flatten(-3).unsqueeze(-3) @ columns(x, g) + b[..., None, :, None]  # (..., B, O, P Q)
    return z.unflatten(-1, g.count), (x, W, g)


def convolution_backward(dz: Tensor, x: Tensor, W: Tensor, g: Grid) -> tuple[Tensor, Tensor, Tensor]:
    """dcolumns = W^T dz, and dx adds up what the windows that share a pixel say of it; dW and db as below."""
    C, kh, kw = W.shape[-3:]
    dcolumns = W.flatten(-3).mT.unsqueeze(-3) @ dz.flatten(-2)  # (..., B, C kh kw, P Q)
    dwindows = dcolumns.unflatten(-1, g.count).unflatten(-3, (C, kh * kw))
    dx = windows_backward(dwindows.unbind(-3), x.shape[-2], x.shape[-1], g)
    return dx, *convolution_parameters_backward(dz, x, W, g)


def convolution_parameters_backward(dz: Tensor, x: Tensor, W: Tensor, g: Grid) -> tuple[Tensor, Tensor]:
    """dW = dz columns^T, db = dz, each summed over places and batch. The columns are made again: they fill K images."""
    dW = (dz.flatten(-2) @ columns(x, g).mT).sum(-3)  # (..., O, C kh kw)
    return dW.unflatten(-1, W.shape[-3:]), dz.sum((-4, -2, -1))


def columns(x: Tensor, g: Grid) -> Tensor:
    """Each window as one column: (..., B, C kh kw, P Q)."""
    return windows(x, g).flatten(-2).flatten(-3, -2)
