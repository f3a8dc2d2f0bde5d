"""Group norm: of each image by itself, groups of channels brought to mean 0 and variance 1, then scaled and shifted.

Shapes: x (..., B, C, H, W), gamma, beta (..., C), as rows (..., B, G, n) with n = (C / G) H W values a group.
It needs no batch, and so no running statistics. One group is layer norm of the whole image, as many groups as channels
is instance norm.
Sources: Y. Wu, K. He, 2018, https://arxiv.org/abs/1803.08494; instance norm, D. Ulyanov, A. Vedaldi, V. Lempitsky,
2016, https://arxiv.org/abs/1607.08022
"""

from torch import Tensor

from .inputs import need_floating, need_same_shape
from .normalization import Number, standardize, standardize_backward, statistics
from .precision import rounded_once
from .window import need_images

Saved = tuple[Tensor, Tensor, Tensor, Tensor, Number]


@rounded_once
def group_norm(x: Tensor, gamma: Tensor, beta: Tensor, groups: int, eps: Number = 1e-5) -> tuple[Tensor, Saved]:
    """y = gamma xhat + beta: statistics per image and group, gamma and beta per channel.

    Raises ValueError unless groups divides the C channels, and where gamma and beta are not (..., C).
    """
    need_floating(x)
    need_images(x)
    need_same_shape(x_models_and_channels=x.shape[:-4] + x.shape[-3:-2], gamma=gamma.shape, beta=beta.shape)
    if groups < 1 or x.shape[-3] % groups:
        raise ValueError(f"groups must divide the {x.shape[-3]} channels, got {groups}")
    mean, var = statistics(grouped(x, groups), -1)  # (..., B, G, 1)
    xhat = standardize(grouped(x, groups), mean, var, eps).view(x.shape)
    return per_channel(gamma) * xhat + per_channel(beta), (x, gamma, mean, var, eps)


@rounded_once
def group_norm_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: Number
) -> tuple[Tensor, Tensor, Tensor]:
    """dxhat = dy gamma and from there dx group by group; dgamma = dy xhat and dbeta = dy, over batch and places."""
    G = mean.shape[-2]
    dx = standardize_backward(grouped(dy * per_channel(gamma), G), grouped(x, G), mean, var, eps, -1)
    xhat = standardize(grouped(x, G), mean, var, eps).view(x.shape)
    return dx.view(x.shape), (dy * xhat).sum((-4, -2, -1)), dy.sum((-4, -2, -1))


def grouped(x: Tensor, groups: int) -> Tensor:
    """Images as one row for each group of neighbouring channels: (..., B, G, n)."""
    return x.reshape(*x.shape[:-3], groups, x.shape[-3:].numel() // groups)


def per_channel(p: Tensor) -> Tensor:
    """(..., C) shaped to multiply images: (..., 1, C, 1, 1)."""
    return p[..., None, :, None, None]
