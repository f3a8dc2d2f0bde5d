"""The loop rule and its cut-off: a zero is a loop as high as the digit, a six has a loop that is not.

Shapes: images x (N, 784); share (N,); zero (N,), a truth value: is it a zero? if not it is a six.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ..data_set import Split
from .loops import closed, ink_of, loops
from .measurements import box

CUTS = torch.linspace(0, 1, 101, dtype=torch.float64)  # from 0, where all are zeros, to 1, where almost none is
ZERO, SIX = 0, 6


class Pair(NamedTuple):
    """Zeros and sixes: their rows in the split, their images, which are zeros, how high their loops are."""

    rows: Tensor
    x: Tensor
    zero: Tensor
    share: Tensor

    def among(self, rows: Tensor) -> "Pair":
        """Those that are in these rows of the split."""
        mine = torch.isin(self.rows, rows)
        return Pair(*(values[mine] for values in self))


def zeros_and_sixes(split: Split, gap: int) -> Pair:
    """gap: gaps in the ink of up to twice so many pixels are closed before loops are looked for."""
    rows = ((split.y == ZERO) | (split.y == SIX)).nonzero()[:, 0]
    x = split.x[rows]
    return Pair(rows, x, split.y[rows] == ZERO, loop_share(closed(ink_of(x), gap)))


def loop_share(ink: Tensor) -> Tensor:
    """The height of the largest loop as a share of the digit's, from 0 without a loop to almost 1."""
    return loops(ink).height / box(ink)[2]


def errors(pair: Pair) -> dict[str, Tensor]:
    """At each cut-off the share of zeros that pass for sixes, and of sixes that pass for zeros."""
    called_zero = pair.share >= CUTS[:, None]  # (cut-offs, N)
    kinds = {"zeros called sixes": (~called_zero, pair.zero), "sixes called zeros": (called_zero, ~pair.zero)}
    return {name: (wrong & of).sum(-1) / of.sum(-1).clamp_min(1) for name, (wrong, of) in kinds.items()}


def best(pair: Pair) -> tuple[float, float]:
    """The cut-off with the smallest share of all on the wrong side, the lowest of equals; and that share."""
    wrong = ((pair.share >= CUTS[:, None]) != pair.zero).double().mean(-1)
    return float(CUTS[wrong.argmin(-1)]), float(wrong.amin(-1))


def wrong_side(cut: float, pair: Pair) -> Tensor:
    """Which are on the wrong side of a cut-off."""
    return (pair.share >= cut) != pair.zero


def failures(cut: float, pair: Pair, zeros: bool, count: int) -> Tensor:
    """Some of the zeros, or of the sixes, on the wrong side, evenly from the farthest to the nearest to the cut-off.

    Images (count, 784), fewer where fewer are wrong.
    """
    rows = (wrong_side(cut, pair) & (pair.zero == zeros)).nonzero()[:, 0]
    rows = rows[(pair.share[rows] - cut).abs().argsort(descending=True, stable=True)]
    places = torch.linspace(0, max(len(rows) - 1, 0), min(count, len(rows))).round().long()
    return pair.x[rows[places]]
