"""Muon: momentum whose step is made nearly orthogonal, so that it changes a matrix in all directions alike.

Shapes: p and dp (..., I, O), matrices; numbers such as lr are one for all or one per model (...).
For the weights of linear layers alone: biases, scales and kernels are left to AdamW.
Sources: K. Jordan et al., 2024, "Muon: an optimizer for hidden layers in neural networks",
https://kellerjordan.github.io/posts/muon/; the step's size, J. Liu et al., 2025, https://arxiv.org/abs/2502.16982.
torch.optim.Muon computes the orthogonalization in bfloat16, we in p's own precision.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .number import BELOW_ONE, NOT_NEGATIVE, need_range, number
from .precision import rounded_once, wide

A, B, C = 3.4445, -4.7750, 2.0315  # the authors': small singular values grow fast, and none leaves 0.7 to 1.2
ROUNDS = 5
SMALLEST = 1e-7  # what a gradient of zeros is divided by


class MuonState(NamedTuple):
    """The running mean of dp."""

    m: Tensor


def muon_init(p: Tensor) -> MuonState:
    """The mean starts at 0 and is not corrected for it: the step's size does not depend on the mean's."""
    return MuonState(torch.zeros_like(wide(p)))


@rounded_once
def muon(
    p: Tensor,
    dp: Tensor,
    state: MuonState,
    lr: float | Tensor = 1e-3,
    momentum: float | Tensor = 0.95,
    weight_decay: float | Tensor = 0.1,
    nesterov: bool = True,
    adjust_lr_fn: str = "match_rms_adamw",
) -> tuple[Tensor, MuonState]:
    """p (1 - lr weight_decay) - lr size orthogonal(m), m = momentum m + (1 - momentum) dp

    nesterov: of momentum m + (1 - momentum) dp once more, the mean that comes next. adjust_lr_fn: see `step_size`.
    torch's default there is "original"; ours suits the learning rate of the AdamW beside it.
    Raises ValueError where p is no matrix.
    """
    need_range(NOT_NEGATIVE, lr=lr, weight_decay=weight_decay)
    need_range(BELOW_ONE, momentum=momentum)
    need_matrices(p, dp)
    m = state.m.lerp(dp, number(1 - momentum, p))
    ahead = dp.lerp(m, number(momentum, p)) if nesterov else m
    shrunk = p * (1 - number(lr, p) * number(weight_decay, p))
    return shrunk - number(lr, p) * (step_size(p.shape, adjust_lr_fn) * orthogonal(ahead)), MuonState(m)


def need_matrices(p: Tensor, dp: Tensor) -> None:
    """Raises unless p and dp are floating-point matrices (..., I, O) of one shape."""
    need_floating(p)
    need_floating(dp)
    need_same_shape(p=p.shape, dp=dp.shape)
    if p.ndim < 2:
        raise ValueError(f"Muon changes matrices (..., I, O), got {tuple(p.shape)}; leave the others to AdamW")


def orthogonal(G: Tensor) -> Tensor:
    """U V^T of G = U S V^T, nearly: five rounds of a polynomial that brings all singular values near 1.

    X = G / ||G|| has singular values from 0 to 1. A round, X = A X + B (X X^T) X + C (X X^T)^2 X, makes of each s
    A s + B s^3 + C s^5 and leaves U and V as they are: no decomposition is needed. Products of the shorter side.
    """
    X = G.mT if G.shape[-2] > G.shape[-1] else G
    X = X / torch.linalg.matrix_norm(X, keepdim=True).clamp_min(SMALLEST)
    for _ in range(ROUNDS):
        gram = X @ X.mT
        X = A * X + (B * gram + C * gram @ gram) @ X
    return X.mT if G.shape[-2] > G.shape[-1] else X


def step_size(shape: torch.Size, adjust_lr_fn: str) -> float:
    """By what the orthogonal step is multiplied, for W (I, O).

    "match_rms_adamw": 0.2 sqrt(max(I, O)), whose entries are about as large as those of AdamW's steps.
    "original": sqrt(max(1, O / I)), the authors'. Raises ValueError for another word.
    """
    I, O = shape[-2:]
    sizes = {"match_rms_adamw": 0.2 * max(I, O) ** 0.5, "original": max(1, O / max(I, 1)) ** 0.5}
    if adjust_lr_fn not in sizes:
        raise ValueError(f"adjust_lr_fn must be one of {', '.join(sizes)}, got {adjust_lr_fn}")
    return sizes[adjust_lr_fn]
