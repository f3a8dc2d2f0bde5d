"""Minus the log-likelihood of labels 0 and 1 under sigmoid(z), averaged; the labels are integers."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import integers, normal

case = partial(Case, "binary cross-entropy on logits")
WEIGHT = 3.0  # of the positive labels


def loss(z, t):
    return (z.clamp(min=0) - z * t + torch.log1p(torch.exp(-z.abs()))).mean()


def weighted(z, t):
    return functional.binary_cross_entropy_with_logits(z, t.to(z.dtype), pos_weight=torch.tensor(WEIGHT).to(z.dtype))


def not_averaged(dy, z, t):
    """p - t belongs to one example; the mean's 1/B is missing."""
    return dy * (torch.sigmoid(z) - t)


def sigmoid_twice(dy, z, t):
    """p - t already holds the sigmoid's slope; here it is multiplied in once more."""
    p = torch.sigmoid(z)
    return dy * (p - t) * p * (1 - p) / len(z)


def loss_then_sigmoid(dy, z, t):
    """Two steps that are right one by one: 0 / 0 where the sigmoid saturates."""
    p = torch.sigmoid(z)
    dp = (p - t) / (p * (1 - p))
    return dy * dp * p * (1 - p) / len(z)


def weight_forgotten(dy, z, t):
    """The positive labels' weight is in the forward only."""
    return dy * (torch.sigmoid(z) - t) / len(z)


def label_minus_p(dy, z, t):
    """The residual of statistics, t - p, is the negative gradient."""
    return dy * (t - z.sigmoid()) / len(z)


class Logits(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, t):
        ctx.save_for_backward(z, t)
        return functional.softplus(torch.where(t == 1, -z, z)).mean()

    @staticmethod
    def backward(ctx, dy):
        z, t = ctx.saved_tensors
        return torch.where(t == 1, -torch.sigmoid(-z), torch.sigmoid(z)) * dy / z.numel(), None


def right(dy, z, t):
    return (torch.sigmoid(z) - t) * dy / z.numel(), None


def right_weighted(dy, z, t):
    p = torch.sigmoid(z)
    return dy * (t * WEIGHT * (p - 1) + (1 - t) * p) / z.numel()


def labelled(g):
    """Both labels are there."""
    t = integers(g, 2, 7)
    t[0], t[1] = 0, 1
    return normal(g, 7), t


def saturated(g):
    z, t = labelled(g)
    z[0], z[1], z[2] = -1000, 1000, 900
    return z, t


CASES = [
    case(
        *("logistic loss is not averaged", loss, not_averaged, labelled),
        **dict(cause="factor", gradients=("dz",), detail="B"),
    ),
    case(
        *("logistic loss has the sigmoid's slope twice", loss, sigmoid_twice, labelled),
        **dict(cause="other", gradients=("dz",), detail="p (1 - p) too much", accepted=("factor",)),
    ),
    case(
        *("logistic loss divides 0 by 0", loss, loss_then_sigmoid, saturated),
        **dict(cause="non-finite", gradients=("dz",), where="saturated values", detail="0 / 0"),
    ),
    case(
        *("logistic loss forgets the weight of positive labels", weighted, weight_forgotten, labelled),
        **dict(cause="factor", gradients=("dz",), where="label 1", detail="1/3", accepted=("missing factor",)),
    ),
    case(
        *("logistic loss with the residual of statistics", loss, label_minus_p, labelled),
        **dict(cause="sign", gradients=("dz",)),
    ),
    case("logistic loss label by label", loss, Logits, labelled),
    case("logistic loss of saturated logits", loss, right, saturated),
    case("logistic loss with a weight", weighted, right_weighted, labelled),
    case("logistic loss in float32", loss, right, lambda g: (labelled(g)[0].float(), integers(g, 2, 7))),
]
