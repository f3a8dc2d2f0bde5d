"""Reduce on plateau: cut the learning rate when the validation loss no longer falls.

Shapes: none, plain numbers; one state per model.
Not a function of the step like the schedules in learning_rate.py: what comes depends on the losses so far, so the state
is handed in and handed back. Semantics and default values are those of torch.optim.lr_scheduler.ReduceLROnPlateau.
Source: L. Bottou, "Stochastic gradient descent tricks", 2012, https://doi.org/10.1007/978-3-642-35289-8_25
"""

import math
from typing import NamedTuple

from .number import BELOW_ONE, NOT_NEGATIVE, need_range


class Plateau(NamedTuple):
    """What reduce_on_plateau remembers: the rate, the best loss, how many bad epochs since, how many to wait still."""

    lr: float
    best: float = math.inf
    bad: int = 0
    wait: int = 0


def reduce_on_plateau(
    state: Plateau,
    loss: float,
    factor: float = 0.1,
    patience: int = 10,
    threshold: float = 1e-4,
    cooldown: int = 0,
    min_lr: float = 0.0,
    eps: float = 1e-8,
) -> Plateau:
    """The state after an epoch with this loss: the rate is cut after more than `patience` epochs without a better one.

    Better means below best (1 - threshold), so NaN never is; where losses are negative that bar lies above the best, as
    in torch. The count starts anew after a cut, and stands still for the `cooldown` epochs that follow. The rate stays
    at min_lr or above, and where a cut would change it by no more than eps. Not a function of t: state in, state out.
    """
    need_range(BELOW_ONE, factor=factor, threshold=threshold)
    need_range(NOT_NEGATIVE, lr=state.lr, patience=patience, cooldown=cooldown, min_lr=min_lr, eps=eps)
    better = loss < state.best * (1 - threshold)
    best, bad = (loss, 0) if better else (state.best, state.bad + 1)
    if state.wait > 0:
        return Plateau(state.lr, best, 0, state.wait - 1)
    if bad <= patience:
        return Plateau(state.lr, best, bad)
    cut = max(state.lr * factor, min_lr)
    return Plateau(cut if state.lr - cut > eps else state.lr, best, 0, cooldown)
