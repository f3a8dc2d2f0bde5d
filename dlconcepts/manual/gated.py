"""Gated linear units: one half of the features decides how much of the other half gets through.

Shapes: x (..., 2 H), y (..., H). x = [a, b] along its last axis, usually two products x W and x V side by side;
b is the gate, as in torch.nn.functional.glu.
Sources: GLU, Y. N. Dauphin, A. Fan, M. Auli, D. Grangier, 2016, https://arxiv.org/abs/1612.08083;
SwiGLU, N. Shazeer, 2020, "GLU variants improve transformer", https://arxiv.org/abs/2002.05202
"""

import torch
from torch import Tensor

from .inputs import need_floating
from .precision import rounded_once


def halves(x: Tensor) -> tuple[Tensor, Tensor]:
    """a and b, the first and the second half of the features. Raises ValueError where their number is odd."""
    need_floating(x)
    if x.ndim < 1 or x.shape[-1] % 2:
        raise ValueError(f"expected x (..., 2 H), an even number of features, got {tuple(x.shape)}")
    a, b = x.unflatten(-1, (2, x.shape[-1] // 2)).unbind(-2)  # (..., H) each
    return a, b


@rounded_once
def glu(x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """y = a sigmoid(b): the gate b opens from 0 to 1."""
    a, b = halves(x)
    return a * torch.sigmoid(b), (a, b)


@rounded_once
def glu_backward(dy: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor]:
    """dx = [da, db], da = dy s and db = dy a s (1 - s) with s = sigmoid(b); 1 - s is sigmoid(-b), to the last digit."""
    s = torch.sigmoid(b)
    return (torch.cat([dy * s, dy * a * s * torch.sigmoid(-b)], -1),)


@rounded_once
def swiglu(x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """y = a silu(b), silu(b) = b sigmoid(b): a gate that is not bounded by 1."""
    a, b = halves(x)
    return a * b * torch.sigmoid(b), (a, b)


@rounded_once
def swiglu_backward(dy: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor]:
    """dx = [da, db], da = dy b s and db = dy a s (1 + b (1 - s)) with s = sigmoid(b)"""
    s = torch.sigmoid(b)
    return (torch.cat([dy * b * s, dy * a * s * (1 + b * torch.sigmoid(-b))], -1),)
