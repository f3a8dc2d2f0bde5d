"""Softmax: torch's own, and what ours is verified on."""

from collections.abc import Iterator
from functools import partial

import torch
from torch.nn import functional

from ..manual.softmax import log_softmax, log_softmax_backward, softmax, softmax_backward
from .rule import Rule, Sample, normal


def softmax_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, K, scale in [(4, 3, 1.0), (1, 5, 3.0), (5, 2, 10.0), (3, 1, 1.0)]:
        yield Sample((scale * normal((*lead, B, K), generator),))
    yield Sample((torch.zeros(*lead, 2, 4, dtype=torch.float64),))  # all equal
    huge = 1000.0 * torch.eye(4, dtype=torch.float64)
    yield Sample((huge.expand(*lead, 4, 4).clone(),))


rules = {
    "softmax": Rule(softmax, softmax_backward, partial(functional.softmax, dim=-1), softmax_samples),
    "log-softmax": Rule(log_softmax, log_softmax_backward, partial(functional.log_softmax, dim=-1), softmax_samples),
}
