"""Metrics of predicted classes: what a classifier gets right, counted. None of them has a useful gradient.

Shapes: predicted and y (..., N) class numbers, C (..., K, K) counts, results (...), or (..., K) for average "none".
Everything but the mean absolute error is counted in whole numbers and divided once, in float64.

The conventions are those of scikit-learn with labels=range(K) and zero_division=0; others differ:

    a class that is ...                here    torchmetrics
    nowhere in y, nowhere predicted    0       left out of the macro average
    in y, never predicted              0 / 0 = 0 is its precision, 0 its recall and F1: the same
    predicted, never in y              0 / 0 = 0 is its recall, 0 its precision and F1: the same

Macro F1 is the mean of the classes' F1, not the F1 of macro precision and macro recall.
Source: C. J. van Rijsbergen, "Information Retrieval", 2nd edition, 1979, chapter 7.
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape

AVERAGES = ("none", "macro", "weighted", "micro")


def need_classes_of(predicted: Tensor, y: Tensor) -> None:
    """Raises TypeError unless both are int64, ValueError where their shapes differ or there is no example."""
    for name, classes in {"predicted": predicted, "y": y}.items():
        if classes.dtype != torch.int64:
            raise TypeError(
                f"{name} must be class numbers, int64, got {classes.dtype}; take scores.argmax(-1) or .long()"
            )
    need_same_shape(predicted=predicted.shape, y=y.shape)
    need_examples(y)


def need_examples(y: Tensor) -> None:
    """Raises ValueError for an empty tensor: no example, no metric."""
    if y.numel() == 0:
        raise ValueError(f"a metric needs at least one example, got shape {tuple(y.shape)}")


def accuracy(predicted: Tensor, y: Tensor) -> Tensor:
    """The share of examples predicted right.

    For all examples at once: the mean of the batches' accuracies is another number where the batches' sizes differ.
    """
    need_classes_of(predicted, y)
    return (predicted == y).double().mean(-1)


def need_among(K: int, predicted: Tensor, y: Tensor) -> None:
    """Raises ValueError for a class that is not among the K."""
    lowest, highest = min(int(predicted.min()), int(y.min())), max(int(predicted.max()), int(y.max()))
    if lowest < 0 or highest >= K:
        raise ValueError(f"classes must be from 0 to {K - 1}, got {lowest} to {highest}")


def confusion(predicted: Tensor, y: Tensor, K: int) -> Tensor:
    """How often class i (row) was predicted as class j (column): C (..., K, K), int64.

    Raises ValueError for a class that is not among the K.
    """
    need_classes_of(predicted, y)
    need_among(K, predicted, y)
    cell = K * y + predicted
    counts = cell.new_zeros((*y.shape[:-1], K * K)).scatter_add(-1, cell, torch.ones_like(cell))
    return counts.unflatten(-1, (K, K))  # (..., K, K)


def precision(C: Tensor, average: str = "none") -> Tensor:
    """Of those predicted as a class, the share that is of it: C_kk / column k's sum."""
    return averaged(hits(C), C.sum(-2), C.sum(-1), average)


def recall(C: Tensor, average: str = "none") -> Tensor:
    """Of those that are of a class, the share predicted as it: C_kk / row k's sum."""
    return averaged(hits(C), C.sum(-1), C.sum(-1), average)


def f1(C: Tensor, average: str = "none") -> Tensor:
    """The harmonic mean of precision and recall: 2 C_kk / (column k's sum + row k's sum)."""
    return averaged(2 * hits(C), C.sum(-2) + C.sum(-1), C.sum(-1), average)


def hits(C: Tensor) -> Tensor:
    """What was predicted right, per class: the diagonal (..., K)."""
    return C.diagonal(dim1=-2, dim2=-1)


def averaged(right: Tensor, of: Tensor, support: Tensor, average: str) -> Tensor:
    """right / of: per class ("none"), their mean ("macro") or mean weighted by support, or of all counts ("micro")."""
    if average not in AVERAGES:
        raise ValueError(f"average must be one of {', '.join(AVERAGES)}, got {average}")
    if average == "micro":
        return share(right.sum(-1), of.sum(-1))
    per_class = share(right, of)
    if average == "macro":
        return per_class.mean(-1)
    if average == "weighted":
        return share((per_class * support).sum(-1), support.sum(-1))
    return per_class


def share(part: Tensor, whole: Tensor) -> Tensor:
    """part / whole in float64, 0 where the whole is 0."""
    return torch.where(whole == 0, 0.0, part.double() / whole)


def mean_absolute_error(prediction: Tensor, y: Tensor) -> Tensor:
    """The mean of |prediction - y|, for numbers rather than classes, summed in float64.

    Raises TypeError for integers, ValueError where the shapes differ or there is no example.
    """
    need_floating(prediction)
    need_floating(y)
    need_same_shape(prediction=prediction.shape, y=y.shape)
    need_examples(y)
    return (prediction.double() - y.double()).abs().mean(-1)
