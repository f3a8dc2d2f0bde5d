"""Cross-entropy: torch's own, and what ours is verified on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.cross_entropy import cross_entropy, cross_entropy_backward
from .rule import Rule, Sample, normal, one_by_one


def cross_entropy_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    def classes(B: int, K: int) -> Tensor:
        return torch.randint(K, (*lead, B), generator=generator)

    def weights(K: int) -> Tensor:
        return 0.5 + torch.rand((*lead, K), generator=generator, dtype=torch.float64)

    for B, K, scale in [(4, 3, 1.0), (1, 5, 10.0), (5, 2, 100.0)]:
        yield Sample((scale * normal((*lead, B, K), generator), classes(B, K)))
    yield Sample((torch.zeros(*lead, 2, 4, dtype=torch.float64), torch.ones(*lead, 2, dtype=torch.int64)))
    z, y, e = normal((*lead, 4, 3), generator), classes(4, 3), torch.rand(lead, generator=generator).double()
    with_ignored = torch.cat([torch.full_like(y[..., :1], -1), y[..., 1:]], -1)
    yield Sample((z, with_ignored), {"weight": weights(3), "ignore_index": -1, "label_smoothing": e})
    yield Sample((z, y), {"weight": weights(3), "reduction": "sum"})
    yield Sample((z, with_ignored), {"ignore_index": -1, "reduction": "none"})
    yield Sample((z, torch.rand(z.shape, generator=generator, dtype=torch.float64)), {"label_smoothing": e})
    yield Sample((z, torch.softmax(-z, -1)), {"weight": weights(3)})


def torch_cross_entropy(z: Tensor, y: Tensor, **constants: Any) -> Tensor:
    if "label_smoothing" in constants:
        constants["label_smoothing"] = float(constants["label_smoothing"])
    return functional.cross_entropy(z, y, **constants)


rules = {
    "cross-entropy": Rule(
        cross_entropy, cross_entropy_backward, one_by_one(torch_cross_entropy, rank=2), cross_entropy_samples
    ),
}
