"""Metrics of scores: how good a classifier's ranking, its probabilities and its thresholds are.

Shapes: scores and p (..., N, K), y (..., N) class numbers, results (...). The curve is for one model, (N,): its
length depends on the scores.

A tie goes to the lower class number, as in torch.argmax; scikit-learn's top_k_accuracy_score gives it to the higher,
torch.topk to any. NaN ranks above every number, as in torch.argmax too.
Source: C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", 2008, chapter 8.
"""

import torch
from torch import Tensor

from .inputs import need_floating, need_same_shape
from .metrics import need_examples


def need_scores(scores: Tensor, y: Tensor) -> None:
    """Raises TypeError or ValueError unless scores (..., N, K) rate the K classes of each of y's examples."""
    need_floating(scores)
    if y.dtype != torch.int64:
        raise TypeError(f"y must be class numbers, int64, got {y.dtype}; convert them with y.long()")
    need_same_shape(scores_models_and_examples=scores.shape[:-1], y=y.shape)
    need_examples(y)
    K = scores.shape[-1]
    if int(y.min()) < 0 or int(y.max()) >= K:
        raise ValueError(f"classes must be from 0 to {K - 1}, got {int(y.min())} to {int(y.max())}")


def of_class(scores: Tensor, y: Tensor) -> Tensor:
    """Each example's score for its own class: (..., N, 1)."""
    return scores.gather(-1, y.unsqueeze(-1))


def top_k_accuracy(scores: Tensor, y: Tensor, k: int) -> Tensor:
    """The share of examples whose class is among the k with the highest scores; for k = 1 that of torch.argmax.

    Raises ValueError unless k is from 1 to K.
    """
    need_scores(scores, y)
    K = scores.shape[-1]
    if not 1 <= k <= K:
        raise ValueError(f"k must be from 1 to {K}, the number of classes, got {k}")
    ranked = scores.argsort(dim=-1, descending=True, stable=True)  # NaN first, and a tie in the order of the classes
    return (ranked[..., :k] == y.unsqueeze(-1)).any(-1).double().mean(-1)


def log_loss(p: Tensor, y: Tensor) -> Tensor:
    """The mean of -log p[y] in nats: the cross-entropy, from probabilities instead of logits.

    p is first brought within eps and 1 - eps of its precision, as scikit-learn does, so that being certain and wrong
    costs 36 nats and not infinity. Raises ValueError where a row is not a distribution. A row that holds NaN, of any
    class, makes the mean NaN.
    """
    need_scores(p, y)
    eps = torch.finfo(p.dtype).eps
    if bool(((p < 0) | (p > 1)).any()):
        least, most = (float(extreme) for extreme in p.aminmax())
        raise ValueError(f"probabilities must be from 0 to 1, got {least} to {most}; take the softmax")
    total = p.double().sum(-1)
    off = float((total - 1).abs().nan_to_num().amax(tuple(range(total.ndim))))
    if off > eps**0.5:
        raise ValueError(f"a row of probabilities must add up to 1, got one off by {off:.1e}; take the softmax")
    losses = -of_class(p.clamp(eps, 1 - eps), y).squeeze(-1).double().log()
    return torch.where(total.isnan(), torch.nan, losses).mean(-1)


def precision_recall_curve(score: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(precision, recall, thresholds): what each threshold gives, if score >= threshold is called positive.

    score (N,), y (N,) True for the positive class. Thresholds are the distinct scores, rising; precision and recall
    have one entry more, the end (1, 0) where nothing is called positive, as in scikit-learn.
    Raises ValueError where no example is positive (recall would be 0 / 0), or a score is NaN.
    """
    need_floating(score)
    if y.dtype != torch.bool:
        raise TypeError(f"y must be bool, True for the positive class, got {y.dtype}; compare, as in y == 3")
    need_same_shape(score=score.shape, y=y.shape)
    if score.ndim != 1:
        raise ValueError(f"the curve is for one model, score (N,), got shape {tuple(score.shape)}")
    need_examples(y)
    if not bool(y.any()):
        raise ValueError("a precision-recall curve needs at least one positive example, got none")
    if bool(score.isnan().any()):
        raise ValueError(f"scores must not be NaN, got {int(score.isnan().sum())} of {len(score)}")
    score, order = score.sort(descending=True)
    last_of_its_value = torch.cat([score[1:] != score[:-1], y.new_ones(1)])
    true_positive = y[order].cumsum(-1)[last_of_its_value].double()
    positive = torch.ones_like(order).cumsum(-1)[last_of_its_value]
    precision = torch.cat([(true_positive / positive).flip(-1), true_positive.new_ones(1)])
    recall = torch.cat([(true_positive / true_positive[-1]).flip(-1), true_positive.new_zeros(1)])
    return precision, recall, score[last_of_its_value].flip(-1)
