"""Optimizers: torch's own beside ours, in one table."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.optim import SGD, Adam, AdamW

from ..manual import adaptive_optimizer as adaptive
from ..manual.adadelta import adadelta, adadelta_init
from ..manual.lion import lion, lion_init
from ..manual.muon import muon, muon_init
from ..manual.nadam import nadam, nadam_init
from ..manual.optimizer import momentum, momentum_init, nesterov, sgd, sgd_init
from ..manual.radam import radam, radam_init
from .lion import Lion


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


def torch_nadam(
    params: Iterable[Tensor], lr: float = 2e-3, beta1: float = 0.9, beta2: float = 0.999, **constants: Any
) -> torch.optim.Optimizer:
    return torch.optim.NAdam(params, lr, (beta1, beta2), **constants)


def torch_radam(
    params: Iterable[Tensor], lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, **constants: Any
) -> torch.optim.Optimizer:
    return torch.optim.RAdam(params, lr, (beta1, beta2), **constants)


def torch_muon(
    params: Iterable[Tensor], lr: float = 1e-3, adjust_lr_fn: str = "match_rms_adamw", **constants: Any
) -> torch.optim.Optimizer:
    """torch's for matrices; for "original" it takes them as (O, I), the transpose of ours."""
    return torch.optim.Muon(params, lr, adjust_lr_fn=adjust_lr_fn, **constants)


optimizers = {
    "sgd": Optimizer(sgd_init, sgd, SGD),
    "momentum": Optimizer(momentum_init, momentum, torch_momentum),
    "nesterov": Optimizer(momentum_init, nesterov, torch_nesterov),
    "adagrad": Optimizer(adaptive.adagrad_init, adaptive.adagrad, torch.optim.Adagrad),
    "rmsprop": Optimizer(adaptive.rmsprop_init, adaptive.rmsprop, torch.optim.RMSprop),
    "adam": Optimizer(adaptive.adam_init, adaptive.adam, torch_adam),
    "adamw": Optimizer(adaptive.adam_init, adaptive.adamw, torch_adamw),
    "adadelta": Optimizer(adadelta_init, adadelta, torch.optim.Adadelta),
    "nadam": Optimizer(nadam_init, nadam, torch_nadam),
    "radam": Optimizer(radam_init, radam, torch_radam),
    "lion": Optimizer(lion_init, lion, Lion),
    "muon": Optimizer(muon_init, muon, torch_muon),
}
OF_MATRICES = {"muon": "adamw"}  # an optimizer that takes matrices alone, and the one that takes what else there is
