"""Optimizers: how a gradient becomes a step.

Shapes: p and dp (..., any), one tensor; numbers such as lr are one for all or one per model (...).
An optimizer is a pair of pure functions, init(p) -> state and update(p, dp, state, **constants) -> (p, state).
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from .rule import need_same_shape, per_model


class Optimizer(NamedTuple):
    """One row per optimizer; reference is torch's class."""

    init: Callable[[Tensor], tuple]
    update: Callable[..., tuple[Tensor, tuple]]
    reference: type[torch.optim.Optimizer]


def sgd_init(p: Tensor) -> tuple:
    """Plain gradient descent remembers nothing."""
    return ()


def sgd(p: Tensor, dp: Tensor, state: tuple, lr: float | Tensor) -> tuple[Tensor, tuple]:
    """p - lr dp"""
    need_same_shape(p=p.shape, dp=dp.shape)
    return p - per_model(lr, p) * dp, state


optimizers = {"sgd": Optimizer(sgd_init, sgd, torch.optim.SGD)}
