"""NAdam: Adam with Nesterov's look ahead, and a momentum that warms up.

Shapes: p and dp (..., any), one parameter; numbers such as lr are one for all or one per model (...).
Source: T. Dozat, 2016, "Incorporating Nesterov momentum into Adam", https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ.
Semantics and default values are torch.optim's. (torch keeps `product` in float32, in float64 too.)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .number import BELOW_ONE, NOT_NEGATIVE, decayed, need_range, number
from .precision import rounded_once, wide


class NAdamState(NamedTuple):
    """The steps taken, the running means m of dp and v of dp^2, and the product of all momenta mu so far."""

    t: int
    m: Tensor
    v: Tensor
    product: Tensor


def nadam_init(p: Tensor) -> NAdamState:
    """No step taken, both means 0, the empty product 1."""
    zeros = torch.zeros_like(wide(p))
    return NAdamState(0, zeros, zeros, torch.ones_like(wide(p)))


@rounded_once
def nadam(
    p: Tensor,
    dp: Tensor,
    state: NAdamState,
    lr: float | Tensor = 2e-3,
    beta1: float | Tensor = 0.9,
    beta2: float | Tensor = 0.999,
    eps: float | Tensor = 1e-8,
    weight_decay: float | Tensor = 0.0,
    momentum_decay: float | Tensor = 4e-3,
) -> tuple[Tensor, NAdamState]:
    """p - lr m^ / (sqrt(v^) + eps), m^ = mu_{t+1} m / (1 - mu_1 ... mu_{t+1}) + (1 - mu_t) dp / (1 - mu_1 ... mu_t)

    v^ = v / (1 - beta2^t) as in Adam. Where Adam has m as it is, the next step's momentum stands here: that is the
    look ahead. mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2) climbs from half of beta1 to beta1.
    """
    need_range(NOT_NEGATIVE, lr=lr, eps=eps, momentum_decay=momentum_decay)
    need_range(BELOW_ONE, beta1=beta1, beta2=beta2)
    dp = decayed(p, dp, weight_decay)
    t = state.t + 1
    mu, mu_next = momentum_at(t, beta1, momentum_decay), momentum_at(t + 1, beta1, momentum_decay)
    product = number(mu, p) * state.product
    m = state.m.lerp(dp, number(1 - beta1, p))
    v = number(beta2, p) * state.v + number(1 - beta2, p) * dp * dp
    root = (v / number(1 - beta2**t, p)).sqrt() + number(eps, p)
    of_dp = number(lr, p) * number(1 - mu, p) / (1 - product)
    of_m = number(lr, p) * number(mu_next, p) / (1 - product * number(mu_next, p))
    # one after the other, as torch does: where weights hardly move, rounding twice or once is a thousand steps' drift
    return p - of_dp * dp / root - of_m * m / root, NAdamState(t, m, v, product)


def momentum_at(t: int, beta1: float | Tensor, momentum_decay: float | Tensor) -> float | Tensor:
    """mu_t"""
    return beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
