"""The chain rule without any clever order: a weight's slope as a sum over all paths from the weight to the loss.

Shapes: one example; W (I, O) of each later layer, slopes of the activations (O,), dz (K,) the loss's slope by the sums.
A path goes through one unit of each later layer. What it adds is the product of all slopes on its way, and the sum
over the paths is what backpropagation finds with a handful of products: it adds up behind each unit only once.
"""

from itertools import product
from math import prod
from typing import NamedTuple

from torch import Tensor

from ...manual.backprop import Params
from ...manual.network import Layer


class Path(NamedTuple):
    """units: which one of each later layer it goes through, outputs last; factors: by name, in order."""

    units: tuple[int, ...]
    factors: list[tuple[str, float]]

    def product(self) -> float:
        return prod(value for _, value in self.factors)


class Way(NamedTuple):
    """All that lies between a weight of the first layer and the loss, as plain numbers: lists of rows."""

    entering: float  # the slope of the unit's sum by the weight: the input that it weighs
    bends: list[list[float]]  # of each hidden layer the slope of each unit's activation
    weights: list[list[list[float]]]  # of each layer behind the first its weights
    ends: list[float]  # the loss's slope by each output's sum


def way(network: list[Layer], params: Params, values: list[Tensor], slopes: list[Tensor], i: int) -> Way:
    """What lies between the weights of input i and the loss; values and slopes of one example by `values_and_slopes`.

    An activation's slope is what its backward makes of 1.
    """
    first, *later = [k for k, p in enumerate(params) if p]
    bends = []
    for k in later:
        _, saved = network[k - 1].rule.forward(values[k - 1])
        (bend,) = network[k - 1].rule.backward(values[k].new_ones(values[k].shape), *saved)
        bends.append(bend[0].tolist())
    weights = [params[k][0].tolist() for k in later]
    return Way(float(values[first][0, i]), bends, weights, slopes[later[-1] + 1][0].tolist())


def paths(of: Way, j: int) -> list[Path]:
    """Every path from the weight between the input and unit j of the first hidden layer."""
    found = []
    for units in product(*[range(len(W[0])) for W in of.weights]):
        factors, unit = [("x", of.entering), ("bend", of.bends[0][j])], j
        for layer, (W, after) in enumerate(zip(of.weights, units, strict=True)):
            factors.append(("w", W[unit][after]))
            factors.append(
                ("bend", of.bends[layer + 1][after]) if layer + 1 < len(of.bends) else ("dz", of.ends[after])
            )
            unit = after
        found.append(Path(units, factors))
    return found


def summed(found: list[Path]) -> float:
    """The weight's slope."""
    return sum(path.product() for path in found)


def strongest(found: list[Path]) -> Path:
    """The path that adds the most, up or down."""
    return max(found, key=lambda path: abs(path.product()))
