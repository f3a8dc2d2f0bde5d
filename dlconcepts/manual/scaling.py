"""Scaling of data before training: features measured in different units are brought to a common range.

Shapes: x (..., N, D), N examples of D features; statistics (..., D), quantiles (..., T, D).
Each way is a fit, which returns plain statistics of the training data, a transform with them, and its inverse.
Statistics come from the training data alone: taken with the test data, they would tell the model about it.
A column that was constant in training has no spread to divide by; each transform says what becomes of it.
Conventions are those of scikit-learn's MinMaxScaler, StandardScaler and QuantileTransformer (uniform), on all examples.
Source: Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, 1998, "Efficient BackProp", section 4.3.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .precision import rounded_once, wide


class MinMax(NamedTuple):
    """The smallest value of each feature, and how far the largest lies above it (1 where it does not)."""

    low: Tensor
    width: Tensor


class Standard(NamedTuple):
    """Mean and standard deviation of each feature (1 where it is constant)."""

    mean: Tensor
    std: Tensor


class Quantiles(NamedTuple):
    """T values of each feature in order, (..., T, D): equally many examples lie between each two."""

    values: Tensor


def min_max_fit(x: Tensor) -> MinMax:
    """The range of each feature. NaN makes a feature's statistics NaN."""
    need_examples(x)
    x = wide(x)
    low, high = x.amin(-2), x.amax(-2)
    return MinMax(low, torch.where(high == low, 1, high - low))


@rounded_once
def min_max(x: Tensor, fit: MinMax) -> Tensor:
    """(x - low) / width: the training data lands in [0, 1], other data may lie outside. Constant columns become 0."""
    need_features(x, fit.low)
    return (x - fit.low.unsqueeze(-2)) / fit.width.unsqueeze(-2)


@rounded_once
def min_max_inverse(y: Tensor, fit: MinMax) -> Tensor:
    """y width + low"""
    need_features(y, fit.low)
    return y * fit.width.unsqueeze(-2) + fit.low.unsqueeze(-2)


def standard_fit(x: Tensor) -> Standard:
    """Mean and biased standard deviation (divided by N) of each feature, in two passes.

    A constant column is one whose values are all equal. Its mean is taken from them as it stands: the sum of
    N times .1, divided by N, need not be .1, and the rounding would be blown up to +-1.
    """
    need_examples(x)
    x = wide(x)
    low = x.amin(-2)
    constant = x.amax(-2) == low
    mean = torch.where(constant, low, x.mean(-2))
    std = (x - mean.unsqueeze(-2)).square().mean(-2).sqrt()
    return Standard(mean, torch.where(constant, 1, std))


@rounded_once
def standard(x: Tensor, fit: Standard) -> Tensor:
    """(x - mean) / std: mean 0 and variance 1 on the training data. Constant columns become 0."""
    need_features(x, fit.mean)
    return (x - fit.mean.unsqueeze(-2)) / fit.std.unsqueeze(-2)


@rounded_once
def standard_inverse(y: Tensor, fit: Standard) -> Tensor:
    """y std + mean"""
    need_features(y, fit.mean)
    return y * fit.std.unsqueeze(-2) + fit.mean.unsqueeze(-2)


def quantile_fit(x: Tensor, T: int) -> Quantiles:
    """T quantiles of each feature, from its minimum to its maximum, between two examples by linear interpolation.

    Raises ValueError for T below 2.
    """
    need_examples(x)
    if T < 2:
        raise ValueError(f"at least 2 quantiles are needed, the minimum and the maximum, got {T}")
    N, D = x.shape[-2:]
    steps = torch.arange(T, dtype=torch.float64, device=x.device)
    place = steps * (N - 1) / (T - 1)  # the product first: it is exact, so a place that is an example stays one
    return Quantiles(between(x.sort(-2).values, place[:, None].expand(*x.shape[:-2], T, D)))


def quantile(x: Tensor, fit: Quantiles) -> Tensor:
    """The share of training examples below x, in [0, 1]: ranks instead of values, so outliers lose their pull.

    Between two quantiles by linear interpolation. A value that several quantiles share gets the middle of their
    places, but the smallest value always 0 and the largest 1. Constant columns become 0. NaN stays NaN.
    """
    need_features(x, fit.values[..., 0, :])
    T = fit.values.shape[-2]
    table, rows = fit.values.mT.contiguous(), x.mT.contiguous()  # (..., D, T), (..., D, N)
    below = torch.searchsorted(table, rows)  # how many quantiles are smaller than x
    up_to = torch.searchsorted(table, rows, right=True)  # how many are not larger
    left = table.gather(-1, (below - 1).clamp_min(0))
    right = table.gather(-1, below.clamp_max(T - 1))
    tied = up_to > below
    place = torch.where(tied, (below + up_to - 1) / 2, below - 1 + (rows - left) / (right - left))
    share = torch.where(rows >= table[..., -1:], 1, place / (T - 1))
    return torch.where(rows.isnan(), rows, torch.where(rows <= table[..., :1], 0, share)).mT


def quantile_inverse(y: Tensor, fit: Quantiles) -> Tensor:
    """The value below which the share y of the training examples lies. Raises ValueError for y outside [0, 1]."""
    need_features(y, fit.values[..., 0, :])
    if y.numel() and not (y.min() >= 0 and y.max() <= 1):
        raise ValueError(f"shares must be from 0 to 1, got {y.min()} to {y.max()}")
    return between(fit.values, y * (fit.values.shape[-2] - 1))


def between(table: Tensor, place: Tensor) -> Tensor:
    """The values of the columns (..., T, D) at places (..., P, D) from 0 to T - 1, by linear interpolation."""
    last = table.shape[-2] - 1
    i = place.long()
    left, right = table.gather(-2, i), table.gather(-2, (i + 1).clamp_max(last))
    return left + (right - left) * (place - i).to(table.dtype)


def need_examples(x: Tensor) -> None:
    """Raises unless x is (..., N, D) with at least one example."""
    need_floating(x)
    if x.ndim < 2 or x.shape[-2] == 0:
        raise ValueError(f"expected (..., N, D) with at least one example, got {tuple(x.shape)}")


def need_features(x: Tensor, statistic: Tensor) -> None:
    """Raises unless x (..., N, D) has the models and features that the statistics (..., D) were fitted to."""
    need_floating(x)
    need_same_shape(x_models_and_features=x.shape[:-2] + x.shape[-1:], fitted=statistic.shape)
