"""Losses: how wrong the network's output is, one number per model. Here those that compare numbers.

Shapes: z (..., B, K) outputs, t (..., B, K) targets of the same shape, loss (...), or (..., B, K) for reduction "none".
torch would broadcast (B,) against (B, 1) to (B, B) with no more than a warning; here the shapes must be equal.
Sources: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 1.5.5;
P. J. Huber, 1964, https://doi.org/10.1214/aoms/1177703732
"""

from torch import Tensor

from .inputs import need_floating, need_positive, need_same_shape, per_model
from .reduction import reduced, spread
from .targets import need_batch, need_same_dtype


def difference(z: Tensor, t: Tensor) -> Tensor:
    """z - t. Raises unless both have one shape and one dtype."""
    need_floating(z)
    need_batch(z)
    need_same_dtype(z=z, t=t)
    need_same_shape(z=z.shape, t=t.shape)
    return z - t


def mean_squared_error(z: Tensor, t: Tensor, reduction: str = "mean") -> tuple[Tensor, tuple[Tensor, str]]:
    """The mean of (z - t)^2 over the B examples and their K outputs. No factor 1/2, as torch's mse_loss."""
    d = difference(z, t)
    return reduced(d * d, reduction, dims=2), (d, reduction)


def mean_squared_error_backward(dloss: Tensor, d: Tensor, reduction: str) -> tuple[Tensor]:
    """dz = dloss 2 (z - t) / (B K)"""
    return (spread(dloss, d.shape, reduction, dims=2) * 2 * d,)


def mean_absolute_error(z: Tensor, t: Tensor, reduction: str = "mean") -> tuple[Tensor, tuple[Tensor, str]]:
    """The mean of |z - t|: an outlier counts by its distance, not by its square."""
    d = difference(z, t)
    return reduced(d.abs(), reduction, dims=2), (d, reduction)


def mean_absolute_error_backward(dloss: Tensor, d: Tensor, reduction: str) -> tuple[Tensor]:
    """dz = dloss sign(z - t) / (B K), and 0 where z = t, as in torch."""
    return (spread(dloss, d.shape, reduction, dims=2) * d.sign(),)


def huber(
    z: Tensor, t: Tensor, delta: float | Tensor = 1.0, reduction: str = "mean"
) -> tuple[Tensor, tuple[Tensor, str]]:
    """The mean of (z - t)^2 / 2 near the target and of delta (|z - t| - delta / 2) beyond the distance delta.

    With r the difference clipped to +-delta both are r (d - r / 2): d^2 / 2 where r = d, and the line where
    r = +-delta. torch's smooth_l1_loss is this divided by delta. delta may differ per model.
    Raises ValueError unless delta is positive.
    """
    need_positive(delta=delta)
    d = difference(z, t)
    delta = per_model(delta, z)
    r = d.clamp_min(-delta).clamp_max(delta)
    return reduced(r * (d - r / 2), reduction, dims=2), (r, reduction)


def huber_backward(dloss: Tensor, r: Tensor, reduction: str) -> tuple[Tensor]:
    """dz = dloss r / (B K): the difference itself, but never more than delta."""
    return (spread(dloss, r.shape, reduction, dims=2) * r,)
