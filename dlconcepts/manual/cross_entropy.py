"""Cross-entropy: how surprised the network is by the true class.

Shapes: z (..., B, K) logits, y (..., B) class numbers or (..., B, K) probabilities, weight (K,) or (..., K),
loss (...), or (..., B) for reduction "none".
Sources: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4;
label smoothing, C. Szegedy et al., 2016, https://arxiv.org/abs/1512.00567
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from .reduction import reduced
from .rule import Rule, Sample, need_floating, need_same_shape, normal, one_by_one, per_model
from .softmax import log_softmax
from .targets import need_batch, need_classes, need_same_dtype, onehot, per_class


def cross_entropy(
    z: Tensor,
    y: Tensor,
    weight: Tensor | None = None,
    ignore_index: int | None = None,
    label_smoothing: float | Tensor | None = None,
    reduction: str = "mean",
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The mean over the batch of -log p[y], where p = softmax(z). In nats. Any constant: see `with_shares`.

    Raises ValueError where z and y differ in models or batch, and where a class is not among the K.
    """
    need_floating(z)
    need_batch(z)
    if y.is_floating_point() or reduction != "mean" or not (weight is ignore_index is label_smoothing is None):
        return with_shares(z, y, weight, ignore_index, label_smoothing, reduction)
    need_same_shape(z_models_and_batch=z.shape[:-1], y=y.shape)
    need_classes(y, z.shape[-1])
    logp, _ = log_softmax(z)
    picked = logp.gather(-1, y.unsqueeze(-1)).squeeze(-1)  # (..., B)
    return -picked.mean(-1), (logp, y)


def cross_entropy_backward(dloss: Tensor, logp: Tensor, y: Tensor) -> tuple[Tensor]:
    """dz = dloss (p - onehot(y)) / B, or dloss (p sum_k q_k - q) where y holds the classes' shares q.

    loss_n = log(sum_k exp z_k) - z_y: the first term's slope is exp z_k / sum = p_k, the second's -1 at k = y.
    """
    p = logp.exp()
    if y.is_floating_point():
        dz = p * y.sum(-1, keepdim=True) - y
        return (dz * dloss[(..., *[None] * (dz.ndim - dloss.ndim))],)
    B = logp.shape[-2]
    p_minus_onehot = p.scatter_add(-1, y.unsqueeze(-1), p.new_tensor(-1).expand(y.shape).unsqueeze(-1))
    return (p_minus_onehot * (dloss / B)[..., None, None],)


