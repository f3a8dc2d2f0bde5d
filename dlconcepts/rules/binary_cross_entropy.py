"""Binary cross-entropy: torch's own, and what ours is verified on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.binary_cross_entropy import (
    binary_cross_entropy,
    binary_cross_entropy_backward,
    binary_cross_entropy_on_logits,
    binary_cross_entropy_on_logits_backward,
)
from .rule import Rule, Sample, normal, one_by_one


def binary_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    def between(low: float, high: float, B: int, K: int) -> Tensor:
        return low + (high - low) * torch.rand((*lead, B, K), generator=generator, dtype=torch.float64)

    for B, K, constants in [(4, 3, {}), (1, 5, {"reduction": "sum"}), (3, 2, {"reduction": "none"})]:
        yield Sample((between(0.3, 0.7, B, K), between(0, 1, B, K)), constants)  # log bends too much near 0
    yield Sample((between(0.001, 0.999, 4, 3), between(0, 1, 4, 3).round()), smooth=False)


def binary_logit_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    weights = 0.5 + 2 * torch.rand((*lead, 3), generator=generator, dtype=torch.float64)
    cases: list[tuple[int, int, float, dict[str, Any]]] = [
        (4, 3, 1.0, {}),
        (1, 5, 30.0, {"reduction": "sum"}),
        (4, 3, 1.0, {"pos_weight": weights}),
        (2, 3, 3.0, {"pos_weight": weights, "reduction": "none"}),
    ]
    for B, K, scale, constants in cases:
        z, t = normal((*lead, B, K), generator), torch.rand((*lead, B, K), generator=generator, dtype=torch.float64)
        yield Sample((scale * z, t), constants)
    yield Sample((torch.zeros(*lead, 2, 2, dtype=torch.float64), torch.ones(*lead, 2, 2, dtype=torch.float64)))


rules = {
    "binary cross-entropy": Rule(
        binary_cross_entropy,
        binary_cross_entropy_backward,
        one_by_one(functional.binary_cross_entropy, rank=2),
        binary_samples,
    ),
    "binary cross-entropy on logits": Rule(
        binary_cross_entropy_on_logits,
        binary_cross_entropy_on_logits_backward,
        one_by_one(functional.binary_cross_entropy_with_logits, rank=2),
        binary_logit_samples,
    ),
}
