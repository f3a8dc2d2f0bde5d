"""lam times the sum of absolute weights."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, drawn_apart, drawn_with_zeros

case = partial(Case, "L1 penalty")
LAM = 0.25


def l1(W):
    return LAM * W.abs().sum()


def lam_forgotten(dy, W):
    """The strength is in the forward only."""
    return dy * torch.sign(W)


def positive_weights_only(dy, W):
    """A comparison for a sign: negative weights are not pulled to 0."""
    return dy * LAM * (W > 0)


def minus_one_at_0(dy, W):
    """A weight that is exactly 0 is pushed away from it."""
    return dy * torch.where(W > 0, LAM, -LAM).to(W.dtype)


def one_number(dy, W):
    """The signs are added up."""
    return dy * LAM * W.sign().sum()


def upstream_ignored(dy, W):
    """Meant to be added to the weight's gradient directly, it does not know of dy."""
    return LAM * W.sign()


def for_the_log(W):
    """item() for the log file, and the number is used further on."""
    value = W.abs().sum().item()
    return torch.tensor(LAM * value, dtype=W.dtype)


def right(dy, W):
    return LAM * dy * W.sign()


def as_if_squared(dy, W):
    """W in place of its sign: the pull of the L2 penalty."""
    return dy * LAM * W


def by_comparison(dy, W):
    return dy * LAM * ((W > 0).to(W.dtype) - (W < 0).to(W.dtype))


def two_layers(W, V):
    return LAM * (W.abs().sum() + V.abs().sum())


def two_layers_backward(dy, W, V):
    return tuple(LAM * dy * P / P.abs() for P in (W, V))


CASES = [
    case(
        *("L1 penalty forgets its strength", l1, lam_forgotten, drawn_apart((4, 3))),
        **dict(cause="factor", gradients=("dW",), detail="4, 1 / lam"),
    ),
    case(
        *("L1 penalty pulls positive weights only", l1, positive_weights_only, drawn_apart((4, 3))),
        **dict(cause="zero", gradients=("dW",), where="negative inputs", accepted=("mask",)),
    ),
    case(
        *("L1 penalty has slope -1 at 0", l1, minus_one_at_0, drawn_with_zeros((4, 3))),
        **dict(cause="mask", gradients=("dW",), where="at 0", detail="-1 at the kink, autograd takes 0"),
    ),
    case(
        *("L1 penalty adds its signs up", l1, one_number, drawn_apart((4, 3))),
        **dict(cause="wrong shape", gradients=("dW",), detail="a single number"),
    ),
    case(
        *("L1 penalty ignores the upstream gradient", l1, upstream_ignored, drawn_apart((4, 3))),
        **dict(cause="missing factor", gradients=("dW",), detail="dy", accepted=("factor",)),
    ),
    case("L1 penalty by item", for_the_log, right, drawn_apart((4, 3))),  # no graph at all, and right
    case(
        *("L1 penalty with the pull of L2", l1, as_if_squared, drawn((4, 3))),
        **dict(cause="other", gradients=("dW",), detail="the slope of the square"),
    ),
    case("L1 penalty with exact zeros", l1, by_comparison, drawn_with_zeros((4, 3))),
    case("L1 penalty of two layers", two_layers, two_layers_backward, drawn_apart((4, 3), (3, 2))),
]
