"""Hard sigmoid and hardswish: sigmoid and SiLU made of straight lines, for machines where exp is dear.

Shapes: x (...), y (...), any shape: each entry by itself.
Both bend at -3 and 3. There we take the slope of the outer side, as torch does; `kinks` lists them.
Sources: hard sigmoid, M. Courbariaux, Y. Bengio, J.-P. David, 2015, https://arxiv.org/abs/1511.00363, here with the
slope 1/6 of A. Howard et al., 2019, "Searching for MobileNetV3", https://arxiv.org/abs/1905.02244; hardswish, ibid.
"""

import torch
from torch import Tensor

from .inputs import need_floating
from .precision import rounded_once


@rounded_once
def hard_sigmoid(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = (x + 3) / 6 between -3 and 3, 0 below and 1 above: a sigmoid of three straight lines. NaN stays NaN."""
    need_floating(x)
    return torch.where(x <= -3, 0, torch.where(x >= 3, 1, (x + 3) / 6)), (x,)


@rounded_once
def hard_sigmoid_backward(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    """dx = dy / 6 between -3 and 3, else 0, at the bounds too. (torch's 1/6 has the digits of float32.)"""
    return (torch.where((x <= -3) | (x >= 3), 0, dy / 6),)


@rounded_once
def hardswish(x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
    """y = x hard_sigmoid(x): 0 up to -3, x from 3 on, a parabola between."""
    y, _ = hard_sigmoid(x)
    return x * y, (x,)


@rounded_once
def hardswish_backward(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    """dx = dy (2 x + 3) / 6 between -3 and 3, by the product rule; 0 from -3 down and dy from 3 up, bounds included."""
    inside = torch.where(x >= 3, dy, dy * ((2 * x + 3) / 6))
    return (torch.where(x <= -3, 0, inside),)


kinks = {"hard sigmoid": {-3.0: 0.0, 3.0: 0.0}, "hardswish": {-3.0: 0.0, 3.0: 1.0}}
