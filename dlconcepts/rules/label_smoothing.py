"""Label smoothing over the other classes: by torch's own over all classes, and what ours is verified on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.label_smoothing import smoothed_cross_entropy, smoothed_cross_entropy_backward
from .rule import Rule, Sample, normal, one_by_one


def smoothing_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    each = torch.rand(lead, generator=generator, dtype=torch.float64) / 2
    cases: list[tuple[int, int, dict[str, Any]]] = [
        (4, 3, {}),
        (1, 5, {"label_smoothing": each, "reduction": "sum"}),
        (3, 2, {"label_smoothing": each, "reduction": "none"}),
        (3, 4, {"label_smoothing": 0.1}),
    ]
    for B, K, constants in cases:
        y = torch.randint(K, (*lead, B), generator=generator)
        yield Sample((2 * normal((*lead, B, K), generator), y), constants)


def torch_smoothed(z: Tensor, y: Tensor, label_smoothing: float | Tensor = 0.0, reduction: str = "mean") -> Tensor:
    """torch spreads over all K classes, so that e K / (K - 1) leaves the true one 1 - e."""
    K = z.shape[-1]
    return functional.cross_entropy(z, y, label_smoothing=float(label_smoothing) * K / (K - 1), reduction=reduction)


rules = {
    "smoothed cross-entropy": Rule(
        smoothed_cross_entropy,
        smoothed_cross_entropy_backward,
        one_by_one(torch_smoothed, rank=2),
        smoothing_samples,
    ),
}
