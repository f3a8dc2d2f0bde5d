"""Losses: torch's own, what ours are verified on, and the table of them all."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.loss import (
    huber,
    huber_backward,
    mean_absolute_error,
    mean_absolute_error_backward,
    mean_squared_error,
    mean_squared_error_backward,
)
from . import (
    binary_cross_entropy,
    cross_entropy,
    focal,
    hinge,
    kl_divergence,
    label_smoothing,
    negative_log_likelihood,
)
from .rule import Rule, Sample, away_from, normal, one_by_one


def regression(*kinks: float, **constants: float) -> Callable[..., Iterator[Sample]]:
    """Samples: z - t away from the kinks for each reduction, then exactly on each kink.

    The constants are scaled per model, and z - t with them, so that the kinks stay where they are.
    """

    def samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
        scale = 1 + torch.arange(torch.Size(lead).numel(), dtype=torch.float64).view(lead) / 4
        per_model = {name: value * scale for name, value in constants.items()}
        scale = scale[..., None, None]

        def sample(d: Tensor, smooth: bool, **chosen: Any) -> Sample:
            t = normal(tuple(d.shape), generator) if smooth else torch.zeros_like(d)  # z - t exactly on the kink
            return Sample((t + scale * d, t), {**per_model, **chosen}, smooth)

        for B, K, chosen in [(4, 3, {}), (1, 5, {"reduction": "sum"}), (3, 2, {"reduction": "none"})]:
            yield sample(away_from(2 * normal((*lead, B, K), generator), *kinks, distance=0.05), True, **chosen)
        for kink in kinks:
            yield sample(torch.full((*lead, 2, 2), kink, dtype=torch.float64), False)

    return samples


def torch_huber(z: Tensor, t: Tensor, delta: float | Tensor = 1.0, reduction: str = "mean") -> Tensor:
    return functional.huber_loss(z, t, delta=float(delta), reduction=reduction)


rules = {
    "mean squared error": Rule(
        mean_squared_error, mean_squared_error_backward, one_by_one(functional.mse_loss, rank=2), regression()
    ),
    "mean absolute error": Rule(
        mean_absolute_error, mean_absolute_error_backward, one_by_one(functional.l1_loss, rank=2), regression(0.0)
    ),
    "huber": Rule(huber, huber_backward, one_by_one(torch_huber, rank=2), regression(-0.75, 0.75, delta=0.75)),
    **cross_entropy.rules,
    **binary_cross_entropy.rules,
    **hinge.rules,
    **focal.rules,
    **negative_log_likelihood.rules,
    **kl_divergence.rules,
    **label_smoothing.rules,
}
