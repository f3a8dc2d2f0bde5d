"""Adaptive optimizers: each weight gets a step of its own, smaller where its gradients have been large.

Shapes: p and dp (..., any), one parameter; numbers such as lr are one for all or one per model (...).
Semantics, default values and where eps stands (outside of the root) are those of torch.optim.
Sources: Adagrad, J. Duchi, E. Hazan, Y. Singer, 2011, https://jmlr.org/papers/v12/duchi11a.html; RMSprop,
T. Tieleman, G. Hinton, 2012, Coursera lecture 6.5; centered, A. Graves, 2013, https://arxiv.org/abs/1308.0850; Adam,
D. P. Kingma, J. Ba, 2014, https://arxiv.org/abs/1412.6980; AMSGrad, S. J. Reddi et al., 2018,
https://openreview.net/forum?id=ryQu7f-RZ; AdamW, I. Loshchilov, F. Hutter, 2017, https://arxiv.org/abs/1711.05101
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .inputs import need_floating
from .number import BELOW_ONE, FRACTION, NOT_NEGATIVE, decayed, need_range, number
from .precision import rounded_once, wide


class AdagradState(NamedTuple):
    """The steps taken and the sum of all squared gradients."""

    t: int
    total: Tensor


def adagrad_init(p: Tensor) -> AdagradState:
    """No step taken; the first update adds initial_accumulator_value."""
    return AdagradState(0, torch.zeros_like(wide(p)))


@rounded_once
def adagrad(
    p: Tensor,
    dp: Tensor,
    state: AdagradState,
    lr: float | Tensor = 1e-2,
    lr_decay: float | Tensor = 0.0,
    weight_decay: float | Tensor = 0.0,
    initial_accumulator_value: float | Tensor = 0.0,
    eps: float | Tensor = 1e-10,
) -> tuple[Tensor, AdagradState]:
    """p - lr_t dp / (sqrt(total) + eps), total = the sum of all dp^2, lr_t = lr / (1 + (t - 1) lr_decay), t from 1.

    The first step is lr sign(dp), however small dp is: start the sum at .1, say, where that is too bold.
    """
    need_range(NOT_NEGATIVE, lr=lr, lr_decay=lr_decay, initial_accumulator_value=initial_accumulator_value, eps=eps)
    dp = decayed(p, dp, weight_decay)
    before = state.total if state.t else state.total + number(initial_accumulator_value, p)
    total = before + dp * dp
    lr_t = number(lr, p) / number(1 + state.t * lr_decay, p)
    return p - lr_t * dp / (total.sqrt() + number(eps, p)), AdagradState(state.t + 1, total)


class RMSpropState(NamedTuple):
    """The running means of dp^2 and, if centered, of dp, and the momentum's running sum of steps."""

    v: Tensor
    m: Tensor
    steps: Tensor


def rmsprop_init(p: Tensor) -> RMSpropState:
    """All means start at 0, and unlike Adam's are not corrected for it."""
    return RMSpropState(*[torch.zeros_like(wide(p))] * 3)


@rounded_once
def rmsprop(
    p: Tensor,
    dp: Tensor,
    state: RMSpropState,
    lr: float | Tensor = 1e-2,
    alpha: float | Tensor = 0.99,
    eps: float | Tensor = 1e-8,
    weight_decay: float | Tensor = 0.0,
    momentum: float | Tensor = 0.0,
    centered: bool = False,
) -> tuple[Tensor, RMSpropState]:
    """p - lr steps, steps = momentum steps + dp / (sqrt(v) + eps), v = alpha v + (1 - alpha) dp^2

    centered: sqrt(v - m^2) instead, m the running mean of dp. For a gradient that hardly changes v - m^2 is rounding
    noise and can turn negative, the step NaN: in torch as well.
    """
    need_range(NOT_NEGATIVE, lr=lr, eps=eps)
    need_range(FRACTION, alpha=alpha, momentum=momentum)
    dp = decayed(p, dp, weight_decay)
    v = number(alpha, p) * state.v + number(1 - alpha, p) * dp * dp
    m = state.m.lerp(dp, number(1 - alpha, p)) if centered else state.m
    spread = v - m * m if centered else v
    steps = number(momentum, p) * state.steps + dp / (spread.sqrt() + number(eps, p))
    return p - number(lr, p) * steps, RMSpropState(v, m, steps)


class AdamState(NamedTuple):
    """The steps taken, the running means m of dp and v of dp^2, and the v that divides: amsgrad's highest so far."""

    t: int
    m: Tensor
    v: Tensor
    highest: Tensor


def adam_init(p: Tensor) -> AdamState:
    """No step taken; both means start at 0 and are corrected for it."""
    return AdamState(0, *[torch.zeros_like(wide(p))] * 3)


@rounded_once
def adam(
    p: Tensor,
    dp: Tensor,
    state: AdamState,
    lr: float | Tensor = 1e-3,
    beta1: float | Tensor = 0.9,
    beta2: float | Tensor = 0.999,
    eps: float | Tensor = 1e-8,
    weight_decay: float | Tensor = 0.0,
    amsgrad: bool = False,
) -> tuple[Tensor, AdamState]:
    """p - lr m^ / (sqrt(v^) + eps), m^ = m / (1 - beta1^t), v^ = v / (1 - beta2^t), m and v means of dp and dp^2

    After t steps from 0 the weights (1 - beta) beta^k in a running mean add up to 1 - beta^t; dividing by that makes it
    a mean. eps is added after the correction. amsgrad takes the highest v so far, and corrects it thereafter.
    """
    need_range(NOT_NEGATIVE, lr=lr, eps=eps)
    need_range(BELOW_ONE, beta1=beta1, beta2=beta2)
    dp = decayed(p, dp, weight_decay)
    t = state.t + 1
    m = state.m.lerp(dp, number(1 - beta1, p))
    v = number(beta2, p) * state.v + number(1 - beta2, p) * dp * dp
    highest = torch.maximum(state.highest, v) if amsgrad else v
    root = highest.sqrt() / number((1 - beta2**t) ** 0.5, p)
    step = number(lr, p) / number(1 - beta1**t, p)
    return p - step * m / (root + number(eps, p)), AdamState(t, m, v, highest)


@rounded_once
def adamw(
    p: Tensor,
    dp: Tensor,
    state: AdamState,
    lr: float | Tensor = 1e-3,
    beta1: float | Tensor = 0.9,
    beta2: float | Tensor = 0.999,
    eps: float | Tensor = 1e-8,
    weight_decay: float | Tensor = 1e-2,
    amsgrad: bool = False,
) -> tuple[Tensor, AdamState]:
    """Adam's step from p (1 - lr weight_decay): the decay comes first and by-passes the running means.

    Added to the gradient instead, decay would be divided by sqrt(v) as well, and weights with large gradients spared.
    """
    need_range(NOT_NEGATIVE, weight_decay=weight_decay)
    need_floating(p)
    shrunk = p * (1 - number(lr, p) * number(weight_decay, p))
    return adam(shrunk, dp, state, lr, beta1, beta2, eps, amsgrad=amsgrad)
