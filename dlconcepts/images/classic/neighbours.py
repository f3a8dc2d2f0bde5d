"""Nearest neighbours: a new image is what the training images most like it are. Nothing is learned, all is kept.

Shapes: x (N, D) images to sort, known (n, D) and labels (n,) training images; votes (N, k); answers (N,) classes.
Source: E. Fix, J. L. Hodges, "Discriminatory analysis: nonparametric discrimination", 1951,
https://doi.org/10.2307/1403797
"""

import torch
from torch import Tensor

from ..data_set import CLASSES

K = 3
AT_ONCE = 250  # images a step: their distances to 50,000 others fill 50 MB


def neighbours(
    x: Tensor, known: Tensor, labels: Tensor, subsets: dict[tuple[int, int], Tensor], k: int = K
) -> dict[tuple[int, int], Tensor]:
    """What the k nearest of each subset (rows of `known`) say of each image; distances are computed once for all."""
    squares = known.square().sum(-1)
    found: dict[tuple[int, int], list[Tensor]] = {name: [] for name in subsets}
    for part in x.split(AT_ONCE):
        far = torch.addmm(squares, part, known.mT, alpha=-2)  # the squared distance but for part's own square
        for name, rows in subsets.items():
            mine = far if len(rows) == len(known) else far.index_select(-1, rows)
            nearest = mine.topk(k, largest=False).indices
            found[name].append(elected((labels if mine is far else labels[rows])[nearest]))
    return {name: torch.cat(parts) for name, parts in found.items()}


def elected(votes: Tensor) -> Tensor:
    """The class with most votes; among equals that of the nearest. Votes come nearest first."""
    rank = torch.arange(votes.shape[-1], device=votes.device)
    weight = 1 + 0.5 ** (rank + 1)  # halves: the nearest one's outweighs all the others' together, and is below a vote
    counts = torch.zeros(*votes.shape[:-1], CLASSES, dtype=weight.dtype, device=votes.device)
    return counts.scatter_add_(-1, votes, weight.expand(votes.shape)).argmax(-1)
