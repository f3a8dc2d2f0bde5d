"""What scaling does to pixels: does it fill the range from 0 to 1, can it be undone, and what leaves that range?"""

import torch
from torch import Tensor

from ...images.data_set import Data
from ...manual.scaling import min_max, min_max_fit, min_max_inverse, standard, standard_fit
from ...rules.verify import error


def range_of_pixels(data: Data) -> dict[str, float]:
    """Min-max scaling by pixel, in float64, fitted on the training images.

    ends: how far a pixel's smallest and largest value are from 0 and 1. inverse: the error of what it gives back.
    new images, standardized: how far test pixels, and standardized training pixels, lie outside of 0 to 1.
    """
    x = data.train.x.double()
    fit = min_max_fit(x)
    y = min_max(x, fit)
    varies = x.amax(0) > x.amin(0)  # a constant pixel becomes 0
    return {
        "ends": float(torch.cat([y.amin(0), y.amax(0)[varies] - 1]).abs().max()),
        "inverse": error(min_max_inverse(y, fit), x),
        "new images": outside(min_max(data.test.x.double(), fit)),
        "standardized": outside(standard(x, standard_fit(x))),
    }


def outside(y: Tensor) -> float:
    """How far the farthest value is from the range from 0 to 1."""
    return max(0.0, float(-y.min()), float(y.max()) - 1)
