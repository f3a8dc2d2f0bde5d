"""Histograms of oriented gradients: in which directions brightness changes, cell by cell.

Shapes: x (N, 784) pixels from 0 to 1; edges (N, 28, 28); histograms (N, 7, 7, 9); features (N, 1296).
Directions are those of a line, 0 to 180 degrees: dark on light counts as light on dark. Each edge votes for the two
directions nearest to its own, by its strength; cells do not share votes, and blocks of 2 x 2 cells overlap.
Source: N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", 2005,
https://doi.org/10.1109/CVPR.2005.177
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import pad

from ..data_set import SIDE

CELL, BLOCK, BINS = 4, 2, 9  # pixels a side of a cell, cells a side of a block, directions
CELLS = SIDE // CELL
EPS = 0.01  # added under the root, so that an empty block stays empty
AT_ONCE = 2_000  # images a step: their votes fill 113 MB


def hog(x: Tensor) -> Tensor:
    """The features of each image: its blocks, row by row."""
    return torch.cat([blocks(histograms(part)) for part in x.split(AT_ONCE)])


def edges(x: Tensor) -> tuple[Tensor, Tensor]:
    """Strength and direction (in bins, 0 to 9) of the slope at each pixel, from its neighbours' difference."""
    framed = pad(x.unflatten(-1, (SIDE, SIDE)), [1] * 4)
    down = framed[..., 2:, 1:-1] - framed[..., :-2, 1:-1]
    right = framed[..., 1:-1, 2:] - framed[..., 1:-1, :-2]
    angle = torch.atan2(down, right) % math.pi  # (N, 28, 28)
    return torch.hypot(down, right), angle * (BINS / math.pi)


def histograms(x: Tensor) -> Tensor:
    """How much edge of each direction every cell has. Bin k stands for the direction 180 (k + 1/2) / 9 degrees."""
    strength, place = edges(x)
    below = (place - 0.5).floor()
    share = place - 0.5 - below  # how near the upper one of the two bins is
    votes = x.new_zeros(*strength.shape, BINS)
    for bin, weight in ((below, 1 - share), (below + 1, share)):
        votes.scatter_add_(-1, (bin.long() % BINS).unsqueeze(-1), (strength * weight).unsqueeze(-1))
    return votes.unflatten(-3, (CELLS, CELL)).unflatten(-2, (CELLS, CELL)).sum((-4, -2))  # (N, 7, 7, 9)


def blocks(cells: Tensor) -> Tensor:
    """Each block's histograms side by side, divided by their length: light and contrast drop out."""
    corner = CELLS - BLOCK + 1
    shifted = [cells[:, i : i + corner, j : j + corner] for i in range(BLOCK) for j in range(BLOCK)]
    found = torch.cat(shifted, -1)  # (N, 6, 6, 36)
    return (found / (found.square().sum(-1, keepdim=True) + EPS**2).sqrt()).flatten(1)
