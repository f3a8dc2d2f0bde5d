"""Gated linear units: torch's own, and what ours are verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.gated import glu, glu_backward, swiglu, swiglu_backward
from .rule import Rule, Sample, normal


def gated_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, H, scale in [(4, 3, 2.0), (1, 5, 10.0), (5, 1, 1.0)]:
        yield Sample((scale * normal((*lead, B, 2 * H), generator),))


def torch_swiglu(x: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return a * functional.silu(b)


rules = {
    "glu": Rule(glu, glu_backward, functional.glu, gated_samples),
    "swiglu": Rule(swiglu, swiglu_backward, torch_swiglu, gated_samples),
}
