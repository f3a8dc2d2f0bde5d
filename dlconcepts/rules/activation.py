"""Activation functions: torch's own, what ours are verified on, and the table of them all."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from ..manual.activation import (
    elu,
    elu_backward,
    identity,
    identity_backward,
    leaky_relu,
    leaky_relu_backward,
    prelu,
    prelu_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    step,
    step_backward,
    tanh,
    tanh_backward,
)
from . import hard_activation, mish, selu, smooth_activation
from .elementwise import elementwise, model_by_model
from .rule import Rule, Sample, away_from, normal, one_by_one


def prelu_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, C, slopes in [(4, 3, 3), (4, 3, 1), (1, 5, 5), (5, 1, 1)]:
        x, a = normal((*lead, B, C), generator), normal((*lead, slopes), generator)
        yield Sample((away_from(x, 0.0), a))
    yield Sample((torch.zeros(*lead, 2, 3, dtype=torch.float64), a.expand(*lead, 3).clone()), smooth=False)


def torch_step(x: Tensor) -> Tensor:
    """torch has no derivative for heaviside and says so with an error: detached, it counts as a constant."""
    return torch.heaviside(x.detach(), x.new_ones(()))


rules = {
    "identity": Rule(identity, identity_backward, lambda x: x, elementwise()),
    "step": Rule(step, step_backward, torch_step, elementwise(0.0)),
    "sigmoid": Rule(sigmoid, sigmoid_backward, torch.sigmoid, elementwise()),
    "tanh": Rule(tanh, tanh_backward, torch.tanh, elementwise()),
    "relu": Rule(relu, relu_backward, torch.relu, elementwise(0.0)),
    "leaky relu": Rule(
        leaky_relu,
        leaky_relu_backward,
        model_by_model(lambda x, slope=0.01: functional.leaky_relu(x, slope)),
        elementwise(0.0, slope=0.3),
    ),
    "prelu": Rule(prelu, prelu_backward, one_by_one(functional.prelu, rank=2), prelu_samples),
    "elu": Rule(elu, elu_backward, model_by_model(functional.elu), elementwise(0.0, alpha=2.0)),
    **smooth_activation.rules,
    **selu.rules,
    **hard_activation.rules,
    **mish.rules,
}
