"""The convolutional layer: torch's own, and what ours is verified on."""

from collections.abc import Iterator
from typing import Any

import torch
from torch.nn import functional

from ..manual.convolution import convolution, convolution_backward, convolution_parameters_backward
from .rule import Rule, Sample, normal, one_by_one


def convolution_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    cases: list[tuple[tuple[int, int, int, int], tuple[int, int, int], dict[str, Any]]] = [
        ((2, 2, 4, 3), (3, 3, 2), {}),
        ((1, 1, 5, 4), (2, 2, 2), {"stride": 2, "padding": 1}),
        ((1, 3, 3, 3), (1, 1, 3), {"stride": (3, 1), "padding": (0, 2)}),
        ((1, 2, 2, 3), (2, 2, 3), {}),
    ]
    for (B, C, H, W), (O, kh, kw), constants in cases:
        shapes = [(B, C, H, W), (O, C, kh, kw), (O,)]
        yield Sample(tuple(normal(lead + shape, generator) for shape in shapes), constants)


rules = {
    "convolution": Rule(
        convolution,
        convolution_backward,
        one_by_one(functional.conv2d, rank=4),
        convolution_samples,
        bound=1e-12,
        parameters=convolution_parameters_backward,
    ),
}
