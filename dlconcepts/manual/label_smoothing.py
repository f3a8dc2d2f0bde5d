"""Label smoothing's other convention: what the true class gives up goes to the other classes alone.

Shapes: z (..., B, K) logits, y (..., B) class numbers, shares q (..., B, K), loss (...), or (..., B) for "none".
`cross_entropy` has the first convention, its author's: e is spread over all K classes, the true one keeps
1 - e + e / K. Here it keeps 1 - e and each other one gets e / (K - 1): e is the probability that the label is wrong.
Smoothing e here is smoothing e K / (K - 1) there, so that e = 0.1 is milder by a K-th in the first convention.
Sources: C. Szegedy et al., 2016, https://arxiv.org/abs/1512.00567; over the others, A. Vaswani et al., 2017,
https://arxiv.org/abs/1706.03762, in its code
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .number import FRACTION, need_range, number
from .precision import rounded_once
from .reduction import reduced, spread
from .softmax import log_softmax
from .targets import need_batch, need_classes, onehot


@rounded_once
def smoothed_cross_entropy(
    z: Tensor, y: Tensor, label_smoothing: float | Tensor = 0.0, reduction: str = "mean"
) -> tuple[Tensor, tuple[Tensor, Tensor, str]]:
    """The mean over the batch of -sum_k q_k log p_k, q = 1 - e at the true class, e / (K - 1) at each other one.

    A class without a share is left out: 0 times a log p of -inf would be NaN. label_smoothing e may differ per model.
    Raises ValueError for an e outside [0, 1], and for K = 1, where there is no other class.
    """
    need_floating(z)
    need_batch(z)
    need_same_shape(z_models_and_batch=z.shape[:-1], y=y.shape)
    need_classes(y, z.shape[-1])
    need_range(FRACTION, label_smoothing=label_smoothing)
    others = z.shape[-1] - 1
    if others < 1:
        raise ValueError(f"smoothing over the other classes needs at least 2, got {z.shape[-1]}")
    true, e = onehot(y, z), number(label_smoothing, z)
    q = (1 - e) * true + e / others * (1 - true)
    logp, _ = log_softmax(z)
    losses = 0 - torch.where(q > 0, q * logp, 0).sum(-1)  # 0 - and not -: no -0.0
    return reduced(losses, reduction, dims=1), (logp, q, reduction)


@rounded_once
def smoothed_cross_entropy_backward(dloss: Tensor, logp: Tensor, q: Tensor, reduction: str) -> tuple[Tensor]:
    """dz = dloss (p - q) / B: as without smoothing, with the shares q in the one-hot target's place."""
    return (spread(dloss, q.shape[:-1], reduction, dims=1).unsqueeze(-1) * (logp.exp() - q),)
