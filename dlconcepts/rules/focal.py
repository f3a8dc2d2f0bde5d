"""Focal loss: the paper's formula in torch's own functions, and what ours is verified on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.focal import Number, focal, focal_backward
from .rule import Rule, Sample, normal, one_by_one


def focal_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    each = torch.rand(lead, generator=generator, dtype=torch.float64)
    cases: list[tuple[int, int, dict[str, Any]]] = [
        (4, 3, {}),
        (1, 5, {"gamma": 3 * each, "alpha": each, "reduction": "sum"}),
        (3, 2, {"gamma": 0.5, "alpha": None, "reduction": "none"}),
        (3, 4, {"gamma": 0.0, "alpha": 1.0}),
    ]
    for B, K, constants in cases:
        t = torch.rand((*lead, B, K), generator=generator, dtype=torch.float64)
        yield Sample((3 * normal((*lead, B, K), generator), t), constants)
        yield Sample((3 * normal((*lead, B, K), generator), t.round()), constants)


def torch_focal(
    z: Tensor, t: Tensor, gamma: Number = 2.0, alpha: Number | None = 0.25, reduction: str = "mean"
) -> Tensor:
    """The two answers' cross-entropies by logsigmoid, each weighed by how far off it is."""
    yes, no = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    p = z.sigmoid()
    losses = -yes * t * (1 - p) ** gamma * functional.logsigmoid(z)
    losses = losses - no * (1 - t) * p**gamma * functional.logsigmoid(-z)
    every = tuple(range(losses.ndim))
    return losses if reduction == "none" else losses.sum(every) if reduction == "sum" else losses.mean(every)


rules = {"focal loss": Rule(focal, focal_backward, one_by_one(torch_focal, rank=2), focal_samples)}
