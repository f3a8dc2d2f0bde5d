"""Minus the log-probability of the true class, averaged over the examples."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import integers, normal

case = partial(Case, "cross-entropy")
EPS, SMOOTHING = 1e-6, 0.2


def cross_entropy(z, y):
    return functional.cross_entropy(z, y)


def smoothed(z, y):
    return functional.cross_entropy(z, y, label_smoothing=SMOOTHING)


def with_eps(z, y):
    """Keeps the logarithm from 0: a loss that torch's is not."""
    p = torch.softmax(z, dim=1)
    return -torch.log(p[torch.arange(len(z)), y] + EPS).mean()


def difference(z, y):
    """p minus the one-hot target."""
    return torch.softmax(z, dim=1) - functional.one_hot(y, z.shape[1])


def right(dy, z, y):
    return dy * difference(z, y) / len(z)


def not_averaged(dy, z, y):
    """The gradient of one example, for all: the mean's 1/B is missing."""
    return dy * difference(z, y)


def by_the_classes(dy, z, y):
    """Divides by the number of entries, as the squared error does."""
    return dy * difference(z, y) / z.numel()


def target_forgotten(dy, z, y):
    """p without its - 1 at the true class."""
    return dy * torch.softmax(z, 1) / len(z)


def own_logit_only(dy, z, y):
    """-1/p goes back through p (1 - p): only the true class's logit gets anything."""
    p = torch.softmax(z, 1)
    dp = -functional.one_hot(y, z.shape[1]) / p
    return dy * dp * p * (1 - p) / len(z)


def smoothing_forgotten(dy, z, y):
    """The targets are smoothed in the forward only."""
    return dy * difference(z, y) / len(z)


def residual(dy, z, y):
    """Target minus prediction."""
    return -dy * difference(z, y) / len(z)


def every_rows_class(dy, z, y):
    """p[:, y] picks all rows for each y; p[range, y] was meant."""
    dz = torch.softmax(z, 1)
    dz[:, y] -= 1
    return dy * dz / len(z)


def upstream_ignored(dy, z, y):
    """Taken for the end of every graph, it does not multiply dy in."""
    return difference(z, y) / len(z)


def shifts_logits(z, y):
    """Subtracts the maximum from the caller's logits."""
    z -= z.amax(1, keepdim=True)
    return (z.logsumexp(1) - z.gather(1, y[:, None])[:, 0]).mean()


def smoothing_over_the_others(dy, z, y):
    """Shares the smoothing among K - 1 classes in the backward, among K in the forward."""
    K = z.shape[1]
    target = torch.full_like(z, SMOOTHING / (K - 1)).scatter(1, y[:, None], 1 - SMOOTHING)
    return dy * (torch.softmax(z, 1) - target) / len(z)


def smooths_integers(dy, z, y):
    """A one-hot row holds whole numbers; times a fraction it is float32, whatever z is."""
    target = (1 - SMOOTHING) * functional.one_hot(y, z.shape[1]) + SMOOTHING / z.shape[1]
    return dy * (torch.softmax(z, 1) - target) / len(z)


def smoothed_right(dy, z, y):
    target = (1 - SMOOTHING) * functional.one_hot(y, z.shape[1]).to(z.dtype) + SMOOTHING / z.shape[1]
    return dy * (torch.softmax(z, 1) - target) / len(z), None


class FromLogProbabilities(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, y):
        log_p = z - z.logsumexp(1, keepdim=True)
        ctx.save_for_backward(log_p, y)
        return -log_p.gather(1, y[:, None]).mean()

    @staticmethod
    def backward(ctx, dy):
        log_p, y = ctx.saved_tensors
        dz = log_p.exp()
        dz[torch.arange(len(y)), y] -= 1
        return dz * (dy / len(y)), None


def labelled(g):
    return normal(g, 5, 4), integers(g, 4, 5)


def surprised(g):
    """One example whose true class has next to no probability."""
    z, y = labelled(g)
    z[0, y[0]] -= 18
    return z, y


def thousands(g):
    """Logits that saturate, and logits that do not."""
    z, y = labelled(g)
    return torch.cat([1e3 * z, 1e3 + z]), torch.cat([y, y])


CASES = [
    case(
        *("cross-entropy with an epsilon in the forward", with_eps, right, surprised, "forward differs"),
        **dict(where="saturated values", detail="eps inside the logarithm", like=cross_entropy),
    ),
    case(
        *("cross-entropy with an epsilon in the forward only", with_eps, right, surprised, "missing factor"),
        **dict(gradients=("dz",), where="saturated values", detail="p / (p + eps)"),
        accepted=("missing term", "forward differs"),
    ),
    case(
        *("cross-entropy is not averaged", cross_entropy, not_averaged, labelled),
        **dict(cause="factor", gradients=("dz",), detail="B"),
    ),
    case(
        *("cross-entropy divides by the classes too", cross_entropy, by_the_classes, labelled),
        **dict(cause="factor", gradients=("dz",), detail="1/K"),
    ),
    case(
        *("cross-entropy forgets its target", cross_entropy, target_forgotten, labelled),
        **dict(cause="missing term", gradients=("dz",), where="the true class", detail="the one-hot target"),
    ),
    case(
        *("cross-entropy reaches the true class alone", cross_entropy, own_logit_only, labelled),
        **dict(cause="diagonal only", gradients=("dz",), where="the other classes", accepted=("zero",)),
    ),
    case(
        *("cross-entropy forgets its smoothing", smoothed, smoothing_forgotten, labelled),
        **dict(cause="missing term", gradients=("dz",), detail="label smoothing"),
    ),
    case(
        *("cross-entropy with the residual of statistics", cross_entropy, residual, labelled),
        **dict(cause="sign", gradients=("dz",)),
    ),
    case(
        *("cross-entropy marks every row's class in every row", cross_entropy, every_rows_class, labelled),
        **dict(cause="mask", gradients=("dz",), detail="other rows' classes", accepted=("wrong axis",)),
    ),
    case(
        *("cross-entropy ignores the upstream gradient", cross_entropy, upstream_ignored, labelled),
        **dict(cause="missing factor", gradients=("dz",), detail="dy", accepted=("factor",)),
    ),
    case(
        *("cross-entropy shifts the caller's logits", shifts_logits, right, labelled),
        **dict(cause="in place", detail="z, in the forward", like=cross_entropy),
    ),
    case(
        *("cross-entropy smooths over K - 1 classes", smoothed, smoothing_over_the_others, labelled),
        **dict(cause="other", gradients=("dz",), detail="K - 1 for K"),
    ),
    case(
        *("cross-entropy smooths whole numbers", smoothed, smooths_integers, labelled),
        **dict(cause="precision", gradients=("dz",), detail="float32 target"),
    ),
    case("cross-entropy from log-probabilities", cross_entropy, FromLogProbabilities, labelled),
    case("cross-entropy with smoothing", smoothed, smoothed_right, labelled),
    case("cross-entropy of logits of a thousand", cross_entropy, right, thousands),
    case("cross-entropy of one example", cross_entropy, right, lambda g: (normal(g, 1, 7), integers(g, 7, 1))),
    case("cross-entropy in float32", cross_entropy, right, lambda g: (labelled(g)[0].float(), integers(g, 4, 5))),
]
