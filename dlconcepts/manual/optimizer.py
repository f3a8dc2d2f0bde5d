"""Optimizers: how a gradient becomes a step. Here gradient descent, plain and with momentum.

Shapes: p and dp (..., any), one parameter; numbers such as lr are one for all or one per model (...).
An optimizer is a pair of pure functions, init(p) -> state and update(p, dp, state, lr, **constants) -> (p, state).
Semantics and default values are those of torch.optim; the adaptive ones are in adaptive_optimizer.py.
Sources: momentum, B. T. Polyak, 1964, https://doi.org/10.1016/0041-5553(64)90137-5; Nesterov's in the form used
here, I. Sutskever et al., 2013, https://proceedings.mlr.press/v28/sutskever13.html
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .number import FRACTION, NOT_NEGATIVE, POSITIVE_FRACTION, decayed, need_range, number
from .precision import rounded_once, wide


def sgd_init(p: Tensor) -> tuple[()]:
    """Plain gradient descent remembers nothing."""
    return ()


@rounded_once
def sgd(
    p: Tensor, dp: Tensor, state: tuple[()], lr: float | Tensor = 1e-3, weight_decay: float | Tensor = 0.0
) -> tuple[Tensor, tuple[()]]:
    """p - lr (dp + weight_decay p)

    Raises ValueError for a negative, infinite or NaN number (torch takes an lr of inf or NaN).
    """
    need_range(NOT_NEGATIVE, lr=lr)
    dp = decayed(p, dp, weight_decay)
    return p - number(lr, p) * dp, state


class Velocity(NamedTuple):
    """What momentum remembers: the steps taken, and the running sum v of past gradients."""

    t: int
    v: Tensor


def momentum_init(p: Tensor) -> Velocity:
    """No step taken, no velocity."""
    return Velocity(0, torch.zeros_like(wide(p)))


@rounded_once
def momentum(
    p: Tensor,
    dp: Tensor,
    state: Velocity,
    lr: float | Tensor = 1e-3,
    momentum: float | Tensor = 0.9,
    dampening: float | Tensor = 0.0,
    weight_decay: float | Tensor = 0.0,
) -> tuple[Tensor, Velocity]:
    """p - lr v, where v = momentum v + (1 - dampening) (dp + weight_decay p)

    The first v is the gradient itself, undampened, as in torch.optim.SGD. The learning rate stands outside of v: after
    a change of lr the whole v is scaled anew, unlike Sutskever's v = momentum v - lr dp.
    torch's default momentum is 0; it forgets dampening then, and we would not. Raises ValueError outside 0 to 1.
    """
    need_range(NOT_NEGATIVE, lr=lr)
    need_range(FRACTION, momentum=momentum, dampening=dampening)
    v = velocity(state, decayed(p, dp, weight_decay), momentum, dampening)
    return p - number(lr, p) * v, Velocity(state.t + 1, v)


def velocity(state: Velocity, dp: Tensor, momentum: float | Tensor, dampening: float | Tensor) -> Tensor:
    """The next v: dp at the first step, momentum v + (1 - dampening) dp from then on."""
    if state.t == 0:
        return dp
    return number(momentum, dp) * state.v + number(1 - dampening, dp) * dp


@rounded_once
def nesterov(
    p: Tensor,
    dp: Tensor,
    state: Velocity,
    lr: float | Tensor = 1e-3,
    momentum: float | Tensor = 0.9,
    dampening: float = 0.0,
    weight_decay: float | Tensor = 0.0,
) -> tuple[Tensor, Velocity]:
    """p - lr (dp + weight_decay p + momentum v), v as above: a step along the velocity that comes next.

    Nesterov takes the gradient where the velocity would lead. Written for that point, p + momentum v, the rule needs
    only gradients at p, and looks ahead by adding momentum v once more.
    Raises ValueError where momentum is 0 or dampening is not, as torch does.
    """
    need_range(NOT_NEGATIVE, lr=lr)
    need_range(POSITIVE_FRACTION, momentum=momentum)
    if dampening != 0:
        raise ValueError(f"dampening must be 0 with Nesterov's momentum, got {dampening}")
    dp = decayed(p, dp, weight_decay)
    v = velocity(state, dp, momentum, dampening)
    return p - number(lr, p) * (dp + number(momentum, p) * v), Velocity(state.t + 1, v)
