"""The numbers that steer training: learning rate, momentum, decay. In their range, and one per model where wanted.

Shapes: a number is one for all models, or a tensor (...) with one per model; p and dp (..., any), one parameter.
"""

import math
import sys
from typing import NamedTuple

from torch import Tensor

from .inputs import need_floating, need_same_shape, per_model


class Range(NamedTuple):
    """The values from low to high, both included, and how to say so."""

    low: float
    high: float
    words: str


NOT_NEGATIVE = Range(0.0, sys.float_info.max, "finite and at least 0")


FRACTION = Range(0.0, 1.0, "from 0 to 1")


POSITIVE_FRACTION = Range(math.nextafter(0.0, 1.0), 1.0, "above 0 and at most 1")


BELOW_ONE = Range(0.0, math.nextafter(1.0, 0.0), "at least 0 and below 1")


def need_range(allowed: Range, **numbers: float | Tensor) -> None:
    """Raises ValueError, naming number, value and range, for a number outside its range; NaN is outside of each.

    Every update asks, so it must cost little: about 0.5 us for a plain number, 4 us for a tensor. A tensor on an
    accelerator is taken on trust: to look at it would make the device's whole queue wait, at every step.
    """
    for name, value in numbers.items():
        if not isinstance(value, Tensor):
            extremes: tuple[float, ...] = (value,)
        elif value.device.type == "cpu" and value.numel():
            extremes = tuple(extreme.item() for extreme in value.aminmax())
        else:
            extremes = ()
        for extreme in extremes:
            if not allowed.low <= extreme <= allowed.high:
                raise ValueError(f"{name} must be {allowed.words}, got {extreme}")


def number(value: float | Tensor, p: Tensor) -> float | Tensor:
    """The number as it multiplies p: one per model in p's rank and precision, a plain number as it is.

    Do the arithmetic first, number(1 - beta, p): in float32 the difference 1 - .999 is wrong by 5e-5 of itself.
    """
    value = per_model(value, p)
    return value.to(p.dtype) if isinstance(value, Tensor) else value


def decayed(p: Tensor, dp: Tensor, weight_decay: float | Tensor) -> Tensor:
    """dp + weight_decay p, the gradient of loss + weight_decay / 2 ||p||^2 (without a factor 2, as in torch).

    Raises TypeError where p or dp is not floating-point, ValueError where their shapes differ.
    """
    need_floating(p)
    need_floating(dp)
    need_same_shape(p=p.shape, dp=dp.shape)
    need_range(NOT_NEGATIVE, weight_decay=weight_decay)
    if not isinstance(weight_decay, Tensor) and weight_decay == 0:
        return dp  # and not dp + 0 p, which is NaN where p is infinite
    return dp + number(weight_decay, p) * p
