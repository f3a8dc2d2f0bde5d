"""Losses: how wrong the network's output is, one number per model.

Shapes: z (..., B, K) logits, y (..., B) class numbers, loss (...).
Source: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from .rule import Rule, Sample, need_floating, need_same_shape, normal, one_by_one


def cross_entropy(z: Tensor, y: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The mean over the batch of -log p[y], where p = softmax(z). In nats.

    Raises ValueError where z and y differ in models or batch, and where a class is not among the K.
    """
    need_floating(z)
    need_same_shape(z_models_and_batch=z.shape[:-1], y=y.shape)
    need_classes(y, z.shape[-1])
    logp = log_softmax(z)
    picked = logp.gather(-1, y.unsqueeze(-1)).squeeze(-1)  # (..., B)
    return -picked.mean(-1), (logp, y)


def cross_entropy_backward(dloss: Tensor, logp: Tensor, y: Tensor) -> tuple[Tensor]:
    """dz = dloss (p - onehot(y)) / B

    loss_n = log(sum_k exp z_k) - z_y: the first term's slope is exp z_k / sum = p_k, the second's -1 at k = y.
    """
    B = logp.shape[-2]
    p = logp.exp()
    p_minus_onehot = p.scatter_add(-1, y.unsqueeze(-1), p.new_tensor(-1).expand(y.shape).unsqueeze(-1))
    return (p_minus_onehot * (dloss / B)[..., None, None],)


def log_softmax(z: Tensor) -> Tensor:
    """log softmax(z) without overflow: the largest logit is subtracted first."""
    z = z - z.amax(-1, keepdim=True)
    return z - z.exp().sum(-1, keepdim=True).log()


def need_classes(y: Tensor, K: int) -> None:
    """Raises for targets that are not class numbers from 0 to K - 1."""
    if y.dtype != torch.int64:
        raise TypeError(f"expected class numbers as int64, got {y.dtype}; convert them with y.long()")
    if y.numel() and not 0 <= int(y.min()) <= int(y.max()) < K:
        raise ValueError(f"classes must be from 0 to {K - 1}, got {int(y.min())} to {int(y.max())}")


def cross_entropy_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    for B, K, scale in [(4, 3, 1.0), (1, 5, 10.0), (5, 2, 100.0)]:
        y = torch.randint(K, (*lead, B), generator=generator)
        yield Sample((scale * normal((*lead, B, K), generator), y))
    yield Sample((torch.zeros(*lead, 2, 4, dtype=torch.float64), torch.ones(*lead, 2, dtype=torch.int64)))


rules = {
    "cross-entropy": Rule(
        cross_entropy,
        cross_entropy_backward,
        one_by_one(functional.cross_entropy, rank=2),
        cross_entropy_samples,
    ),
}
