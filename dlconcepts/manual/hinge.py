"""The hinge loss for several classes: the true class must lead every other by a margin.

Shapes: z (..., B, K) scores, y (..., B) class numbers, loss (...), or (..., B) for reduction "none".
Source: J. Weston, C. Watkins, 1998, "Multi-class support vector machines"; divided by K, as torch's multi_margin_loss.
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape, per_model
from .precision import rounded_once
from .reduction import reduced, spread
from .targets import need_batch, need_classes, onehot


@rounded_once
def hinge(
    z: Tensor, y: Tensor, margin: float | Tensor = 1.0, reduction: str = "mean"
) -> tuple[Tensor, tuple[Tensor, Tensor, str]]:
    """The mean over the batch of (1/K) sum over k != y of max(0, margin - z_y + z_k). margin may differ per model.

    NaN stays NaN; torch's multi_margin_loss counts a NaN score as 0.
    """
    need_floating(z)
    need_batch(z)
    need_same_shape(z_models_and_batch=z.shape[:-1], y=y.shape)
    need_classes(y, z.shape[-1])
    lead = z.gather(-1, y.unsqueeze(-1)) - z  # (..., B, K)
    missing = torch.where(onehot(y, z) > 0, 0, (per_model(margin, z) - lead).relu())
    return reduced(missing.mean(-1), reduction, dims=1), (missing, y, reduction)


@rounded_once
def hinge_backward(dloss: Tensor, missing: Tensor, y: Tensor, reduction: str) -> tuple[Tensor]:
    """dz = dloss / (B K) at every class that the true one does not lead by the margin, and minus their sum at y.

    At the margin itself the slope is 0, as in multi_margin_loss of every torch.
    """
    within = missing.ceil().clamp_max(1)  # 1 where something is missing, else 0; NaN stays NaN
    slope = within - onehot(y, missing) * within.sum(-1, keepdim=True)
    share = spread(dloss, y.shape, reduction, dims=1).unsqueeze(-1)  # (..., B, 1) or (..., 1, 1)
    return (share * slope / missing.shape[-1],)
