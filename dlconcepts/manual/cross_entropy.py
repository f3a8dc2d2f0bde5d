"""Cross-entropy: how surprised the network is by the true class.

Shapes: z (..., B, K) logits, y (..., B) class numbers or (..., B, K) probabilities, weight (K,) or (..., K),
loss (...), or (..., B) for reduction "none".
Source: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
"""

from torch import Tensor

from .class_shares import shares_cross_entropy, shares_cross_entropy_backward
from .inputs import need_floating, need_same_shape
from .softmax import log_softmax
from .targets import need_batch, need_classes


def cross_entropy(
    z: Tensor,
    y: Tensor,
    weight: Tensor | None = None,
    ignore_index: int | None = None,
    label_smoothing: float | Tensor | None = None,
    reduction: str = "mean",
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The mean over the batch of -log p[y], where p = softmax(z). In nats. With any constant: `class_shares`.

    Raises ValueError where z and y differ in models or batch, and where a class is not among the K.
    """
    need_floating(z)
    need_batch(z)
    plain = weight is None and ignore_index is None and label_smoothing is None
    if y.is_floating_point() or reduction != "mean" or not plain:
        return shares_cross_entropy(z, y, weight, ignore_index, label_smoothing, reduction)
    need_same_shape(z_models_and_batch=z.shape[:-1], y=y.shape)
    need_classes(y, z.shape[-1])
    logp, _ = log_softmax(z)
    picked = logp.gather(-1, y.unsqueeze(-1)).squeeze(-1)  # (..., B)
    return -picked.mean(-1), (logp, y)


def cross_entropy_backward(dloss: Tensor, logp: Tensor, y: Tensor) -> tuple[Tensor]:
    """dz = dloss (p - onehot(y)) / B; where constants left shares in y's place, their own derivative.

    loss_n = log(sum_k exp z_k) - z_y: the first term's slope is exp z_k / sum = p_k, the second's -1 at k = y.
    """
    if y.is_floating_point():
        return shares_cross_entropy_backward(dloss, logp, y)
    B = logp.shape[-2]
    p = logp.exp()
    p_minus_onehot = p.scatter_add(-1, y.unsqueeze(-1), p.new_tensor(-1).expand(y.shape).unsqueeze(-1))
    return (p_minus_onehot * (dloss / B)[..., None, None],)
