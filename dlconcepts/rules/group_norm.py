"""Group norm: torch's own, and what ours is verified on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.group_norm import group_norm, group_norm_backward
from ..manual.normalization import Number
from .rule import Rule, Sample, normal, one_by_one


def group_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    """Values that differ enough in a group: differences with h = .001 are rough where a variance is near 0."""
    each = torch.rand(lead, generator=generator, dtype=torch.float64)
    cases: list[tuple[tuple[int, int, int, int], dict[str, Any]]] = [
        ((2, 4, 2, 2), {"groups": 2}),
        ((3, 3, 2, 3), {"groups": 3, "eps": 0.1}),
        ((1, 4, 1, 2), {"groups": 1, "eps": each}),
    ]
    for (B, C, H, W), constants in cases:
        places = torch.linspace(-4, 4, H * W, dtype=torch.float64).view(H, W)
        x = 2 * normal((*lead, B, C, H, W), generator) + places
        yield Sample((x, *(normal((*lead, C), generator) for _ in range(2))), constants)


def torch_group_norm(x: Tensor, gamma: Tensor, beta: Tensor, groups: int, eps: Number = 1e-5) -> Tensor:
    return functional.group_norm(x, groups, gamma, beta, float(eps))


rules = {"group norm": Rule(group_norm, group_norm_backward, one_by_one(torch_group_norm, rank=4), group_samples)}
