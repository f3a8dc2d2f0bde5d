"""How a network answers while it trains and when it does not: by the batch's own statistics or by the running ones.

Shapes: x (N, I), outputs (N, K). Networks come as they are evaluated, with their loss.
Batch norm makes a difference, as what it says of an example in training depends on the others of its batch, and so
does dropout, which leaves units out only in training.
"""

import torch
from torch import Tensor

from ...manual.backprop import Params, forward
from ...manual.network import Layer, Operation
from ...rules.batch_norm import rules as batch_norms
from ...rules.normalization import rules as norms
from ...rules.verify import error
from ...training.build import build, masks
from ...training.setting import Setting

IN_TRAINING: dict[Operation, Operation] = {
    batch_norms["batch norm in evaluation"]: norms["batch norm"],
    batch_norms["batch norm of images in evaluation"]: batch_norms["batch norm of images"],
}
ALONE = 100  # examples that are looked at one by one


def as_in_training(network: list[Layer], params: Params) -> tuple[list[Layer], Params]:
    """The same layers with their batch norms as in training, which take no running mean and variance."""
    layers = [Layer(IN_TRAINING.get(layer.rule, layer.rule), constants=layer.constants) for layer in network]
    own = [p[:2] if layer.rule in IN_TRAINING else p for layer, p in zip(network, params, strict=False)]
    return layers, own


def changed_answers(network: list[Layer], params: Params, x: Tensor, B: int) -> float:
    """The share of examples that get another class in batches of B, by these batches' own statistics."""
    evaluated, _ = forward(network[:-1], params, x)
    layers, own = as_in_training(network, params)
    trained = torch.cat([forward(layers[:-1], own, part)[0] for part in x.split(B)])
    return float((evaluated.argmax(-1) != trained.argmax(-1)).double().mean())


def refuses_one(network: list[Layer], params: Params, x: Tensor) -> bool:
    """Does the network, as it is in training, refuse a batch of one example?"""
    layers, own = as_in_training(network, params)
    try:
        forward(layers[:-1], own, x[:1])
    except ValueError:
        return True
    return False


def company(network: list[Layer], params: Params, x: Tensor, B: int) -> float:
    """How much it matters to an example's outputs with whom it is in a batch, in training and in float64.

    Batches of B are held against one batch of them all.
    """
    layers, own = as_in_training(network, [tuple(p.double() for p in layer) for layer in params])
    together, _ = forward(layers[:-1], own, x.double())
    apart = torch.cat([forward(layers[:-1], own, part)[0] for part in x.double().split(B)])
    return error(apart, together)


def in_company(network: list[Layer], params: Params, x: Tensor, B: int) -> dict[str, float | bool]:
    """All of it for one network: batches of B for answers, of one for outputs, or of two where one is refused."""
    refuses = refuses_one(network, params, x)
    return {
        "refuses one": refuses,
        "company": company(network, params, x[:ALONE], 2 if refuses else 1),
        "changed": changed_answers(network, params, x, B),
    }


def answers_changed(network: list[Layer], params: Params, setting: Setting, seed: int, x: Tensor, B: int) -> float:
    """The share of examples that get another class in training mode, in batches of B: with the batches' own
    statistics, and with as many units left out at random as in training.
    """
    learning, given = build([setting], x), iter(p for p in params if p)
    own = [tuple(p[None] for p in next(given)[: len(layer.shapes)]) if layer.shapes else () for layer in learning[:-1]]
    evaluated, _ = forward(network[:-1], params, x)
    trained = torch.cat([as_it_learns(learning, own, setting, seed, k, part) for k, part in enumerate(x.split(B))])
    return float((evaluated.argmax(-1) != trained.argmax(-1)).double().mean())


def as_it_learns(network: list[Layer], params: Params, setting: Setting, seed: int, step: int, x: Tensor) -> Tensor:
    """The outputs (B, K) on one batch in training mode, with the masks of this step; a stack of one model."""
    dropped = masks(network, [setting], [seed], step, len(x))
    inputs = [(*p, dropped[i].to(x.device)) if i in dropped else p for i, p in enumerate(params)]
    z, _ = forward(network[:-1], inputs, x[None])
    return z[0]
