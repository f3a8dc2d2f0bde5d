"""Layers from the table of rules: fully connected ones, and whole networks of them.

Shapes: W (I, O) and b (O,) for one model.
"""

from itertools import pairwise

from ..manual.network import Layer
from ..rules import activation, linear, loss


def fully_connected(I: int, O: int, bias: bool = True) -> Layer:
    """I inputs to O units."""
    if bias:
        return Layer(linear.rules["linear"], ((I, O), (O,)))
    return Layer(linear.rules["linear without bias"], ((I, O),))


def mlp(widths: list[int], activation_name: str, loss_name: str) -> list[Layer]:
    """Fully connected layers of the given widths, input and output included, an activation between each two."""
    network = []
    for I, O in pairwise(widths):
        network += [fully_connected(I, O), Layer(activation.rules[activation_name])]
    return [*network[:-1], Layer(loss.rules[loss_name])]
