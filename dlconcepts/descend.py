"""The fast path: plain gradient descent with the weights changed in place, in the same pass that finds the gradients.

Shapes: x (M, B, I), target as the loss has it, lr (M,), loss (M,), a parameter (M, ...).
The formulas are those of manual/; a test shows that both ways give the same weights. What is saved is memory traffic:
the weights' gradients, as large as the weights themselves, are never written down and read again.
"""

from torch import Tensor

from .manual.backprop import Params, forward
from .manual.network import Layer
from .rules.linear import rules

LINEAR = (rules["linear"], rules["linear without bias"])


def can_descend(network: list[Layer]) -> bool:
    """Are linear layers the only ones with parameters, or inputs of their own, before the loss?"""
    return all(layer.rule in LINEAR or not (layer.shapes or layer.evaluation) for layer in network)


def descend(network: list[Layer], params: Params, x: Tensor, target: Tensor, lr: Tensor) -> Tensor:
    """The loss before the step. W becomes W - lr dW, in place.

    The backward is linear in what arrives from above, so the learning rate goes in there once: lr instead of 1 at the
    loss makes every gradient below lr times itself. A layer's dx comes before its weights change; the first one's is
    not computed.
    """
    loss, tape = forward(network, [*params, (target,)], x)
    dz = lr
    for i in reversed(range(len(network))):
        rule, saved = network[i].rule, tape[i]
        if rule not in LINEAR:
            (dz,) = rule.backward(dz, *saved)
            continue
        x, W = saved
        dx = dz @ W.mT if i else None
        W.baddbmm_(x.mT, dz, alpha=-1)
        for b in params[i][1:]:
            b.sub_(dz.sum(-2))
        dz = dx
    return loss
