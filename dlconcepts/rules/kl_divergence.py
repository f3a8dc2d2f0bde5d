"""Kullback-Leibler divergence: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.kl_divergence import kl_divergence, kl_divergence_backward
from .rule import Rule, Sample, normal, one_by_one


def divergence_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, K, constants in [(4, 3, {}), (1, 5, {"reduction": "sum"}), (3, 2, {"reduction": "none"})]:
        yield Sample((normal((*lead, B, K), generator), normal((*lead, B, K), generator).softmax(-1)), constants)
    onehot = torch.eye(4, dtype=torch.float64).expand(*lead, 4, 4).clone()
    yield Sample((normal((*lead, 4, 4), generator).log_softmax(-1), onehot))


def torch_kl_divergence(logq: Tensor, p: Tensor, reduction: str = "mean") -> Tensor:
    """torch's "mean" divides by all entries, and warns that this will change."""
    return functional.kl_div(logq, p, reduction="batchmean" if reduction == "mean" else reduction)


rules = {
    "KL divergence": Rule(
        kl_divergence, kl_divergence_backward, one_by_one(torch_kl_divergence, rank=2), divergence_samples
    ),
}
