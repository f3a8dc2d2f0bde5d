"""Normalization inside the network: values brought to mean 0 and variance 1, then scaled and shifted as is learned.

Shapes: x (..., B, C), gamma, beta (..., C). Layer norm takes mean and variance over each row (the C features of one
example), batch norm over each column (the B values of one feature). `batch_norm` has running statistics and images.
Sources: batch norm, S. Ioffe, C. Szegedy, 2015, https://arxiv.org/abs/1502.03167; layer norm, J. L. Ba, J. R. Kiros,
G. E. Hinton, 2016, https://arxiv.org/abs/1607.06450
"""

from torch import Tensor

from .inputs import need_same_shape, per_model
from .linear import need_rows
from .precision import rounded_once

Number = float | Tensor


def standardize(x: Tensor, mean: Tensor, var: Tensor, eps: Number) -> Tensor:
    """xhat = (x - mean) / sqrt(var + eps): eps inside the root, so that a constant feature gives 0 and not 0 / 0."""
    return (x - mean) / (var + per_model(eps, var)).sqrt()


def statistics(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """Mean and biased variance (divided by n) along dim, which is kept.

    In two passes: mean(x^2) - mean(x)^2 in float32 gives -8 for numbers around 10,000 with variance 1.
    """
    mean = x.mean(dim, keepdim=True)
    return mean, (x - mean).square().mean(dim, keepdim=True)


def standardize_backward(dxhat: Tensor, x: Tensor, mean: Tensor, var: Tensor, eps: Number, dim: int) -> Tensor:
    """dx = (dxhat - mean(dxhat) - xhat mean(dxhat xhat)) / s, means along dim, s = sqrt(var + eps).

    With c = x - mean(x) and s^2 = mean(c^2) + eps, xhat = c / s. A change of c moves s by mean(c dc) / s, hence
        dc = dxhat / s - c mean(dxhat c) / s^3 = (dxhat - xhat mean(dxhat xhat)) / s:     the variance's term;
    a change of x moves c by itself less its mean, and mean(xhat) = 0, hence
        dx = dc - mean(dc) = (dxhat - mean(dxhat) - xhat mean(dxhat xhat)) / s:           the mean's term.
    """
    xhat = standardize(x, mean, var, eps)
    centered = dxhat - dxhat.mean(dim, keepdim=True) - xhat * (dxhat * xhat).mean(dim, keepdim=True)
    return centered / (var + per_model(eps, var)).sqrt()


@rounded_once
def layer_norm(
    x: Tensor, gamma: Tensor, beta: Tensor, eps: Number = 1e-5
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, Tensor, Number]]:
    """y = gamma xhat + beta, each example standardized by itself: the same in training and evaluation.

    Raises ValueError where gamma and beta are not (..., C).
    """
    need_parameters(x, gamma, beta)
    mean, var = statistics(x, -1)  # (..., B, 1)
    y = gamma.unsqueeze(-2) * standardize(x, mean, var, eps) + beta.unsqueeze(-2)
    return y, (x, gamma, mean, var, eps)


@rounded_once
def layer_norm_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: Number
) -> tuple[Tensor, Tensor, Tensor]:
    """dxhat = dy gamma and from there dx; dgamma = dy xhat and dbeta = dy, summed over the batch."""
    dx = standardize_backward(dy * gamma.unsqueeze(-2), x, mean, var, eps, -1)
    return dx, (dy * standardize(x, mean, var, eps)).sum(-2), dy.sum(-2)


@rounded_once
def plain_batch_norm(x: Tensor, eps: Number = 1e-5) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, Number]]:
    """xhat, each feature standardized over the batch; saved: x, mean and biased variance (..., C), eps.

    Raises ValueError for a batch of one, whose variance says nothing (an empty batch gives an empty result).
    """
    need_rows(x)
    need_several(x.shape[-2])
    mean, var = statistics(x, -2)  # (..., 1, C)
    return standardize(x, mean, var, eps), (x, mean.squeeze(-2), var.squeeze(-2), eps)


@rounded_once
def plain_batch_norm_backward(dy: Tensor, x: Tensor, mean: Tensor, var: Tensor, eps: Number) -> tuple[Tensor]:
    """dx: see `standardize_backward`."""
    return (standardize_backward(dy, x, mean.unsqueeze(-2), var.unsqueeze(-2), eps, -2),)


@rounded_once
def batch_norm(
    x: Tensor, gamma: Tensor, beta: Tensor, eps: Number = 1e-5
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, Tensor, Number]]:
    """y = gamma xhat + beta in training, with the batch's own statistics. Raises ValueError as the plain one does."""
    need_parameters(x, gamma, beta)
    xhat, (x, mean, var, eps) = plain_batch_norm(x, eps)
    return gamma.unsqueeze(-2) * xhat + beta.unsqueeze(-2), (x, gamma, mean, var, eps)


@rounded_once
def batch_norm_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, mean: Tensor, var: Tensor, eps: Number
) -> tuple[Tensor, Tensor, Tensor]:
    """dxhat = dy gamma and from there dx; dgamma = dy xhat and dbeta = dy, summed over the batch."""
    (dx,) = plain_batch_norm_backward(dy * gamma.unsqueeze(-2), x, mean, var, eps)
    xhat = standardize(x, mean.unsqueeze(-2), var.unsqueeze(-2), eps)
    return dx, (dy * xhat).sum(-2), dy.sum(-2)


def need_parameters(x: Tensor, gamma: Tensor, beta: Tensor) -> None:
    """Raises unless x can be (..., B, C) and gamma and beta are (..., C)."""
    need_rows(x)
    need_same_shape(x_models_and_features=x.shape[:-2] + x.shape[-1:], gamma=gamma.shape, beta=beta.shape)


def need_several(n: int) -> None:
    """Raises ValueError for a single value per feature."""
    if n == 1:
        raise ValueError("batch norm needs more than 1 value per feature in training, got 1; use a larger batch")
