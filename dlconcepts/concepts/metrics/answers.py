"""A classifier's answers, measured: by our formulas and counted one by one, dealt out anew, under other names.

Shapes: predicted and y (N,) class numbers, p (N, K) probabilities, C (K, K) counts as in manual/metrics.py.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from ...manual.metrics import accuracy, confusion, f1, mean_absolute_error, precision, recall
from ...manual.score_metrics import precision_recall_curve
from ...manual.targets import onehot

RECALLS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 1.0)
BY_DIGIT = {"precision": precision, "recall": recall, "F1": f1}


def by_digit(predicted: Tensor, y: Tensor, K: int) -> dict[str, list[float]]:
    """Precision, recall and F1 of each class by our formulas."""
    C = confusion(predicted, y, K)
    return {name: metric(C).tolist() for name, metric in BY_DIGIT.items()}


def one_by_one(predicted: Sequence[int], y: Sequence[int], k: int) -> dict[str, float]:
    """The same of class k, and the accuracy of all answers, by looking at one answer after the other."""
    right = found = called = there = 0
    for answer, truth in zip(predicted, y, strict=True):
        right += answer == truth
        found += answer == truth == k
        called += answer == k
        there += truth == k
    P, R = found / called if called else 0.0, found / there if there else 0.0
    harmonic = 2 / (1 / P + 1 / R) if P and R else 0.0
    return {"accuracy": right / len(y), "precision": P, "recall": R, "F1": harmonic}


def miscounted(predicted: Tensor, y: Tensor, K: int) -> dict[str, float]:
    """How far each formula is from what is counted one by one, at most over the classes."""
    ours = {**by_digit(predicted, y, K), "accuracy": [float(accuracy(predicted, y))] * K}
    answers, truth = predicted.tolist(), y.tolist()
    counted = [one_by_one(answers, truth, k) for k in range(K)]
    return {
        name: max(abs(a - row[name]) for a, row in zip(values, counted, strict=True)) for name, values in ours.items()
    }


def macro_deviation(predicted: Tensor, y: Tensor, K: int) -> float:
    """How far macro F1 is from the harmonic mean of macro precision and macro recall."""
    C = confusion(predicted, y, K)
    P, R = float(precision(C, "macro")), float(recall(C, "macro"))
    return abs(float(f1(C, "macro")) - (2 * P * R / (P + R) if P + R else 0.0))


def closeness_of_counts(predicted: Tensor, y: Tensor, K: int) -> float:
    """How close the number of answers k comes to the number of examples of class k: 1 less the mean relative error."""
    counts, known = predicted.bincount(minlength=K).double(), y.bincount(minlength=K).double()
    return float(1 - (counts - known).abs().sum() / known.sum())


def dealt_anew(predicted: Tensor, random: torch.Generator) -> Tensor:
    """The same answers, as many of each, to other examples."""
    return predicted[torch.randperm(len(predicted), generator=random).to(predicted.device)]


def moved_next_to(predicted: Tensor, y: Tensor, K: int) -> Tensor:
    """Every wrong answer becomes a number next to the right one, as close as a wrong answer can be."""
    return torch.where(predicted == y, y, torch.where(y + 1 < K, y + 1, y - 1))


def agreement(a: Tensor, b: Tensor, y: Tensor, K: int) -> list[float]:
    """The share of each class's examples to which two classifiers give the same answer."""
    same = (a == b).double()
    return [float(same[y == k].mean()) for k in range(K)]


def precision_at(score: Tensor, positive: Tensor, recalls: Sequence[float] = RECALLS) -> list[float]:
    """The precision at the highest threshold that finds at least this share of the positive ones."""
    P, R, _ = precision_recall_curve(score, positive)
    return [float(P[int((wanted <= R).nonzero()[-1])]) for wanted in recalls]


def steps_of_threshold(score: Tensor, positive: Tensor) -> dict[str, float]:
    """From each threshold to the next lower one: the largest fall of the recall, and the share of steps at which the
    precision does not fall but rises."""
    P, R, _ = precision_recall_curve(score, positive)
    P, R = P[:-1].flip(-1), R[:-1].flip(-1)  # thresholds falling, without the end at which nothing is called positive
    if len(R) == 1:  # the same score for all: no step
        return {"recall falls": 0.0, "precision rises": 0.0}
    return {"recall falls": float((R[:-1] - R[1:]).max()), "precision rises": float((P[1:] > P[:-1]).double().mean())}


def numbers_error(C: Tensor, names: Tensor) -> Tensor:
    """The mean absolute error of class numbers if class k is called names[..., k]: names (..., K), result (...)."""
    apart = (names.unsqueeze(-1) - names.unsqueeze(-2)).abs().double()  # (..., K, K)
    return (C * apart).sum((-1, -2)) / C.sum()


def renamings(K: int, n: int, random: torch.Generator) -> Tensor:
    """n orders of the K names at random, (n, K)."""
    return torch.stack([torch.randperm(K, generator=random) for _ in range(n)])


def under_other_names(predicted: Tensor, p: Tensor, y: Tensor, names: Tensor) -> dict[str, float]:
    """The mean absolute error of class numbers: as they are, and its range under other names. And how far accuracy,
    and the mean absolute error of probabilities, move under these at most."""
    C = confusion(predicted, y, p.shape[-1])
    errors = numbers_error(C, names.to(C.device))
    own = numbers_error(C, torch.arange(p.shape[-1], device=C.device))
    of_probabilities, share = probability_error(p, y), accuracy(predicted, y)
    renamed = [(p[:, new.argsort()], new[predicted], new[y]) for new in names[:10].to(y.device)]
    return {
        **{"own names": float(own), "least": float(errors.min()), "most": float(errors.max())},
        "accuracy moves": max(abs(float(accuracy(a, t) - share)) for _, a, t in renamed),
        "probabilities move": max(abs(probability_error(q, t) - of_probabilities) for q, _, t in renamed),
    }


def probability_error(p: Tensor, y: Tensor) -> float:
    """The mean absolute error of all probabilities against 1 for the right class and 0 for the others."""
    return float(mean_absolute_error(p, onehot(y, p)).mean())


def order_turned(a: Tensor, b: Tensor, names: Tensor) -> float:
    """The share of renamings under which the other of two classifiers, by their counts, has the smaller error."""
    own = torch.arange(len(a), device=a.device)
    before = numbers_error(a, own) - numbers_error(b, own)
    after = numbers_error(a, names) - numbers_error(b, names)
    return float((after * before < 0).double().mean())
