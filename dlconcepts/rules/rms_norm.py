"""RMSNorm: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.rms_norm import Number, rms_norm, rms_norm_backward
from .normalization import samples_over
from .rule import Rule, Sample, one_by_one


def rms_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for sample in samples_over(-1)(lead, generator):
        x, gamma, _ = sample.inputs
        yield Sample((x, gamma), sample.constants if sample.smooth else {"eps": 1e-5}, sample.smooth)


def torch_rms_norm(x: Tensor, gamma: Tensor, eps: Number | None = None) -> Tensor:
    return functional.rms_norm(x, x.shape[-1:], gamma, None if eps is None else float(eps))


rules = {"rms norm": Rule(rms_norm, rms_norm_backward, one_by_one(torch_rms_norm, rank=2), rms_samples)}
