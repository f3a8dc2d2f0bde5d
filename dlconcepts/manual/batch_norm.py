"""Batch norm beyond one training batch: running statistics, evaluation with them, and images.

Shapes: x (..., B, C) or images (..., B, C, H, W); gamma, beta, mean, var (..., C). For images every pixel of every
image is one value of its channel, n = B H W of them.
Source: S. Ioffe, C. Szegedy, 2015, "Batch normalization", https://arxiv.org/abs/1502.03167
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape, per_model
from .normalization import Number, batch_norm, batch_norm_backward, need_parameters, need_several, standardize
from .window import need_images

Saved = tuple[Tensor, Tensor, Tensor, Tensor, Number]


class Running(NamedTuple):
    """What evaluation will use: mean and variance (..., C) over the batches seen so far, and their number."""

    mean: Tensor
    var: Tensor
    batches: int


def first_running(beta: Tensor) -> Running:
    """Mean 0 and variance 1, before the first batch, for features like beta's."""
    return Running(torch.zeros_like(beta), torch.ones_like(beta), 0)


def update_running(running: Running, mean: Tensor, var: Tensor, n: int, momentum: Number | None = 0.1) -> Running:
    """(1 - momentum) running + momentum batch; with momentum None the plain mean over all batches so far.

    mean and var are those that batch norm saved, over n values a feature. var is biased and made unbiased here by
    n / (n - 1): batch norm divides by the biased one, but remembers the unbiased one, as torch does.
    An empty batch changes nothing but the number of batches. Raises ValueError for n = 1.
    """
    need_several(n)
    need_same_shape(running_mean=running.mean.shape, mean=mean.shape, var=var.shape)
    batches = running.batches + 1
    if n == 0:
        return running._replace(batches=batches)
    m = 1 / batches if momentum is None else per_model(momentum, mean)
    unbiased = var * (n / (n - 1))
    return Running((1 - m) * running.mean + m * mean, (1 - m) * running.var + m * unbiased, batches)


def batch_norm_evaluation(
    x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor, eps: Number = 1e-5
) -> tuple[Tensor, Saved]:
    """y = gamma (x - mean) / sqrt(var + eps) + beta with the running statistics: a batch of one will do."""
    need_parameters(x, gamma, beta)
    need_same_shape(gamma=gamma.shape, mean=mean.shape, var=var.shape)
    xhat = standardize(x, mean.unsqueeze(-2), var.unsqueeze(-2), eps)
    return gamma.unsqueeze(-2) * xhat + beta.unsqueeze(-2), (x, gamma, mean, var, eps)


def batch_norm_evaluation_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: Number
) -> tuple[Tensor, Tensor, Tensor]:
    """dx = dy gamma / sqrt(var + eps): mean and var are given numbers here, so their two terms are not there."""
    xhat = standardize(x, mean.unsqueeze(-2), var.unsqueeze(-2), eps)
    scale = gamma / (var + per_model(eps, var)).sqrt()
    return dy * scale.unsqueeze(-2), (dy * xhat).sum(-2), dy.sum(-2)


def pixels(x: Tensor) -> Tensor:
    """Images (..., B, C, H, W) as rows (..., B H W, C): one row for each pixel."""
    need_floating(x)
    need_images(x)
    return x.movedim(-3, -1).flatten(-4, -2)


def images(rows: Tensor, like: Tensor) -> Tensor:
    """Those rows as images again."""
    B, _, H, W = like.shape[-4:]
    return rows.unflatten(-2, (B, H, W)).movedim(-1, -3)


def batch_norm_images(x: Tensor, gamma: Tensor, beta: Tensor, eps: Number = 1e-5) -> tuple[Tensor, Saved]:
    """Batch norm of images in training: statistics per channel, over the batch and all places."""
    y, saved = batch_norm(pixels(x), gamma, beta, eps)
    return images(y, x), (x, *saved[1:])


def batch_norm_images_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: Number
) -> tuple[Tensor, Tensor, Tensor]:
    """The backward of the rows, as images again."""
    dx, dgamma, dbeta = batch_norm_backward(pixels(dy), pixels(x), gamma, mean, var, eps)
    return images(dx, x), dgamma, dbeta


def batch_norm_images_evaluation(
    x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor, eps: Number = 1e-5
) -> tuple[Tensor, Saved]:
    """Batch norm of images with the running statistics."""
    y, saved = batch_norm_evaluation(pixels(x), gamma, beta, mean, var, eps)
    return images(y, x), (x, *saved[1:])


def batch_norm_images_evaluation_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: Number
) -> tuple[Tensor, Tensor, Tensor]:
    """The backward of the rows, as images again."""
    dx, dgamma, dbeta = batch_norm_evaluation_backward(pixels(dy), pixels(x), gamma, mean, var, eps)
    return images(dx, x), dgamma, dbeta
