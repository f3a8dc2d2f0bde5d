"""Optimizers: torch's own beside ours, in one table."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.optim import SGD, Adam, AdamW

from ..manual import adaptive_optimizer as adaptive
from ..manual.optimizer import momentum, momentum_init, nesterov, sgd, sgd_init


class Optimizer(NamedTuple):
    """One row per optimizer.

    init: init(p) -> state, what the first update remembers of the steps before: nothing yet.
    update: update(p, dp, state, lr, **constants) -> (p, state). Every number may be one per model.
    reference: reference(params, lr, **constants) -> torch's optimizer with the same constants, as plain numbers.
    """

    init: Callable[[Tensor], tuple]
    update: Callable[..., tuple[Tensor, tuple]]
    reference: Callable[..., torch.optim.Optimizer]


def torch_momentum(params: Iterable[Tensor], lr: float = 1e-3, momentum: float = 0.9, **constants: Any) -> SGD:
    return SGD(params, lr, momentum, **constants)


def torch_nesterov(params: Iterable[Tensor], lr: float = 1e-3, momentum: float = 0.9, **constants: Any) -> SGD:
    return SGD(params, lr, momentum, nesterov=True, **constants)


def torch_adam(
    params: Iterable[Tensor], lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, **constants: Any
) -> Adam:
    return Adam(params, lr, (beta1, beta2), **constants)


def torch_adamw(
    params: Iterable[Tensor], lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, **constants: Any
) -> AdamW:
    return AdamW(params, lr, (beta1, beta2), **constants)


optimizers = {
    "sgd": Optimizer(sgd_init, sgd, SGD),
    "momentum": Optimizer(momentum_init, momentum, torch_momentum),
    "nesterov": Optimizer(momentum_init, nesterov, torch_nesterov),
    "adagrad": Optimizer(adaptive.adagrad_init, adaptive.adagrad, torch.optim.Adagrad),
    "rmsprop": Optimizer(adaptive.rmsprop_init, adaptive.rmsprop, torch.optim.RMSprop),
    "adam": Optimizer(adaptive.adam_init, adaptive.adam, torch_adam),
    "adamw": Optimizer(adaptive.adam_init, adaptive.adamw, torch_adamw),
}
