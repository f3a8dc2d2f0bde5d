"""Where a network's gradients come from: our own backward rules, or torch.autograd. One signature for both.

Shapes: x (..., B, I), target (..., B), loss (...); a gradient has its parameter's shape.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from .manual.backprop import Params, forward, parameter_gradients
from .manual.network import Layer

Gradients = Callable[[list[Layer], Params, Tensor, Tensor], tuple[Tensor, Params]]


def manual(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> tuple[Tensor, Params]:
    """The loss of each model and its parameters' gradients, by the hand-written rules."""
    loss, tape = forward(network, [*params, (target,)], x)
    return loss, parameter_gradients(network, tape, torch.ones_like(loss))


def autograd(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> tuple[Tensor, Params]:
    """The same by torch's own functions under torch.autograd.

    The sum over models only joins them: no model's loss depends on another's parameters.
    """
    leaves = [tuple(p.detach().requires_grad_() for p in layer) for layer in params]
    with torch.enable_grad():
        for layer, own in zip(network, [*leaves, (target,)], strict=True):
            x = layer.rule.reference(x, *own, **layer.constants)
    found = iter(torch.autograd.grad(x.sum(), [p for layer in leaves for p in layer]))
    return x.detach(), [tuple(next(found) for _ in layer) for layer in leaves]


sources: dict[str, Gradients] = {"manual": manual, "autograd": autograd}
