"""Linear layers: torch's own, and what ours are verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.linear import (
    linear,
    linear_backward,
    linear_parameters_backward,
    linear_without_bias,
    linear_without_bias_backward,
)
from .rule import Rule, Sample, normal, one_by_one


def linear_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, I, O in [(4, 3, 2), (1, 5, 1), (5, 1, 3)]:
        x, W, b = (normal(lead + shape, generator) for shape in [(B, I), (I, O), (O,)])
        yield Sample((x, W, b))


def linear_without_bias_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for x, W, _ in (sample.inputs for sample in linear_samples(lead, generator)):
        yield Sample((x, W))


def torch_linear(x: Tensor, W: Tensor, b: Tensor | None = None) -> Tensor:
    return functional.linear(x, W.mT, b)


rules = {
    "linear": Rule(
        linear,
        linear_backward,
        one_by_one(torch_linear, rank=2),
        linear_samples,
        bound=1e-12,
        parameters=lambda dz, x, W: linear_parameters_backward(dz, x),
    ),
    "linear without bias": Rule(
        linear_without_bias,
        linear_without_bias_backward,
        one_by_one(torch_linear, rank=2),
        linear_without_bias_samples,
        bound=1e-12,
        parameters=lambda dz, x, W: (x.mT @ dz,),
    ),
}
