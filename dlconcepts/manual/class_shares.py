"""Cross-entropy with constants: each class has a share of the target, not one class all of it.

Shapes: z (..., B, K) logits, y (..., B) class numbers or (..., B, K) probabilities, shares q (..., B, K),
weight (K,) or (..., K), loss (...), or (..., B) for reduction "none".
Source: label smoothing, C. Szegedy et al., 2016, https://arxiv.org/abs/1512.00567
"""

import torch
from torch import Tensor

from .inputs import need_same_shape, per_model
from .reduction import reduced
from .softmax import log_softmax
from .targets import need_classes, need_same_dtype, onehot, per_class


def shares_cross_entropy(
    z: Tensor,
    y: Tensor,
    weight: Tensor | None,
    ignore_index: int | None,
    label_smoothing: float | Tensor | None,
    reduction: str,
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The loss sum_k q_k (-log p_k), where q holds what all the constants make of the target.

    weight: what each class counts; the mean divides by the sum of the targets' weights (by B for probabilities).
    ignore_index: examples with this class number count nothing, not even in the mean. torch ignores -100 unasked.
    label_smoothing: this part of the target is spread evenly over all K classes, the true one too; one number or one
    per model. Raises ValueError for one outside [0, 1], and for ignore_index with probabilities, as torch does.
    """
    logp, _ = log_softmax(z)
    w = torch.ones_like(logp) if weight is None else per_class("weight", weight, z).expand(logp.shape)
    e = smoothing(label_smoothing, z)
    if y.is_floating_point():
        need_no_index(ignore_index)
        ignored = y.new_zeros(y.shape[:-1], dtype=torch.bool)
        losses, q, counts = towards_probabilities(logp, y, w, e)
    else:
        ignored = torch.zeros_like(y, dtype=torch.bool) if ignore_index is None else y == ignore_index
        losses, q, counts = towards_classes(logp, torch.where(ignored, 0, y), w, e)
    return without_ignored(losses, q, counts, ignored, reduction, logp)


def shares_cross_entropy_backward(dloss: Tensor, logp: Tensor, q: Tensor) -> tuple[Tensor]:
    """dz = dloss (p sum_k q_k - q), where q holds the mean's denominator already.

    -log p_k = log(sum_j exp z_j) - z_k: by z_j the first term's slope is p_j, and it stands there sum_k q_k times.
    """
    dz = logp.exp() * q.sum(-1, keepdim=True) - q
    return (dz * dloss[(..., *[None] * (dz.ndim - dloss.ndim))],)  # dloss is (...), or (..., B) for "none"


def without_ignored(
    losses: Tensor, q: Tensor, counts: Tensor, ignored: Tensor, reduction: str, logp: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The reduced loss of the examples that are not ignored, and what the backward needs: log p and final shares."""
    losses, counts = torch.where(ignored, 0, losses), torch.where(ignored, 0, counts)
    if reduction == "mean":
        total = counts.sum(-1)
        total = torch.where(total == 0, torch.nan, total)  # nobody counts: no mean, even where smoothing left a loss
        loss, q = losses.sum(-1) / total, q / total[..., None, None]
    else:
        loss = reduced(losses, reduction, dims=1)
    return loss, (logp, torch.where(ignored.unsqueeze(-1), 0, q))  # last: with all ignored there is no mean, dz is 0


def towards_probabilities(logp: Tensor, t: Tensor, w: Tensor, e: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Losses (..., B), shares, and what each example counts in the mean, 1, for targets that give probabilities."""
    need_same_dtype(z=logp, y=t)
    need_same_shape(z=logp.shape, y=t.shape)
    q = w * ((1 - e) * t + e / t.shape[-1])
    losses = -(q * logp).sum(-1)
    return losses, q, torch.ones_like(losses)


def towards_classes(logp: Tensor, y: Tensor, w: Tensor, e: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Losses (..., B), shares, and what each example counts in the mean, its class's weight, for class numbers.

    Without smoothing the other classes are left out, not multiplied by 0: 0 times log p = -inf is NaN.
    """
    need_same_shape(z_models_and_batch=logp.shape[:-1], y=y.shape)
    need_classes(y, logp.shape[-1])
    true, costs = y.unsqueeze(-1), -w * logp
    even = torch.where(e > 0, e * costs.mean(-1, keepdim=True), 0)  # (..., B, 1)
    losses = (1 - e) * costs.gather(-1, true) + even
    q = w * ((1 - e) * onehot(y, logp) + e / logp.shape[-1])
    return losses.squeeze(-1), q, w.gather(-1, true).squeeze(-1)


def smoothing(e: float | Tensor | None, z: Tensor) -> Tensor:
    """Label smoothing shaped for z, 0 if there is none. Raises ValueError outside [0, 1]."""
    e = torch.as_tensor(0 if e is None else e, dtype=z.dtype, device=z.device)
    if not ((e >= 0) & (e <= 1)).all():
        raise ValueError(f"label_smoothing must be from 0 to 1, got {e.tolist()}")
    return torch.as_tensor(per_model(e, z))  # one already; says so to type checkers


def need_no_index(ignore_index: int | None) -> None:
    """Raises ValueError for a class to ignore where targets are probabilities, which name no class."""
    if ignore_index is not None:
        raise ValueError(f"ignore_index {ignore_index} needs class numbers, got probabilities")
