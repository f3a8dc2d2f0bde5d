"""One pass through a network, forward and back, with every number on the way: what each layer gets, hands on and sends
back.

Shapes: x (N, I), target (N,), a network comes with its loss. Values and slopes: one tensor before the first layer and
one after each, the loss last; a slope has its value's shape.
"""

import torch
from torch import Tensor

from ...manual.backprop import Params, forward
from ...manual.network import Layer


def values_and_slopes(
    network: list[Layer], params: Params, x: Tensor, target: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """The values, layer by layer, and the loss's gradient by each of them, found from the last to the first."""
    values, saved = [x], []
    for layer, p in zip(network, [*params, (target,)], strict=True):
        y, tape = forward([layer], [p], values[-1])
        values.append(y)
        saved.append(tape[0])
    slopes = [torch.ones_like(values[-1])]
    for layer, kept in zip(reversed(network), reversed(saved), strict=True):
        dx, *_ = layer.rule.backward(slopes[-1], *kept)
        slopes.append(dx)
    return values, slopes[::-1]


def weight_slopes(network: list[Layer], params: Params, values: list[Tensor], slopes: list[Tensor]) -> Params:
    """Each weighted layer's dW = x^T dz and db = sum of dz, from its own input and the slopes behind it alone."""
    return [(values[i].mT @ slopes[i + 1], slopes[i + 1].sum(-2)) for i in range(len(network) - 1) if params[i]]


def handed_on(values: list[Tensor], params: Params) -> list[Tensor]:
    """What each layer of units hands on: the inputs, each hidden layer's activations, the output's weighted sums."""
    before = [i for i, p in enumerate(params) if p]
    return [values[i] for i in before] + [values[before[-1] + 1]]


def rows(tensors: list[Tensor], digits: int = 6) -> list:
    """Plain numbers, rounded: what a figure writes and draws."""
    return [round_all(tensor.tolist(), digits) for tensor in tensors]


def round_all(found: list | float, digits: int) -> list | float:
    return [round_all(part, digits) for part in found] if isinstance(found, list) else round(found, digits)
