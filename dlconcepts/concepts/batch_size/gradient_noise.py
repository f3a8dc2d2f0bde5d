"""How far the gradient of a mini-batch is from the gradient of all examples.

Shapes: x (N, I), y (N,), the rows of D draws (D, B), a parameter's gradients (D, ...).
The mean square of the deviation is tr(C) / B, where C is the covariance of the examples' gradients; where no example
is drawn twice it is smaller by (N - B) / (N - 1).
Source: W. G. Cochran, "Sampling Techniques", 3rd edition, 1977, sections 2.5 and 2.6.
"""

from collections.abc import Iterable, Iterator
from math import isfinite, log, sqrt
from statistics import linear_regression

import torch
from torch import Tensor

from ...images.data_set import Split
from ...manual.backprop import Params
from ...manual.network import Layer
from ...training.gradients import manual

DRAWN = 4096  # examples in the draws of a size at least
TOGETHER = 8192  # examples of several draws that go through the network at once


def noise_by_size(
    network: list[Layer],
    params: Params,
    split: Split,
    sizes: Iterable[int],
    replacement: bool,
    random: torch.Generator,
    least: int = 32,
) -> dict[str, float]:
    """The relative noise of mini-batches of each size at one point, without what is no number.

    At least so many draws each, and as many more of a small size as hold 4,096 examples: single ones deviate most.
    """
    full, N = gradients(network, params, split.x[None], split.y[None]), len(split)
    found = {}
    for B in (B for B in sizes if B < N):
        rows = drawn_rows(N, B, max(least, DRAWN // B), replacement, random)
        found[str(B)] = relative_noise(network, params, split, rows, full)
    return {B: value for B, value in found.items() if isfinite(value) and value > 0}


def relative_noise(
    network: list[Layer], params: Params, split: Split, rows: Iterable[Tensor], full: list[Tensor]
) -> float:
    """The root mean square of |g_B - g| / |g| over draws of rows; `full` is g, as `gradients` gives it."""
    squares = []
    for drawn in rows:
        found = gradients(network, params, split.x[drawn], split.y[drawn])
        each = ((mine - g).square().flatten(1).sum(1) for mine, g in zip(found, full, strict=True))
        squares.append(sum(each, start=torch.zeros(())))
    length = sum(g.square().sum() for g in full)
    return sqrt(float(torch.cat(squares).double().mean() / length))


def gradients(network: list[Layer], params: Params, x: Tensor, y: Tensor) -> list[Tensor]:
    """The gradients of D mini-batches x (D, B, I), y (D, B) at one point, by our backward: the draws are a stack."""
    same = [tuple(p.expand(len(x), *p.shape) for p in layer) for layer in params]
    _, found, _ = manual(network, same, x, y)
    return [dp for layer in found for dp in layer]


def drawn_rows(N: int, B: int, draws: int, replacement: bool, random: torch.Generator) -> Iterator[Tensor]:
    """So many draws of B of N rows, a few at a time (D, B); without replacement no row is twice in a draw."""
    most = max(1, TOGETHER // B)
    for done in range(0, draws, most):
        D = min(most, draws - done)
        if replacement:
            yield torch.randint(N, (D, B), generator=random)
        else:
            yield torch.stack([torch.randperm(N, generator=random)[:B] for _ in range(D)])


def falling(noise: dict[str, float], sizes: Iterable[int], among: int | None = None) -> float | None:
    """The slope of the noise over some batch sizes, both as logarithms, by least squares; None for fewer than two.

    among: the N that were drawn from without replacement; the noise is divided by sqrt((N - B) / (N - 1)) first.
    """
    kept = [(B, noise[str(B)]) for B in sizes if str(B) in noise]
    if len(kept) < 2:
        return None
    by = [sqrt((among - B) / (among - 1)) if among else 1 for B, _ in kept]
    x, y = [log(B) for B, _ in kept], [log(value / factor) for (_, value), factor in zip(kept, by, strict=True)]
    return linear_regression(x, y).slope


def pictures(network: list[Layer], params: Params, split: Split, rows: dict[str, Tensor]) -> dict[str, list[float]]:
    """What each choice of rows would change in one unit's incoming weights, a number per pixel; the largest is 1.

    Gradient descent goes against the gradient. The unit is the one with the longest gradient over the last choice.
    """
    changes = [-gradients(network, params, split.x[r][None], split.y[r][None])[0][0] for r in rows.values()]  # (I, O)
    unit = int(changes[-1].square().sum(0).argmax())
    least = torch.finfo(changes[-1].dtype).tiny  # a unit that nothing reaches stays blank
    return {
        name: [round(float(value), 2) for value in change[:, unit] / change[:, unit].abs().max().clamp_min(least)]
        for name, change in zip(rows, changes, strict=True)
    }
