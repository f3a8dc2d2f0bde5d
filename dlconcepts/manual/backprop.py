"""Backpropagation: the forward pass keeps a tape, the backward pass reads it in reverse.

Shapes: x (..., B, I), loss (...); a parameter's gradient has the parameter's shape.
A network is a list of layers with its loss as the last one, and the target is to the loss what the weights are to
a linear layer, so `params` holds one tuple per layer and ends with (target,).
Source: D. E. Rumelhart, G. E. Hinton, R. J. Williams, 1986, https://doi.org/10.1038/323533a0
"""

from torch import Tensor

from .network import Layer

Params = list[tuple[Tensor, ...]]


def forward(network: list[Layer], params: Params, x: Tensor) -> tuple[Tensor, list[tuple]]:
    """The network's output on x, and the tape: what each layer's backward must remember."""
    tape = []
    for layer, p in zip(network, params, strict=True):
        x, saved = layer.rule.forward(x, *p, **layer.constants)
        tape.append(saved)
    return x, tape


def backward(network: list[Layer], tape: list[tuple], dy: Tensor) -> tuple[Tensor, Params]:
    """The chain rule from the last layer to the first: dx, and each layer's parameter gradients in order."""
    gradients = []
    for layer, saved in zip(reversed(network), reversed(tape), strict=True):
        dy, *dparams = layer.rule.backward(dy, *saved)
        gradients.append(tuple(dparams))
    return dy, gradients[::-1]


def parameter_gradients(network: list[Layer], tape: list[tuple], dy: Tensor) -> Params:
    """The parameters' gradients alone, loss excluded: nobody asks the first layer for the gradient of the data."""
    dy, later = backward(network[1:], tape[1:], dy)
    rule = network[0].rule
    own = rule.parameters(dy, *tape[0]) if rule.parameters else rule.backward(dy, *tape[0])[1:]
    return [own, *later[:-1]]
