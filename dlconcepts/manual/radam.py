"""RAdam: Adam that does not divide by sqrt(v) before v is a mean of enough gradients: a warm-up by itself.

Shapes: p and dp (..., any), one parameter; numbers such as lr are one for all or one per model (...).
Source: L. Liu et al., 2019, "On the variance of the adaptive learning rate and beyond",
https://arxiv.org/abs/1908.03265. Semantics and default values are torch.optim's: eps is added before the correction,
and the length must be above 5, where the paper says 4.
"""

import torch
from torch import Tensor

from .adaptive_optimizer import AdamState, adam_init
from .number import BELOW_ONE, NOT_NEGATIVE, decayed, need_range, number
from .precision import rounded_once

radam_init = adam_init


@rounded_once
def radam(
    p: Tensor,
    dp: Tensor,
    state: AdamState,
    lr: float | Tensor = 1e-3,
    beta1: float | Tensor = 0.9,
    beta2: float | Tensor = 0.999,
    eps: float | Tensor = 1e-8,
    weight_decay: float | Tensor = 0.0,
) -> tuple[Tensor, AdamState]:
    """p - lr r m^ sqrt(1 - beta2^t) / (sqrt(v) + eps), and p - lr m^ while `rectifier` r is 0

    m^ = m / (1 - beta1^t), m and v means of dp and dp^2, as in Adam.
    """
    need_range(NOT_NEGATIVE, lr=lr, eps=eps)
    need_range(BELOW_ONE, beta1=beta1, beta2=beta2)
    dp = decayed(p, dp, weight_decay)
    t = state.t + 1
    m = state.m.lerp(dp, number(1 - beta1, p))
    v = number(beta2, p) * state.v + number(1 - beta2, p) * dp * dp
    r = number(rectifiers(beta2, t), p)
    adapted = r * number((1 - beta2**t) ** 0.5, p) / (v.sqrt() + number(eps, p))
    scale = torch.where(torch.as_tensor(r > 0, device=p.device), adapted, 1)
    return p - number(lr, p) / number(1 - beta1**t, p) * m * scale, AdamState(t, m, v, v)


def rectifiers(beta2: float | Tensor, t: int) -> float | Tensor:
    """`rectifier`, one per model where beta2 is; number by number, since a root below 0 is no number."""
    if not isinstance(beta2, Tensor):
        return rectifier(beta2, t)
    return beta2.new_tensor([rectifier(b, t) for b in beta2.flatten().tolist()]).view(beta2.shape)


def rectifier(beta2: float, t: int) -> float:
    """r = sqrt((l - 4) (l - 2) L / ((L - 4) (L - 2) l)), and 0 where l is at most 5.

    l = L - 2 t beta2^t / (1 - beta2^t) is how many gradients the mean v is worth after t steps, L = 2 / (1 - beta2) - 1
    after many. r makes the variance of 1 / sqrt(v) what it is then.
    """
    most = 2 / (1 - beta2) - 1
    length = most - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 5:
        return 0.0
    return ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)) ** 0.5
