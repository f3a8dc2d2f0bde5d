"""Where a network's gradients come from: our own backward rules, or torch.autograd. One signature for both.

Shapes: x (..., B, I), target (..., B), loss (...); a gradient has its parameter's shape.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ..manual.backprop import Params, forward, parameter_gradients
from ..manual.network import Layer

Gradients = Callable[[list[Layer], Params, Tensor, Tensor], tuple[Tensor, Params, list[tuple]]]


def manual(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> tuple[Tensor, Params, list[tuple]]:
    """The loss of each model, its parameters' gradients by the hand-written rules, and the forward pass's tape.

    params: a tuple per layer but the loss; masks stand behind the parameters and get no gradient.
    """
    loss, tape = forward(network, [*params, (target,)], x)
    return loss, parameter_gradients(network, tape, torch.ones_like(loss)), tape


def autograd(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> tuple[Tensor, Params, list[tuple]]:
    """The same by torch's own functions under torch.autograd; the tape is still that of our forward pass.

    The sum over models only joins them: no model's loss depends on another's parameters.
    """
    _, tape = forward(network, [*params, (target,)], x)
    leaves = [tuple(p.detach().requires_grad_(p.is_floating_point()) for p in layer) for layer in params]
    with torch.enable_grad():
        for layer, own in zip(network, [*leaves, (target,)], strict=True):
            x = layer.rule.reference(x, *own, **layer.constants)
    learned = [p for layer in leaves for p in layer if p.requires_grad]
    # below a step function nothing is connected to the loss: zeros there, as the slope of a constant
    found = iter(torch.autograd.grad(x.sum(), learned, materialize_grads=True))
    return x.detach(), [tuple(next(found).detach() for p in layer if p.requires_grad) for layer in leaves], tape


sources: dict[str, Gradients] = {"manual": manual, "autograd": autograd}
