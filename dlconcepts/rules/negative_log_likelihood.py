"""Negative log-likelihood: torch's own, and what ours is verified on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch.nn import functional

from ..manual.negative_log_likelihood import negative_log_likelihood, negative_log_likelihood_backward
from .rule import Rule, Sample, normal, one_by_one


def likelihood_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    cases: list[tuple[int, int, dict[str, Any]]] = [
        (4, 3, {}),
        (1, 5, {"reduction": "sum"}),
        (5, 2, {"reduction": "none", "ignore_index": 1}),
        (6, 3, {"weight": 0.5 + torch.rand((*lead, 3), generator=generator, dtype=torch.float64)}),
    ]
    for B, K, constants in cases:
        y = torch.randint(K, (*lead, B), generator=generator)
        yield Sample((normal((*lead, B, K), generator), y), constants)
    with_ignored = torch.cat([torch.full_like(y[..., :2], -1), y[..., 2:]], -1)
    yield Sample((normal((*lead, 6, 3), generator), with_ignored), {**constants, "ignore_index": -1})


rules = {
    "negative log-likelihood": Rule(
        negative_log_likelihood,
        negative_log_likelihood_backward,
        one_by_one(functional.nll_loss, rank=2),
        likelihood_samples,
    ),
}
