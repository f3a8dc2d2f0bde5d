"""How good a stack is while nothing is learned: the layers and parameters for that, mean loss and accuracy on a split.

Shapes: a parameter (M, ...); losses and accuracies (M,).
"""

import torch
from torch import Tensor

from .build import as_input, as_target, evaluation, evaluation_params
from .dark import weights_of_images
from .data import Split
from .manual.backprop import Params, forward
from .manual.network import Layer
from .step import Plan, Stack

AT_ONCE = 1000  # examples a forward pass


def learned(plan: Plan, now: Stack) -> tuple[list[Layer], Params]:
    """The network and its parameters as they are when nothing is learned."""
    return evaluation(plan.network), evaluation_params(weights_of_images(now.params, plan.fed.lit), now.running)


def evaluate(plan: Plan, now: Stack, split: Split) -> tuple[Tensor, Tensor]:
    """Mean loss and accuracy of each model (M,) on a split, NaN where the loss is not finite.

    A tie counts for the first class.
    """
    network, params = learned(plan, now)
    M, setting = len(plan.models), plan.models[0]
    loss, correct = (torch.zeros(M, dtype=torch.float64, device=split.x.device) for _ in range(2))
    for begin in range(0, len(split), AT_ONCE):
        x, y = (part[begin : begin + AT_ONCE] for part in (split.x, split.y))
        y = y.expand(M, *y.shape)
        z, _ = forward(network[:-1], params, as_input(x.expand(M, *x.shape), setting))
        mean, _ = network[-1].rule.forward(z, as_target(y, x, setting))
        loss += mean * y.shape[-1]
        correct += (z.argmax(-1) == y).sum(-1)
    return loss / len(split), torch.where(loss.isfinite(), correct / len(split), torch.nan)
