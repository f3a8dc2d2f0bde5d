"""Minus the log-likelihood of labels 0 and 1 under probabilities, averaged; the labels are integers."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import integers, uniform

case = partial(Case, "binary cross-entropy")


def loss(p, t):
    return functional.binary_cross_entropy(p, t.to(p.dtype))


def plain(p, t):
    return -(t * p.log() + (1 - t) * (1 - p).log()).mean()


def of_the_logit(dy, p, t):
    """p - t is the gradient by the logit; the slope of the logarithm, 1 / (p (1 - p)), is missing."""
    return dy * (p - t) / len(p)


def not_averaged(dy, p, t):
    """The mean's 1/B is missing."""
    return dy * (p - t) / (p * (1 - p))


def both_negative(dy, p, t):
    """d log(1 - p) / dp is -1 / (1 - p): the inner minus is forgotten."""
    return -dy * (t / p + (1 - t) / (1 - p)) / len(p)


def positive_labels_only(dy, p, t):
    """Written as for several classes: label 0 has no term."""
    return -dy * t / p / len(p)


def zero_by_zero(dy, p, t):
    """t/p is 0/0 for a certain and right 0; torch gives 0."""
    return dy * ((1 - t) / (1 - p) - t / p) / len(p)


def eps_in_float32(dy, p, t):
    """Clips the probabilities by casting them on the way."""
    q = p.float().clamp(1e-7, 1 - 1e-7).double()
    return dy * (q - t) / (q * (1 - q)) / len(p)


class ByLabel(torch.autograd.Function):
    @staticmethod
    def forward(ctx, p, t):
        chance = torch.where(t == 1, p, 1 - p)
        ctx.save_for_backward(chance, t)
        return -chance.log().mean()

    @staticmethod
    def backward(ctx, dy):
        chance, t = ctx.saved_tensors
        return dy * (1 - 2 * t) / chance / len(t), None


def guarded(dy, p, t):
    return dy * torch.where(t == 1, -1 / p, 1 / (1 - p)) / len(p)


def labelled(g):
    """Both labels are there."""
    t = integers(g, 2, 7)
    t[0], t[1] = 0, 1
    return uniform(g, 0.05, 0.95, 7), t


def certain(g):
    """Two examples that are certain, and right."""
    p, t = labelled(g)
    p[0], p[1] = 0.0, 1.0
    return p, t


CASES = [
    case(
        *("binary cross-entropy with the gradient of the logit", plain, of_the_logit, labelled),
        **dict(cause="missing factor", gradients=("dp",), detail="1 / (p (1 - p))"),
    ),
    case(
        *("binary cross-entropy is not averaged", plain, not_averaged, labelled),
        **dict(cause="factor", gradients=("dp",), detail="B"),
    ),
    case(
        *("binary cross-entropy forgets the inner minus", plain, both_negative, labelled),
        **dict(cause="sign", gradients=("dp",), where="label 0"),
    ),
    case(
        *("binary cross-entropy learns from positive labels", plain, positive_labels_only, labelled),
        **dict(cause="zero", gradients=("dp",), where="label 0", accepted=("missing term",)),
    ),
    case(
        *("binary cross-entropy divides 0 by 0", loss, zero_by_zero, certain),
        **dict(cause="non-finite", gradients=("dp",), where="saturated values", detail="0 / 0"),
    ),
    case(
        *("binary cross-entropy clips in float32", plain, eps_in_float32, labelled),
        **dict(cause="precision", gradients=("dp",), detail="cast to float32"),
    ),
    case("binary cross-entropy label by label", plain, ByLabel, labelled),
    case("binary cross-entropy by a choice", plain, guarded, labelled, like=loss),
    case(
        *("binary cross-entropy of a single example", plain, guarded),
        lambda g: (uniform(g, 0.1, 0.9, 1), integers(g, 2, 1)),
    ),
]
