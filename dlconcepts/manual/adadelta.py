"""Adadelta: each weight's step is as long as its steps have been of late, so that a learning rate is hardly needed.

Shapes: p and dp (..., any), one parameter; numbers such as lr are one for all or one per model (...).
Source: M. D. Zeiler, 2012, https://arxiv.org/abs/1212.5701. Default values and the learning rate, which the paper does
not have, are torch.optim's.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .number import FRACTION, NOT_NEGATIVE, decayed, need_range, number
from .precision import rounded_once, wide


class AdadeltaState(NamedTuple):
    """The running means of dp^2 and of the squared steps."""

    v: Tensor
    u: Tensor


def adadelta_init(p: Tensor) -> AdadeltaState:
    """Both means start at 0 and are not corrected for it: eps starts the first step."""
    return AdadeltaState(*[torch.zeros_like(wide(p))] * 2)


@rounded_once
def adadelta(
    p: Tensor,
    dp: Tensor,
    state: AdadeltaState,
    lr: float | Tensor = 1.0,
    rho: float | Tensor = 0.9,
    eps: float | Tensor = 1e-6,
    weight_decay: float | Tensor = 0.0,
) -> tuple[Tensor, AdadeltaState]:
    """p - lr step, step = sqrt(u + eps) / sqrt(v + eps) dp, v and u the running means of dp^2 and of step^2.

    u is the mean of the steps before this one. Its root has the weights' unit, where Adam's steps have none. Unlike
    Adam's, eps stands inside of the root.
    """
    need_range(NOT_NEGATIVE, lr=lr, eps=eps)
    need_range(FRACTION, rho=rho)
    dp = decayed(p, dp, weight_decay)
    keep, add, eps = number(rho, p), number(1 - rho, p), number(eps, p)
    v = keep * state.v + add * dp * dp
    step = (state.u + eps).sqrt() / (v + eps).sqrt() * dp
    return p - number(lr, p) * step, AdadeltaState(v, keep * state.u + add * step * step)
