"""Penalties: torch's own, and what ours are verified on."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from ..manual.regularization import (
    Number,
    elastic_net_penalty,
    elastic_net_penalty_backward,
    l1_penalty,
    l1_penalty_backward,
    l2_penalty,
    l2_penalty_backward,
)
from .rule import Rule, Sample, away_from, normal, one_by_one


def penalty_samples(**numbers: float) -> Callable[..., Iterator[Sample]]:
    """Weights away from the kink of |w| at 0, and at it; the numbers the same for all models, and different ones."""

    def samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
        each = {
            name: value * torch.rand(lead, generator=generator, dtype=torch.float64) for name, value in numbers.items()
        }
        yield Sample((away_from(normal((*lead, 4, 3), generator), 0.0),), numbers)
        yield Sample((away_from(normal((*lead, 1, 5), generator), 0.0),), each)
        yield Sample((torch.tensor([[0.0, -0.0, 2.0]], dtype=torch.float64).repeat(*lead, 1, 1),), each, smooth=False)

    return samples


def torch_l1(W: Tensor, lam: Number) -> Tensor:
    return lam * torch.linalg.vector_norm(W, 1)


def torch_l2(W: Tensor, lam: Number) -> Tensor:
    return lam / 2 * torch.linalg.vecdot(W.flatten(), W.flatten())


def torch_elastic_net(W: Tensor, alpha: Number, l1_ratio: Number) -> Tensor:
    return torch_l1(W, alpha * l1_ratio) + torch_l2(W, alpha * (1 - l1_ratio))


rules = {
    "L1 penalty": Rule(l1_penalty, l1_penalty_backward, one_by_one(torch_l1, rank=2), penalty_samples(lam=0.3)),
    "L2 penalty": Rule(l2_penalty, l2_penalty_backward, one_by_one(torch_l2, rank=2), penalty_samples(lam=0.3)),
    "elastic net": Rule(
        elastic_net_penalty,
        elastic_net_penalty_backward,
        one_by_one(torch_elastic_net, rank=2),
        penalty_samples(alpha=0.3, l1_ratio=0.4),
    ),
}
