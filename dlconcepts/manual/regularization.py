"""Regularization by penalties: a price on large weights, so that the network keeps only what pays for itself.

Shapes: W (..., I, O) or any weights whose last `rank` dimensions are one model's own; penalty (...), one number per
model; lam, alpha, lr, wd: one number for all or one per model (...).
Sources: L2, A. E. Hoerl, R. W. Kennard, 1970, https://doi.org/10.1080/00401706.1970.10488634; L1, R. Tibshirani,
1996, https://doi.org/10.1111/j.2517-6161.1996.tb02080.x; both, H. Zou, T. Hastie, 2005,
https://doi.org/10.1111/j.1467-9868.2005.00503.x; decoupled decay, I. Loshchilov, F. Hutter, 2019,
https://arxiv.org/abs/1711.05101
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape, per_model, seen
from .precision import rounded_once

Number = float | Tensor


@rounded_once
def l1_penalty(W: Tensor, lam: Number, rank: int = 2) -> tuple[Tensor, tuple[Tensor, Number]]:
    """lam sum |w|: pulls every weight to 0 with the same force. Raises ValueError for lam below 0."""
    total = over_weights(W.abs(), rank)
    need_not_negative(lam=lam)
    return per_model(lam, total) * total, (W, lam)


@rounded_once
def l1_penalty_backward(dpenalty: Tensor, W: Tensor, lam: Number) -> tuple[Tensor]:
    """dW = dpenalty lam sign(w); at w = 0 we take 0, as torch does. NaN stays NaN; its sign would be 0."""
    return (per_model(dpenalty * per_model(lam, dpenalty), W) * torch.where(W.isnan(), W, W.sign()),)


@rounded_once
def l2_penalty(W: Tensor, lam: Number, rank: int = 2) -> tuple[Tensor, tuple[Tensor, Number]]:
    """lam / 2 sum w^2, whose gradient is torch's weight_decay=lam. Raises ValueError for lam below 0."""
    total = over_weights(W.square(), rank)
    need_not_negative(lam=lam)
    return per_model(lam, total) / 2 * total, (W, lam)


@rounded_once
def l2_penalty_backward(dpenalty: Tensor, W: Tensor, lam: Number) -> tuple[Tensor]:
    """dW = dpenalty lam w: the 1/2 meets the 2 of the square. Pulls a weight the harder the larger it is."""
    return (per_model(dpenalty * per_model(lam, dpenalty), W) * W,)


@rounded_once
def elastic_net_penalty(
    W: Tensor, alpha: Number, l1_ratio: Number, rank: int = 2
) -> tuple[Tensor, tuple[Tensor, Number, Number]]:
    """alpha l1_ratio sum |w| + alpha (1 - l1_ratio) / 2 sum w^2, parametrized as scikit-learn's ElasticNet.

    Raises ValueError for alpha below 0 and l1_ratio outside [0, 1].
    """
    need_not_negative(alpha=alpha, l1_ratio=l1_ratio, **{"1 - l1_ratio": 1 - l1_ratio})
    l1, _ = l1_penalty(W, alpha * l1_ratio, rank)
    l2, _ = l2_penalty(W, alpha * (1 - l1_ratio), rank)
    return l1 + l2, (W, alpha, l1_ratio)


@rounded_once
def elastic_net_penalty_backward(dpenalty: Tensor, W: Tensor, alpha: Number, l1_ratio: Number) -> tuple[Tensor]:
    """dW = dpenalty alpha (l1_ratio sign(w) + (1 - l1_ratio) w)"""
    (from_l1,) = l1_penalty_backward(dpenalty, W, alpha * l1_ratio)
    (from_l2,) = l2_penalty_backward(dpenalty, W, alpha * (1 - l1_ratio))
    return (from_l1 + from_l2,)


def over_weights(price: Tensor, rank: int) -> Tensor:
    """Each model's sum over its own weights, the last `rank` dimensions: (...)."""
    need_floating(price)
    if not 1 <= rank <= price.ndim:
        raise ValueError(f"rank {rank} must be from 1 to the weights' {price.ndim} dimensions {tuple(price.shape)}")
    return price.sum(tuple(range(-rank, 0)))


def need_not_negative(**numbers: Number) -> None:
    """Raises ValueError, naming the number, for anything below 0 or NaN."""
    for name, value in numbers.items():
        if not all(extreme >= 0 for extreme in seen(value)):
            raise ValueError(f"{name} must be at least 0, got {value}")


@rounded_once
def soft_threshold(W: Tensor, threshold: Number) -> Tensor:
    """sign(w) max(|w| - threshold, 0): the step for an L1 penalty that does reach 0 exactly.

    A gradient step by lam sign(w) jumps to and fro across 0. Instead take the step without the penalty, W - lr dW,
    and then the w that minimizes (w - W)^2 / 2 + lr lam |w|: this function with threshold = lr lam.
    Raises ValueError for a threshold below 0.
    """
    need_floating(W)
    need_not_negative(threshold=threshold)
    return W.sign() * (W.abs() - per_model(threshold, W)).clamp_min(0)


@rounded_once
def weight_decay(p: Tensor, dp: Tensor, wd: Number) -> Tensor:
    """dp + wd p, the gradient with the L2 penalty's added: what `weight_decay` means in torch's SGD and Adam."""
    need_same_shape(p=p.shape, dp=dp.shape)
    need_not_negative(wd=wd)
    return dp + per_model(wd, p) * p


@rounded_once
def decoupled_weight_decay(p: Tensor, lr: Number, wd: Number) -> Tensor:
    """p (1 - lr wd), taken before the step, which then does not see the decay: what it means in torch's AdamW.

    Under plain SGD both are the same step; under Adam the coupled one is divided by the gradient's size.
    """
    need_not_negative(lr=lr, wd=wd)
    return p * per_model(1 - lr * wd, p)
