"""The loss is of one example, the cost of all of them: how far are the parts' gradients from the whole's?

Shapes: x (N, I), y (N,) class numbers or (N, K) rows, as the network's loss takes them; a gradient as one vector (P,).
"""

import torch
from torch import Tensor

from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...rules.verify import error
from ...training.gradients import manual


def parts_and_whole(network: list[Layer], params: Params, x: Tensor, y: Tensor, batch_size: int) -> dict[str, float]:
    """How far from the cost, and from its gradient, the mini-batches' are, in float64.

    examples: the mean of the examples' own losses, from the cost. batches: the mean of the mini-batches' gradients,
    each weighted with its size, from the cost's gradient. unweighted: the same mean, each batch counting alike.
    one batch: the length of a single batch's error over the length of the cost's gradient, averaged over the batches.
    """
    params, x = [tuple(p.double() for p in layer) for layer in params], x.double()
    y = y.double() if y.is_floating_point() else y
    cost, whole = cost_gradient(network, params, x, y)
    parts = [
        cost_gradient(network, params, *part)[1] for part in zip(x.split(batch_size), y.split(batch_size), strict=True)
    ]
    gradients, share = torch.stack(parts), sizes(len(x), batch_size).to(x) / len(x)
    return {
        "examples": error(own_losses(network, params, x, y).mean(), cost),
        "batches": error(share @ gradients, whole),
        "unweighted": error(gradients.mean(0), whole),
        "one batch": float((gradients - whole).norm(dim=-1).mean() / whole.norm()),
    }


def cost_gradient(network: list[Layer], params: Params, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The mean loss of these examples and its gradient, as one vector."""
    cost, gradients, _ = manual(network, params, x, y)
    return cost, torch.cat([g.flatten() for layer in gradients for g in layer])


def own_losses(network: list[Layer], params: Params, x: Tensor, y: Tensor) -> Tensor:
    """Each example's own loss (N,), or each output's (N, K)."""
    z, _ = forward(network[:-1], params, x)
    losses, _ = network[-1].rule.forward(z, y, reduction="none")
    return losses


def sizes(N: int, batch_size: int) -> Tensor:
    """How many of N examples each batch has; the last may be smaller."""
    return torch.tensor([min(batch_size, N - first) for first in range(0, N, batch_size)], dtype=torch.float64)
