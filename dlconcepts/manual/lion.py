"""Lion: every weight moves by the learning rate, up or down; of the gradients only a sign is left.

Shapes: p and dp (..., any), one parameter; numbers such as lr are one for all or one per model (...).
Found by a search among programs. Since all steps are of one length, its learning rates are about a tenth of Adam's
and its weight decay about ten times as large, as the authors say.
Source: X. Chen et al., 2023, "Symbolic discovery of optimization algorithms", https://arxiv.org/abs/2302.06675
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .number import BELOW_ONE, NOT_NEGATIVE, need_range, number
from .precision import rounded_once, wide


class LionState(NamedTuple):
    """The running mean of dp."""

    m: Tensor


def lion_init(p: Tensor) -> LionState:
    """The mean starts at 0 and is not corrected for it: a sign does not feel the size."""
    return LionState(torch.zeros_like(wide(p)))


@rounded_once
def lion(
    p: Tensor,
    dp: Tensor,
    state: LionState,
    lr: float | Tensor = 1e-4,
    beta1: float | Tensor = 0.9,
    beta2: float | Tensor = 0.99,
    weight_decay: float | Tensor = 0.0,
) -> tuple[Tensor, LionState]:
    """p (1 - lr weight_decay) - lr sign(beta1 m + (1 - beta1) dp); then m becomes beta2 m + (1 - beta2) dp

    The step is taken with a shorter memory than the mean is kept with. Where the sum is 0 the weight stays.
    The decay is AdamW's, beside the step. Default values are the paper's.
    """
    need_range(NOT_NEGATIVE, lr=lr, weight_decay=weight_decay)
    need_range(BELOW_ONE, beta1=beta1, beta2=beta2)
    need_floating(p)
    need_floating(dp)
    need_same_shape(p=p.shape, dp=dp.shape)
    c = number(beta1, p) * state.m + number(1 - beta1, p) * dp
    direction = c.sign() + 0 * c  # NaN where c is no finite number: its sign alone would be 0 or 1
    shrunk = p * (1 - number(lr, p) * number(weight_decay, p))
    return shrunk - number(lr, p) * direction, LionState(number(beta2, p) * state.m + number(1 - beta2, p) * dp)
