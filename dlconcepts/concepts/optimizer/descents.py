"""The paths that optimizers take down a surface, each at a rate chosen by one rule.

Shapes: points p (M, 2), heights and rates (M,), a path (T + 1, M, 2).
"""

from typing import Any

import torch
from torch import Tensor

from ...rules.optimizer import optimizers
from .surface import Surface, surfaces, turned

RATES = tuple(float(f"{m}e{e}") for e in range(-4, 1) for m in (1, 1.5, 2.2, 3.3, 4.7, 6.8))
TRIED = list(range(1_000_001, 1_000_021))  # the starts on which a rate is chosen: none of those it is shown on
ARRIVED = 1e-12  # a height that is called 0: what comes below it is no better


def starts(surface: Surface, seeds: list[int]) -> Tensor:
    """Where each seed starts: (M, 2), in float64."""
    return torch.tensor([surface.start(seed) for seed in seeds], dtype=torch.float64)


def path(optimizer: str, surface: Surface, start: Tensor, lr: float | Tensor, **constants: Any) -> Tensor:
    """The points (T + 1, M, 2) that our update leads through, the start included; with an own rate (M,) for each."""
    init, update, _ = optimizers[optimizer]
    points, state = [start], init(start)
    for _ in range(surface.steps):
        p, state = update(points[-1], surface.slope(points[-1]), state, lr, **constants)
        points.append(p)
    return torch.stack(points)


def depth(heights: Tensor) -> Tensor:
    """log10 of heights, at least -12; infinity where a path has left all numbers."""
    return torch.where(heights.isfinite(), heights.clamp(min=ARRIVED).log10(), torch.inf)


def best_rate(optimizer: str, surface: Surface, **constants: Any) -> float:
    """Of RATES the lowest whose paths from the tried starts end, on average of their logarithm, within one standard
    error of the deepest: the rule of tuning.py.
    """
    many, S = torch.tensor(RATES, dtype=torch.float64), len(TRIED)
    ends = path(
        optimizer, surface, starts(surface, TRIED).repeat(len(RATES), 1), many.repeat_interleave(S), **constants
    )
    reached = depth(surface.height(ends[-1])).view(-1, S)
    mean = reached.mean(-1)
    deepest = mean.argmin()
    error = reached[deepest].std() / S**0.5
    return float(many[mean <= mean[deepest] + error].min())


def path_in_torch(optimizer: str, surface: Surface, start: Tensor, lr: float, **constants: Any) -> Tensor:
    """The same by torch.optim, which takes one rate for all."""
    p = start.clone()
    points, steps = [start], optimizers[optimizer].reference([p], lr, **constants)
    for _ in range(surface.steps):
        p.grad = surface.slope(p)
        steps.step()
        points.append(p.clone())
    return torch.stack(points)


def descents(optimizer: str, seeds: list[int]) -> dict[str, dict[int, dict[str, Any]]]:
    """By surface and seed: the rate that was chosen, log10 of the height left, the share of steps that end higher up.

    In the valley also how far the path is from torch.optim's and from the one in the turned valley at the same rate.
    The first seed's path is kept to be drawn, the turned valley's turned back. All without weight decay: there is
    nothing to regularize, and AdamW's would pull to 0, where the valley is lowest.
    """
    return {name: descent(optimizer, name, seeds) for name in surfaces}


def descent(optimizer: str, name: str, seeds: list[int]) -> dict[int, dict[str, Any]]:
    surface = surfaces[name]
    found: dict[int, dict[str, Any]] = {}
    rate = best_rate(optimizer, surface, weight_decay=0.0)
    ways = path(optimizer, surface, starts(surface, seeds), rate, weight_decay=0.0)
    heights = surface.height(ways)
    left, upward = depth(heights[-1]) - depth(heights[0]), (heights[1:] > heights[:-1]).double().mean(0)
    for m, seed in enumerate(seeds):
        found[seed] = {"rate": rate, "left": plain(left[m]), "upward": float(upward[m])}
    if name == "valley":
        others = surfaces["turned valley"]
        across = turned(path(optimizer, others, starts(others, seeds), rate, weight_decay=0.0), back=True)
        by_torch = path_in_torch(optimizer, surface, starts(surface, seeds), rate, weight_decay=0.0)
        for m, seed in enumerate(seeds):
            found[seed] |= {"from torch": far(ways, by_torch, m), "from turned": far(ways, across, m)}
    shown = turned(ways, back=True) if name == "turned valley" else ways
    found[seeds[0]]["path"] = {axis: [plain(c, 4) for c in shown[:, 0, i]] for i, axis in enumerate("xy")}
    return found


def far(a: Tensor, b: Tensor, m: int) -> float | None:
    """The largest difference of a coordinate between two paths of model m."""
    return plain((a[:, m] - b[:, m]).abs().max())


def plain(value: Tensor, digits: int | None = None) -> float | None:
    """The number, rounded if asked; None where it is not finite."""
    if not value.isfinite():
        return None
    return float(value) if digits is None else round(float(value), digits)
