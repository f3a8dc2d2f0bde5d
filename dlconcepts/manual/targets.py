"""What a loss is told besides the network's output: class numbers, probabilities, weights of classes.

Shapes: z (..., B, K) outputs, y (..., B) class numbers, t (..., B, K) numbers, weight (K,) or one per model (..., K).
"""

import torch
from torch import Tensor

from .inputs import seen


def need_batch(z: Tensor) -> None:
    """Raises ValueError for an output without a batch and outputs of its own: the two last dimensions."""
    if z.ndim < 2:
        raise ValueError(
            f"expected an output (..., B, K), got {tuple(z.shape)}; one example becomes a batch by z[None]"
        )


def need_classes(y: Tensor, K: int) -> None:
    """Raises for targets that are not class numbers from 0 to K - 1."""
    if y.dtype != torch.int64:
        raise TypeError(f"expected class numbers as int64, got {y.dtype}; convert them with y.long()")
    if extremes := seen(y):
        low, high = map(int, extremes)
        if not 0 <= low <= high < K:
            raise ValueError(f"classes must be from 0 to {K - 1}, got {low} to {high}")


def need_same_dtype(**tensors: Tensor) -> None:
    """Raises TypeError, naming both, unless all have one dtype: the loss would silently get the wider one."""
    (first, expected), *others = tensors.items()
    for name, tensor in others:
        if tensor.dtype != expected.dtype:
            raise TypeError(f"{first} is {expected.dtype} and {name} {tensor.dtype}; convert: {name}.to({first}.dtype)")


def need_probabilities(**tensors: Tensor) -> None:
    """Raises ValueError for a finite number outside [0, 1], such as a logit given as a probability.

    What is not finite passes and makes the loss NaN: one diverged model of a stack must not stop the others.
    """
    for name, tensor in tensors.items():
        finite = tensor.isfinite()
        if not all(0 <= extreme <= 1 for extreme in seen(tensor.where(finite, 0))):
            low, high = seen(tensor[finite])
            raise ValueError(f"{name} must be probabilities from 0 to 1, got {low:g} to {high:g}")


def onehot(y: Tensor, like: Tensor) -> Tensor:
    """1 at the class, 0 elsewhere: y (..., B) as a tensor with the shape and dtype of `like` (..., B, K)."""
    return torch.zeros_like(like).scatter(-1, y.unsqueeze(-1), 1)


def per_class(name: str, weight: Tensor, z: Tensor) -> Tensor:
    """One weight per class (K,), or per model and class (..., K), shaped to multiply z.

    Raises ValueError for another shape: (B,) or (B, K) would broadcast without a word.
    """
    need_same_dtype(**{"z": z, name: weight})
    shared, own = tuple(z.shape[-1:]), tuple(z.shape[:-2] + z.shape[-1:])
    if tuple(weight.shape) not in (shared, own):
        raise ValueError(f"{name} must be (K,) = {shared} or (..., K) = {own}, got {tuple(weight.shape)}")
    return weight.unsqueeze(-2)
