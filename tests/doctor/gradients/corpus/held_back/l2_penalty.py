"""Half of lam times the sum of squared weights."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "L2 penalty")
LAM = 0.25
total = {}


def l2(W):
    return LAM / 2 * (W**2).sum()


def twice(dy, W):
    """The derivative of lam |W|^2: the forward's 1/2 was not seen."""
    return 2 * LAM * W * dy


def without_half(W):
    return LAM * W.pow(2).sum()


def two_forgotten(dy, W):
    """lam W belongs to the penalty with 1/2 in front; this one has none."""
    return dy * LAM * W


def length(W):
    return LAM * W.norm()


def length_as_square(dy, W):
    """The penalty is on the length, not on its square."""
    return dy * LAM * W


def elastic_net(W):
    return LAM * W.abs().sum() + LAM / 2 * (W**2).sum()


def ridge_part_only(dy, W):
    """The L1 part's sign is missing."""
    return dy * LAM * W


def accumulates(dy, W):
    """The gradient is added to the last one, and nobody sets it to zero."""
    total["W"] = total.get("W", torch.zeros_like(W)) + dy * LAM * W
    return total["W"].clone()


def decays_weights(dy, W):
    """Scales the weights themselves to get lam W."""
    return dy * W.mul_(LAM)


def minus(dy, W):
    """The step that the weights take, not the gradient."""
    return -LAM * W * dy


def right(dy, W):
    return W * LAM * dy


def by_einsum(W):
    return 0.5 * LAM * torch.einsum("io,io->", W, W), (W,)


def by_einsum_backward(dy, W):
    return (torch.einsum(",io->io", dy * LAM, W),)


def elastic_right(dy, W):
    return dy * LAM * (W + W / W.abs())


CASES = [
    case(
        *("L2 penalty twice as strong", l2, twice, drawn((4, 3))), **dict(cause="factor", gradients=("dW",), detail="2")
    ),
    case(
        *("L2 penalty without half forgets its 2", without_half, two_forgotten, drawn((4, 3))),
        **dict(cause="factor", gradients=("dW",), detail="1/2"),
    ),
    case(
        *("penalty on the length as if on its square", length, length_as_square, drawn((4, 3))),
        **dict(cause="missing factor", gradients=("dW",), detail="1 / |W|", accepted=("factor",)),
    ),
    case(
        *("elastic net forgets its L1 part", elastic_net, ridge_part_only, drawn((4, 3))),
        **dict(cause="missing term", gradients=("dW",), detail="the penalty's lam sign(W)"),
    ),
    case(
        *("L2 penalty adds up over the calls", l2, accumulates, drawn((4, 3))),
        **dict(cause="stale", gradients=("dW",), detail="accumulated over the calls", forget=total.clear),
    ),
    case(
        *("L2 penalty scales the weights themselves", l2, decays_weights, drawn((4, 3))),
        **dict(cause="in place", detail="W, in the backward"),
    ),
    case(*("L2 penalty makes weights grow", l2, minus, drawn((4, 3))), **dict(cause="sign", gradients=("dW",))),
    case("L2 penalty by einsum", by_einsum, by_einsum_backward, drawn((4, 3)), like=l2),
    case("L2 penalty of tiny weights", l2, right, drawn((4, 3), scale=1e-9)),
    case("L2 penalty in float32", l2, right, lambda g: (normal(g, 20, 5).float(),)),
    case("elastic net", elastic_net, elastic_right, drawn((4, 3))),
]
