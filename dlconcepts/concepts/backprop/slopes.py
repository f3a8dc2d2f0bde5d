"""The slopes of one digit's loss, by hand, by autograd, over all paths, and by differences.

Shapes: x (1, 4), y (1,), a network of one model with its loss; a gradient has its parameter's shape.
"""

import torch
from torch import Tensor

from ...images.data_set import Split
from ...manual.backprop import Params
from ...manual.network import Layer
from ...rules.verify import error
from ...training.gradients import autograd, manual
from ..shared.curvature import flat
from ..shared.every_number import values_and_slopes
from ..shared.small_network import WIDTHS, first_wrong
from .all_paths import paths, summed, way
from .finite_differences import errors
from .same_last_layer import compared
from .where_training_ends import furthest

STEP_SIZES = [10 ** (-k / 2) for k in range(1, 27)]  # of the differences: from 0.3 to 1e-13
SINGLE = 1e-6  # below it a step is lost in float32


def one_digit(network: list[Layer], params: Params, split: Split) -> tuple[Tensor, Tensor]:
    """The digit that is drawn, x (1, 4) and y (1,)."""
    i = first_wrong(network, params, split)
    return split.x[i : i + 1], split.y[i : i + 1]


def autograd_slopes(network: list[Layer], params: Params, split: Split) -> list[Tensor]:
    """Each layer's weights' slopes at the drawn digit, as torch finds them."""
    _, found, _ = autograd(network, params, *one_digit(network, params, split))
    return [layer[0] for layer in found if layer]


def slopes_of_one(network: list[Layer], params: Params, split: Split) -> dict:
    """By hand, by autograd, over all paths, by differences in float64 and float32: the slopes of one digit's loss."""
    x, y = one_digit(network, params, split)
    _, ours, _ = manual(network, params, x, y)
    _, theirs, _ = autograd(network, params, x, y)
    gradient = flat([tuple(dp[None] for dp in layer) for layer in ours])[0]
    ways = [way(network, params, *values_and_slopes(network, params, x, y), i) for i in range(WIDTHS[0])]
    by_paths = torch.tensor([[summed(paths(of, j)) for j in range(WIDTHS[1])] for of in ways], dtype=x.dtype)
    single = [tuple(p.float() for p in layer) for layer in params]
    return {
        "off autograd": furthest(ours, theirs),
        "off paths": error(by_paths, ours[0][0]),
        "paths": len(paths(ways[0], 0)),
        "central": errors(network, params, x, y, gradient, STEP_SIZES, central=True),
        "one-sided": errors(network, params, x, y, gradient, STEP_SIZES, central=False),
        "single": errors(network, single, x.float(), y, gradient, [h for h in STEP_SIZES if h >= SINGLE], central=True),
        "order": compared(network, params, x, y, 0),
    }
