"""Which units of a layer hear of one another, and which inputs reach which outputs.

Shapes: z (N, H) the weighted sums of a layer, x (N, I), outputs (N, K), a network comes without its loss.
A slope between two units that is 0 at every example is a connection that is not there.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from ...manual.backprop import Params, backward, forward
from ...manual.network import Layer
from ...rules.activation import rules as activations
from ...rules.normalization import rules as norms
from ...rules.softmax import rules as softmaxes

UNIT_BY_UNIT = ("identity", "sigmoid", "tanh", "relu", "leaky relu", "elu", "gelu", "silu", "softplus")
LOOKED = 100  # examples


def slopes_of_each(network: list[Layer], params: Params, x: Tensor) -> Iterator[Tensor]:
    """For output after output, its slope by every input, (N, I)."""
    y, tape = forward(network, params, x)
    for k in range(y.shape[-1]):
        dy = torch.zeros_like(y)
        dy[:, k] = 1
        dx, _ = backward(network, tape, dy)
        yield dx


def share_of_others(network: list[Layer], params: Params, z: Tensor) -> float:
    """How much of what moves a unit's output comes from the sums of other units of its layer, from 0 to 1."""
    matrix = torch.stack([dx.abs().mean(0) for dx in slopes_of_each(network, params, z)])  # (H, H)
    whole = matrix.sum()
    return float((whole - matrix.diagonal().sum()) / whole) if whole else 0.0


def within_a_layer(z: Tensor) -> dict[str, float]:
    """`share_of_others` of what can stand behind weighted sums; the activations' largest."""
    z = z[:LOOKED].double()
    scale = (z.new_ones(z.shape[-1]), z.new_zeros(z.shape[-1]))
    return {
        "activations": max(share_of_others([Layer(activations[name])], [()], z) for name in UNIT_BY_UNIT),
        "softmax": share_of_others([Layer(softmaxes["softmax"])], [()], z),
        "layer norm": share_of_others([Layer(norms["layer norm"])], [scale], z),
        "batch norm": share_of_others([Layer(norms["batch norm"])], [scale], z),
    }


def unreached(network: list[Layer], params: Params, x: Tensor) -> int:
    """How many pairs of an input and an output have a slope of exactly 0 at every example."""
    return sum(int((dx == 0).all(dim=0).sum()) for dx in slopes_of_each(network, params, x))


def missing(params: Params) -> int:
    """How many weights are exactly 0: connections that are not there."""
    return sum(int((layer[0] == 0).sum()) for layer in params if layer)
