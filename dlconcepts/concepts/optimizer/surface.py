"""Two-dimensional surfaces to go down on: heights, slopes by hand, and where each seed starts.

Shapes: points p (..., 2), heights (...).
Source: H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a function", 1960,
https://doi.org/10.1093/comjnl/3.3.175
"""

from collections.abc import Callable
from math import pi, sqrt
from typing import NamedTuple

import torch
from torch import Tensor

STEEP = 100.0  # the valley's curvature across, 1 along it
GOLDEN = (sqrt(5) - 1) / 2  # of a turn from seed to seed: starts all around, none twice
FIRST = 0.375  # of a turn: where seed 0 starts
LENGTH, SPREAD = 10.0, 0.3  # how far out starts lie: along the valley, and around Rosenbrock's own start


class Surface(NamedTuple):
    """height(p), slope(p) of the same shape as p; start(seed), a point; the lowest point; how many steps."""

    height: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]
    start: Callable[[int], tuple[float, float]]
    lowest: tuple[float, float]
    steps: int


def valley(p: Tensor) -> Tensor:
    """(x^2 + 100 y^2) / 2, a hundred times as steep across as along"""
    x, y = p.unbind(-1)
    return (x * x + STEEP * y * y) / 2


def valley_slope(p: Tensor) -> Tensor:
    """(x, 100 y)"""
    x, y = p.unbind(-1)
    return torch.stack([x, STEEP * y], -1)


def turned(p: Tensor, back: bool = False) -> Tensor:
    """The points turned by 45 degrees about the origin, or back."""
    x, y = (p / sqrt(2)).unbind(-1)
    return torch.stack([x + y, y - x] if back else [x - y, x + y], -1)


def turned_valley(p: Tensor) -> Tensor:
    """The same valley, lying across the axes: each step along it changes both coordinates"""
    return valley(turned(p, back=True))


def turned_valley_slope(p: Tensor) -> Tensor:
    """The slope in the valley's own directions, turned as the valley is"""
    return turned(valley_slope(turned(p, back=True)))


def rosenbrock(p: Tensor) -> Tensor:
    """(1 - x)^2 + 100 (y - x^2)^2: a bent valley, flat along its floor"""
    x, y = p.unbind(-1)
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def rosenbrock_slope(p: Tensor) -> Tensor:
    """(-2 (1 - x) - 400 x (y - x^2), 200 (y - x^2))"""
    x, y = p.unbind(-1)
    above = y - x * x
    return torch.stack([-2 * (1 - x) - 400 * x * above, 200 * above], -1)


def direction(seed: int) -> tuple[float, float]:
    """A point of the unit circle, another one for each seed."""
    angle = torch.tensor(2 * pi * ((FIRST + GOLDEN * seed) % 1), dtype=torch.float64)
    return float(angle.cos()), float(angle.sin())


def on_the_rim(seed: int) -> tuple[float, float]:
    """A point of the valley's level line through (10, 0)."""
    x, y = direction(seed)
    return LENGTH * x, LENGTH * y / sqrt(STEEP)


def on_the_turned_rim(seed: int) -> tuple[float, float]:
    """The same point of the valley, which lies elsewhere."""
    x, y = turned(torch.tensor(on_the_rim(seed), dtype=torch.float64)).tolist()
    return x, y


def before_the_bend(seed: int) -> tuple[float, float]:
    """A point around (-1.2, 1), where Rosenbrock started."""
    x, y = direction(seed)
    return -1.2 + SPREAD * x, 1 + SPREAD * y


surfaces = {
    "valley": Surface(valley, valley_slope, on_the_rim, (0.0, 0.0), 100),
    "turned valley": Surface(turned_valley, turned_valley_slope, on_the_turned_rim, (0.0, 0.0), 100),
    "Rosenbrock": Surface(rosenbrock, rosenbrock_slope, before_the_bend, (1.0, 1.0), 200),
}
