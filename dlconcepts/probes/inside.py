"""What goes on inside a network: how long each layer's gradient is, and which hidden units are silent.

Shapes: x (N, I), target (N,) or (N, K) as the loss takes it; a network comes with its loss.
"""

from torch import Tensor

from ..gradients import manual
from ..manual.backprop import Params, forward
from ..manual.network import Layer


def gradient_lengths(network: list[Layer], params: Params, x: Tensor, target: Tensor) -> list[float]:
    """The length of the loss's gradient by each layer's weights and biases, first layer to last."""
    _, found, _ = manual(network, params, x, target)
    return [float(sum(dp.double().square().sum() for dp in layer).sqrt()) for layer in found if layer]


def hidden_values(network: list[Layer], params: Params, x: Tensor) -> list[Tensor]:
    """What each hidden layer hands on, (N, H) each: its activations."""
    found, last = [], max(i for i, layer in enumerate(params) if layer)
    for layer, p in zip(network[:last], params, strict=False):
        x, _ = forward([layer], [p], x)
        found += [] if p else [x]
    return found


def silent_share(network: list[Layer], params: Params, x: Tensor) -> float | None:
    """The share of hidden values that are exactly 0; None without a hidden layer."""
    values = hidden_values(network, params, x)
    return float(sum((h == 0).double().mean() for h in values) / len(values)) if values else None


def dead_share(network: list[Layer], params: Params, x: Tensor) -> float | None:
    """The share of hidden units that are exactly 0 for every example; None without a hidden layer."""
    dead = [unit for h in hidden_values(network, params, x) for unit in (h == 0).all(dim=0).flatten().tolist()]
    return sum(dead) / len(dead) if dead else None
