"""Where training has ended: the loss on all examples and the length of its gradient, which is 0 at a minimum.

Shapes: x (N, I), y (N,), a network of one model with its loss; a gradient has its parameter's shape.
"""

from ...images.data_set import Split
from ...manual.backprop import Params
from ...manual.network import Layer, unstack
from ...rules.verify import error
from ...training.gradients import autograd, manual
from ..shared import inside_network
from ..shared.plain_descent import on_all
from ..shared.small_network import first_weights, layers
from .same_last_layer import compared

LOOKED = 5000  # training digits on which a large network's gradient is compared with autograd's
FEW = 4  # digits, of which the last layer cannot see all that its weights may be


def double(params: Params) -> Params:
    """The same parameters in float64."""
    return [tuple(p.double() for p in layer) for layer in params]


def length(found: Params) -> float:
    """The length of a gradient, all parameters together."""
    return inside_network.length(dp for layer in found for dp in layer)


def furthest(ours: Params, theirs: Params) -> float:
    """The largest error of any parameter's gradient."""
    return max(error(a, b) for mine, other in zip(ours, theirs, strict=True) for a, b in zip(mine, other, strict=True))


def arrival(network: list[Layer], params: Params, split: Split) -> dict[str, float]:
    """The loss on all examples, and its gradient's length."""
    loss, found, _ = manual(network, params, split.x, split.y)
    return {"loss": float(loss), "length": length(found)}


def arrivals(widths: tuple[int, ...], split: Split, seeds: list[int], lr: float, steps: int) -> list[dict[str, float]]:
    """Where small networks of these widths are after so many steps on all examples, seed by seed."""
    network = layers(widths)
    params = on_all(network, first_weights(network, seeds, split.x), split, lr, steps, manual)
    return [arrival(network, unstack(params, m), split) for m in range(len(seeds))]


def facts(network: list[Layer], params: Params, split: Split, seed: int) -> dict:
    """Where a trained network is; whether its gradient there is autograd's; what its last layer's tells of others."""
    exact, x, y = double(params), split.x[:LOOKED].double(), split.y[:LOOKED]
    ours, theirs = (of(network, exact, x, y)[1] for of in (manual, autograd))
    same_last = compared(network, exact, x[:FEW], y[:FEW], seed)
    return arrival(network, params, split) | {"off autograd": furthest(ours, theirs), "order": same_last}
