"""Normalization inside the network: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.normalization import (
    Number,
    batch_norm,
    batch_norm_backward,
    layer_norm,
    layer_norm_backward,
    plain_batch_norm,
    plain_batch_norm_backward,
)
from .rule import Cases, Rule, Sample, Samples, normal, one_by_one


def samples_over(dim: int) -> Samples:
    """Samples with enough values along dim for differences, and with features that are constant along it."""

    def samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
        each = torch.rand(lead, generator=generator, dtype=torch.float64)
        cases: Cases = [((6, 3), {}), ((5, 4), {"eps": each}), ((8, 1), {"eps": 0.1})]
        for (n, others), constants in cases:
            x = spread_along(2 * normal((*lead, n, others), generator))
            x = x if dim == -2 else x.mT.contiguous()
            yield Sample((x, *(normal((*lead, x.shape[-1]), generator) for _ in range(2))), constants)
        small = [-1 / 16, 0.0, 1 / 64, 1 / 32]  # torch's float32 error at a constant column is 2e-5 times its value
        x = torch.tensor(small, dtype=torch.float64).expand(*lead, 4, 4)
        x = x.clone() if dim == -2 else x.mT.contiguous()
        yield Sample((x, *(normal((*lead, 4), generator) for _ in range(2))), smooth=False)

    return samples


def spread_along(x: Tensor) -> Tensor:
    """x with a slope down its columns, so that none is nearly constant, where differences with h = .001 are rough."""
    return x + torch.linspace(-4, 4, x.shape[-2], dtype=x.dtype).unsqueeze(-1)


def plain_batch_norm_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for sample in samples_over(-2)(lead, generator):
        yield Sample(sample.inputs[:1], sample.constants, sample.smooth)


def torch_batch_norm(x: Tensor, gamma: Tensor | None = None, beta: Tensor | None = None, eps: Number = 1e-5) -> Tensor:
    return functional.batch_norm(x, None, None, gamma, beta, training=True, eps=float(eps))


def torch_layer_norm(x: Tensor, gamma: Tensor, beta: Tensor, eps: Number = 1e-5) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:], gamma, beta, float(eps))


rules = {
    "layer norm": Rule(layer_norm, layer_norm_backward, one_by_one(torch_layer_norm, rank=2), samples_over(-1)),
    "batch norm": Rule(batch_norm, batch_norm_backward, one_by_one(torch_batch_norm, rank=2), samples_over(-2)),
    "batch norm without parameters": Rule(
        plain_batch_norm, plain_batch_norm_backward, one_by_one(torch_batch_norm, rank=2), plain_batch_norm_samples
    ),
}
