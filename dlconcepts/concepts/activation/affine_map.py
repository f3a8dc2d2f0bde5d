"""Is a network a single affine map, and is it the one that linear regression finds?

Shapes: x (N, I), z (N, K) logits, a network of layers with its loss.
"""

import torch
from torch import Tensor, nn

from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.network import Layer
from ...rules.activation import rules
from ...rules.linear import rules as linear_rules
from ...rules.verify import error

LOOKED = 1000  # examples are enough: an affine map that agrees on I + 1 of them agrees everywhere


def is_linear(network: list[Layer]) -> bool:
    """Is there nothing before the loss but linear layers and identities?"""
    linear = (linear_rules["linear"], rules["identity"])
    return all(any(layer.rule is rule for rule in linear) for layer in network[:-1])


def collapse_error(network: list[Layer], params: Params, x: Tensor) -> float:
    """How far the layers' outputs are from those of the one affine map that they multiply out to, in float64."""
    params, x = [tuple(p.double() for p in layer) for layer in params], x[:LOOKED].double()
    (W, b), *later = [layer for layer in params if layer]
    for next_W, next_b in later:
        W, b = W @ next_W, b @ next_W + next_b
    z, _ = forward(network[:-1], params, x)
    return error(x @ W + b, z)


def linear_regression(data: Data) -> Tensor:
    """The least-squares fit of one-hot targets, its outputs on the test split (N, K)."""
    x, test = (with_ones(split.x.double()) for split in (data.train, data.test))
    target = nn.functional.one_hot(data.train.y, CLASSES).double()
    return test @ (torch.linalg.pinv(x.mT @ x, hermitian=True) @ (x.mT @ target))


def with_ones(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
