"""The whole of training in a few lines: gradients from one source or the other, and the subtraction.

Shapes: parameters and gradients of M models (M, ...), batches x (M, B, I) and y (M, B), losses (steps, M).
"""

import torch
from torch import Tensor

from ...images.data_set import Split
from ...manual.backprop import Params
from ...manual.network import Layer
from ...manual.optimizer import sgd
from ...training.batches import batches, feed
from ...training.budget import at_most
from ...training.gradients import Gradients
from ...training.setting import Setting
from ...training.stacks import Model


def by_hand(
    network: list[Layer], params: Params, split: Split, seeds: list[int], setting: Setting, source: Gradients
) -> tuple[Params, Tensor]:
    """The networks, one per seed, after the setting's steps, and the loss of each before each step."""
    fed, epoch = feed(split, [Model("", setting, seed) for seed in seeds]), 0
    losses: list[Tensor] = []
    steps = at_most(setting.steps)
    while len(losses) < steps:
        for x, y in batches(fed, epoch):
            if len(losses) == steps:
                break
            loss, dparams, _ = source(network, params, x, y)
            params = subtracted(params, dparams, setting.lr)
            losses.append(loss)
        epoch += 1
    return params, torch.stack(losses)


def on_all(network: list[Layer], params: Params, split: Split, lr: float, steps: int, source: Gradients) -> Params:
    """The networks after so many steps, each by the gradient over all examples."""
    M = next(p for layer in params for p in layer).shape[0]
    x, y = split.x.expand(M, *split.x.shape), split.y.expand(M, -1)
    for _ in range(at_most(steps)):
        params = subtracted(params, source(network, params, x, y)[1], lr)
    return params


def subtracted(params: Params, dparams: Params, lr: float) -> Params:
    """Each parameter less the learning rate times its gradient."""
    return [
        tuple(sgd(p, dp, (), lr=lr)[0] for p, dp in zip(*layer, strict=True))
        for layer in zip(params, dparams, strict=True)
    ]
