"""Batch norm in evaluation and of images: torch's own, and what ours is verified on."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.batch_norm import (
    batch_norm_evaluation,
    batch_norm_evaluation_backward,
    batch_norm_images,
    batch_norm_images_backward,
    batch_norm_images_evaluation,
    batch_norm_images_evaluation_backward,
    images,
)
from ..manual.normalization import Number
from .normalization import samples_over, torch_batch_norm
from .rule import Rule, Sample, Samples, normal, one_by_one


def images_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for sample in samples_over(-2)(lead, generator):
        x, *params = sample.inputs
        if x.shape[-2] % 4 == 0:  # as 2 images of 2 pixels or more
            x = images(x, x.new_empty(2, x.shape[-1], 2, x.shape[-2] // 4)).contiguous()
            yield Sample((x, *params), sample.constants, sample.smooth)


def evaluation(samples: Samples) -> Samples:
    """Samples with running statistics added."""

    def with_running(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
        for sample in samples(lead, generator):
            mean = normal(tuple(sample.inputs[1].shape), generator)
            yield Sample((*sample.inputs, mean, mean.square() + 0.5), sample.constants)

    return with_running


def torch_evaluation(x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor, eps: Number = 1e-5) -> Tensor:
    return functional.batch_norm(x, mean, var, gamma, beta, training=False, eps=float(eps))


rules = {
    "batch norm in evaluation": Rule(
        batch_norm_evaluation,
        batch_norm_evaluation_backward,
        one_by_one(torch_evaluation, rank=2),
        evaluation(samples_over(-2)),
    ),
    "batch norm of images": Rule(
        batch_norm_images, batch_norm_images_backward, one_by_one(torch_batch_norm, rank=4), images_samples
    ),
    "batch norm of images in evaluation": Rule(
        batch_norm_images_evaluation,
        batch_norm_images_evaluation_backward,
        one_by_one(torch_evaluation, rank=4),
        evaluation(images_samples),
    ),
}
