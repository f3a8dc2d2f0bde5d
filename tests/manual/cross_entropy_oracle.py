"""Ours and torch's cross-entropy side by side, for every combination of constants."""

import itertools

import torch
from oracles import alone, tensor
from torch.nn import functional

from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

REDUCTIONS = ["mean", "sum", "none"]
Z = normal((5, 4), torch.Generator().manual_seed(1))
Y = torch.tensor([0, 3, 1, 1, 2])
PROBABILITIES = torch.rand(
    5, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64
)  # rows not summing to 1
WEIGHT = tensor(0.5, 1, 2, 3)


def ours(z, y, dloss=None, **constants):
    """Loss and gradient for an upstream gradient that differs from entry to entry."""
    loss, saved = cross_entropy(z, y, **constants)
    return loss, cross_entropy_backward(upstream(loss) if dloss is None else dloss, *saved)[0]


def upstream(loss):
    return torch.linspace(1.5, 3, loss.numel(), dtype=loss.dtype).view(loss.shape)


def torchs(z, y, **constants):
    dloss = upstream(functional.cross_entropy(z, y, **constants))
    return alone(lambda z: functional.cross_entropy(z, y, **constants), z, dloss)


def assert_torchs(z, y, **constants):
    pairs = zip(("loss", "dz"), ours(z, y, **constants), torchs(z, y, **constants), strict=True)
    for what, found, expected in pairs:
        assert error(found, expected) <= 1e-13, f"{what} with {constants} is {found}, torch's {expected}"


def combinations():
    weights, ignored, smoothed = (None, WEIGHT), (None, 1), (None, 0.0, 0.3, 1.0)
    for values in itertools.product(weights, ignored, smoothed, REDUCTIONS):
        names = ("weight", "ignore_index", "label_smoothing", "reduction")
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}
