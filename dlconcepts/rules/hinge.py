"""The hinge loss: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.hinge import hinge, hinge_backward
from .rule import Cases, Rule, Sample, one_by_one


def hinge_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    margins = 1 + torch.arange(torch.Size(lead).numel(), dtype=torch.float64).view(lead)
    cases: Cases = [((4, 3), {}), ((3, 5), {"margin": margins, "reduction": "sum"}), ((1, 4), {"reduction": "none"})]
    for (B, K), constants in cases:
        y = torch.randint(K, (*lead, B), generator=generator)
        tenths = 3 * torch.randint(-4, 5, (*lead, B, K), generator=generator)  # never a whole margin apart
        yield Sample((tenths.double() / 10, y), constants)
    on_the_margin = torch.tensor([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]], dtype=torch.float64)
    yield Sample((on_the_margin.expand(*lead, 2, 3).clone(), torch.zeros(*lead, 2, dtype=torch.int64)), smooth=False)


def torch_hinge(z: Tensor, y: Tensor, margin: float | Tensor = 1.0, reduction: str = "mean") -> Tensor:
    return functional.multi_margin_loss(z, y, margin=float(margin), reduction=reduction)


rules = {"hinge": Rule(hinge, hinge_backward, one_by_one(torch_hinge, rank=2), hinge_samples)}
