"""Exponential moving average of weights: a second set of weights that follows the first one slowly.

Shapes: p (..., any), one parameter; decay is one number for all or one per model (...).
The weights of single steps swing about the minimum; their average swings less, and is what is evaluated. Training
itself does not notice it.
Source: B. T. Polyak, A. B. Juditsky, 1992, "Acceleration of stochastic approximation by averaging",
https://doi.org/10.1137/0330046 (the plain mean); semantics are those of torch.optim.swa_utils.get_ema_multi_avg_fn.
"""

from typing import NamedTuple

from torch import Tensor

from .inputs import need_floating, need_same_shape
from .number import FRACTION, need_range, number


class WeightAverage(NamedTuple):
    """How many weights are in the average, and the average."""

    t: int
    mean: Tensor


def first_average(p: Tensor) -> WeightAverage:
    """Nothing in it yet: the first weights that come are the average."""
    need_floating(p)
    return WeightAverage(0, p)


def averaged(average: WeightAverage, p: Tensor, decay: float | Tensor = 0.999) -> WeightAverage:
    """mean = decay mean + (1 - decay) p, which remembers about 1 / (1 - decay) steps.

    Raises ValueError for a decay outside 0 to 1, and where the shapes differ.
    """
    need_same_shape(mean=average.mean.shape, p=p.shape)
    need_range(FRACTION, decay=decay)
    if average.t == 0:
        return WeightAverage(1, p.clone())
    return WeightAverage(average.t + 1, average.mean.lerp(p, number(1 - decay, p)))
