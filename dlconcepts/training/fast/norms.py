"""Batch norm and layer norm as the fast path has them: what is standardized is remembered, not found again.

Shapes: x (M, C, B), gamma and beta (M, C, 1). The formulas are those of manual/normalization.py, derived there.
Measured on 16 models of 128 features: torch.var_mean alone takes 4 times as long as all that is here.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ...manual.batch_norm import Running
from ...manual.normalization import need_several

EPS = 1e-5  # the rules' own
MOMENTUM = 0.1  # of the running statistics, the rules' own


def standardized(x: Tensor, dim: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """xhat and 1 / s, s = sqrt(var + eps), with mean and biased variance along dim, which is kept."""
    mean = x.mean(dim, keepdim=True)
    centered = x - mean
    var = centered.square().mean(dim, keepdim=True)
    inverse = (var + EPS).rsqrt_()
    return centered.mul_(inverse), inverse, mean, var


class BatchNorm(NamedTuple):
    """Each feature over the batch. running: changed in place, but for the number of batches, which nobody asks."""

    gamma: Tensor
    beta: Tensor
    running: Running

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        B = x.shape[-1]
        need_several(B)
        xhat, inverse, mean, var = standardized(x, -1)
        self.running.mean.lerp_(mean.squeeze(-1), MOMENTUM)
        self.running.var.lerp_(var.squeeze(-1) * (B / (B - 1)), MOMENTUM)
        return (xhat * self.gamma).add_(self.beta), (xhat, inverse)

    def backward(self, dy: Tensor, xhat: Tensor, inverse: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """dx = (dy - mean(dy) - xhat mean(dy xhat)) gamma / s: the means are dbeta / B and dgamma / B."""
        B = dy.shape[-1]
        dgamma, dbeta = (dy * xhat).sum(-1, keepdim=True), dy.sum(-1, keepdim=True)
        dx = torch.addcmul(dy - dbeta / B, xhat, dgamma, value=-1 / B).mul_(inverse * self.gamma)
        return dx, dgamma, dbeta

    def descend(self, change: Tensor, xhat: Tensor, inverse: Tensor, dgamma: Tensor, dbeta: Tensor) -> None:
        self.gamma.add_(dgamma)
        self.beta.add_(dbeta)


class LayerNorm(NamedTuple):
    """Each example over its features."""

    gamma: Tensor
    beta: Tensor

    def forward(self, x: Tensor) -> tuple[Tensor, tuple]:
        xhat, inverse, _, _ = standardized(x, -2)
        return (xhat * self.gamma).add_(self.beta), (xhat, inverse)

    def backward(self, dy: Tensor, xhat: Tensor, inverse: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """dx = (dxhat - mean(dxhat) - xhat mean(dxhat xhat)) / s, dxhat = dy gamma"""
        dxhat = dy * self.gamma
        slope = (dxhat * xhat).mean(-2, keepdim=True)
        dx = torch.addcmul(dxhat - dxhat.mean(-2, keepdim=True), xhat, slope, value=-1).mul_(inverse)
        return dx, (dy * xhat).sum(-1, keepdim=True), dy.sum(-1, keepdim=True)

    def descend(self, change: Tensor, xhat: Tensor, inverse: Tensor, dgamma: Tensor, dbeta: Tensor) -> None:
        self.gamma.add_(dgamma)
        self.beta.add_(dbeta)
