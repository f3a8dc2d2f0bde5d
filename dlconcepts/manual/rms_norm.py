"""RMSNorm: layer norm without its mean: each example is divided by the root of its mean square, then scaled.

Shapes: x (..., B, C), gamma (..., C); per example a mean square ms and r (..., B, 1).
The mean, which layer norm takes away, stays, and there is no shift beta: the authors found networks to learn as well
without them.
Source: B. Zhang, R. Sennrich, 2019, "Root mean square layer normalization", https://arxiv.org/abs/1910.07467
"""

import torch
from torch import Tensor

from .inputs import need_same_shape, per_model
from .linear import need_rows
from .precision import rounded_once

Number = float | Tensor


@rounded_once
def rms_norm(x: Tensor, gamma: Tensor, eps: Number | None = None) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    """y = gamma x / sqrt(ms + eps), ms the mean of the C squares x^2 of an example.

    eps stands inside the root. None is the precision's own rounding, 2.2e-16 in float64, as in torch; most networks
    say 1e-5 or 1e-6. Raises ValueError where gamma is not (..., C).
    """
    need_rows(x)
    need_same_shape(x_models_and_features=x.shape[:-2] + x.shape[-1:], gamma=gamma.shape)
    ms = x.square().mean(-1, keepdim=True)  # (..., B, 1)
    r = (ms + per_model(torch.finfo(x.dtype).eps if eps is None else eps, ms)).rsqrt()
    return gamma.unsqueeze(-2) * (x * r), (x, gamma, r)


@rounded_once
def rms_norm_backward(dy: Tensor, x: Tensor, gamma: Tensor, r: Tensor) -> tuple[Tensor, Tensor]:
    """dx = r (dxhat - xhat mean(dxhat xhat)) with xhat = r x and dxhat = dy gamma; dgamma = dy xhat, over the batch.

    r = (mean(x^2) + eps)^(-1/2), so a change of x moves r by -r^3 mean(x dx): the second term. There is no third, as
    in layer norm, since no mean was subtracted.
    """
    xhat, dxhat = x * r, dy * gamma.unsqueeze(-2)
    dx = r * (dxhat - xhat * (dxhat * xhat).mean(-1, keepdim=True))
    return dx, (dy * xhat).sum(-2)