def with_shares(
    z: Tensor,
    y: Tensor,
    weight: Tensor | None,
    ignore_index: int | None,
    label_smoothing: float | Tensor | None,
    reduction: str,
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The loss as sum_k q_k (-log p_k), where q holds each class's share: saved in y's place, it is all backward needs.

    weight: what each class counts; the mean divides by the sum of the targets' weights (by B for probabilities).
    ignore_index: examples with this class number count nothing, not even in the mean. torch ignores -100 unasked.
    label_smoothing: this part of the target is spread evenly over all K classes, the true one too; one number or one
    per model. Raises ValueError for one outside [0, 1], and for ignore_index with probabilities, as torch does.
    """
    logp, _ = log_softmax(z)
    w = logp.new_ones(1) if weight is None else per_class("weight", weight, z)
    w = w.expand(logp.shape)
    e = smoothing(label_smoothing, z)
    if y.is_floating_point():
        losses, q = towards_probabilities(logp, y, w, e, ignore_index)
        ignored, counts = torch.zeros_like(losses, dtype=torch.bool), torch.ones_like(losses)
    else:
        ignored = torch.zeros_like(y, dtype=torch.bool) if ignore_index is None else y == ignore_index
        losses, q, counts = towards_classes(logp, torch.where(ignored, 0, y), w, e)
    losses, counts = torch.where(ignored, 0, losses), torch.where(ignored, 0, counts)
    loss = reduced(losses, "sum" if reduction == "mean" else reduction, dims=1)
    if reduction == "mean":
        total = counts.sum(-1)
        total = torch.where(total == 0, torch.nan, total)  # nobody counts: no mean, even where smoothing left a loss
        loss, q = loss / total, q / total[..., None, None]
    return loss, (logp, torch.where(ignored.unsqueeze(-1), 0, q))  # last: with all ignored the mean is 0/0, dz is 0


def smoothing(e: float | Tensor | None, z: Tensor) -> Tensor:
    """Label smoothing shaped for z, 0 if there is none. Raises ValueError outside [0, 1]."""
    e = torch.as_tensor(0 if e is None else e, dtype=z.dtype, device=z.device)
    if not ((e >= 0) & (e <= 1)).all():
        raise ValueError(f"label_smoothing must be from 0 to 1, got {e.tolist()}")
    return per_model(e, z)


def towards_probabilities(logp: Tensor, t: Tensor, w: Tensor, e: Tensor, ignore_index: int | None):
    """The losses (..., B) and shares for targets that give every class a probability."""
    if ignore_index is not None:
        raise ValueError(f"ignore_index {ignore_index} needs class numbers, got probabilities {t.dtype}")
    need_same_dtype(z=logp, y=t)
    need_same_shape(z=logp.shape, y=t.shape)
    q = w * ((1 - e) * t + e / t.shape[-1])
    return -(q * logp).sum(-1), q


def towards_classes(logp: Tensor, y: Tensor, w: Tensor, e: Tensor):
    """The losses (..., B), the shares and the targets' weights (..., B) for class numbers.

    Classes without a share are left out, not multiplied by it: 0 times log p = -inf is NaN.
    """
    need_same_shape(z_models_and_batch=logp.shape[:-1], y=y.shape)
    need_classes(y, logp.shape[-1])
    true, minus_wlogp = y.unsqueeze(-1), -w * logp
    even = torch.where(e > 0, e * minus_wlogp.mean(-1, keepdim=True), 0)  # (..., B, 1)
    losses = (1 - e) * minus_wlogp.gather(-1, true) + even
    q = w * ((1 - e) * onehot(y, logp) + e / logp.shape[-1])
    return losses.squeeze(-1), q, w.gather(-1, true).squeeze(-1)


def cross_entropy_samples(lead: tuple[int, ...], generator: torch.Generator) -> Iterator[Sample]:
    def classes(B: int, K: int) -> Tensor:
        return torch.randint(K, (*lead, B), generator=generator)

    def weights(K: int) -> Tensor:
        return 0.5 + torch.rand((*lead, K), generator=generator, dtype=torch.float64)

    for B, K, scale in [(4, 3, 1.0), (1, 5, 10.0), (5, 2, 100.0)]:
        yield Sample((scale * normal((*lead, B, K), generator), classes(B, K)))
    yield Sample((torch.zeros(*lead, 2, 4, dtype=torch.float64), torch.ones(*lead, 2, dtype=torch.int64)))
    z, y, e = normal((*lead, 4, 3), generator), classes(4, 3), torch.rand(lead, generator=generator).double()
    with_ignored = torch.cat([torch.full_like(y[..., :1], -1), y[..., 1:]], -1)
    yield Sample((z, with_ignored), {"weight": weights(3), "ignore_index": -1, "label_smoothing": e})
    yield Sample((z, y), {"weight": weights(3), "reduction": "sum"})
    yield Sample((z, with_ignored), {"ignore_index": -1, "reduction": "none"})
    yield Sample((z, torch.rand(z.shape, generator=generator, dtype=torch.float64)), {"label_smoothing": e})
    yield Sample((z, torch.softmax(-z, -1)), {"weight": weights(3)})


def torch_cross_entropy(z: Tensor, y: Tensor, **constants) -> Tensor:
    if "label_smoothing" in constants:
        constants["label_smoothing"] = float(constants["label_smoothing"])
    return functional.cross_entropy(z, y, **constants)


rules = {
    "cross-entropy": Rule(
        cross_entropy, cross_entropy_backward, one_by_one(torch_cross_entropy, rank=2), cross_entropy_samples
    ),
}
