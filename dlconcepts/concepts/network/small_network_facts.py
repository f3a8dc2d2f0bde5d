"""What the statements on networks ask of the small one: what it is made of, what it takes, what it gives.

Shapes: x (N, 4), y (N,), a network of one model with its loss, the parts of `four_numbers`.
"""

from ...images.data_set import Split
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ..shared.small_network import as_in_torch
from .coupling import missing, unreached
from .input_shape import refusals
from .outputs import amiss, ranges

REACHED = 1000  # digits at which a slope is looked for


def facts(network: list[Layer], params: Params, parts: dict[str, Split]) -> dict:
    """What the statements ask of one small network."""
    split = parts["test"]
    z, tape = forward(network[:-1], params, split.x)
    weights, biases = (sum(layer[i].numel() for layer in params if layer) for i in (0, 1))
    before = next(i for i, layer in enumerate(params) if layer)  # layers before the first that has weights
    return {
        "weights": weights,
        "biases": biases,
        "parameters by layer": [sum(p.numel() for p in layer) for layer in params if layer],
        "layers before": before,
        "input changed": float((tape[before][0] - split.x).abs().max()),
        "off torch": as_in_torch(network, params, parts["train"]),
        "most frequent": float(split.y.bincount().max() / len(split)),
        "missing": missing(params),
        "unreached": unreached(network[:-1], params, split.x[:REACHED]),
        "refusals": refusals(split.x, *params[before]),
        "ranges": ranges(z),
        "outputs amiss": max(amiss(split.x, K) for K in (1, 3, 10)),
    }
