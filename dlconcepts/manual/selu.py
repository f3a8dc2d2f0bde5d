"""SELU: ELU with two constants that keep a deep network's signals at mean 0 and variance 1 by themselves.

Shapes: x (...), y (...), any shape: each entry by itself.
The constants solve two equations: for a standard normal x, y has mean 0 and variance 1. A test solves them anew.
Source: G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, 2017, https://arxiv.org/abs/1706.02515
"""

import torch
from torch import Tensor

from .inputs import need_floating
from .precision import rounded_once

ALPHA = 1.6732632423543772  # four digits of it would be wrong by 1e-5 and drift apart from torch
SCALE = 1.0507009873554805


@rounded_once
def selu(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = s x where x > 0, else s alpha (exp(x) - 1), with s = 1.0507... and alpha = 1.6732..."""
    need_floating(x)
    below = torch.where(x > 0, 0, x)  # exp of what is not needed would overflow
    return torch.where(x > 0, SCALE * x, SCALE * ALPHA * torch.expm1(below)), (x,)


@rounded_once
def selu_backward(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    """dx = s dy where x > 0, else s alpha exp(x) dy; at x = 0 we take s alpha, as torch does."""
    below = torch.where(x > 0, 0, x)
    return (dy * torch.where(x > 0, SCALE, SCALE * ALPHA * torch.exp(below)),)


kinks = {"selu": {0.0: SCALE * ALPHA}}  # rule -> {x: the subgradient that we take there}
