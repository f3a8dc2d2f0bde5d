"""The mean of the squared differences; both the prediction and the target have a gradient."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "mean squared error")
X = normal(torch.Generator().manual_seed(1), 8, 3)  # what a ridge regression is fitted to
T = normal(torch.Generator().manual_seed(2), 8, 2)
LAM = 0.4


def mse(z, t):
    return ((z - t) ** 2).mean()


def not_averaged(dy, z, t):
    """The forward takes the mean, the backward is that of the sum."""
    d = 2 * (z - t) * dy
    return d, -d


def two_forgotten(dy, z, t):
    """The derivative of the loss with 1/2 in front, which this one has not."""
    d = dy * (z - t) / z.numel()
    return d, -d


def by_the_batch_alone(dy, z, t):
    """The mean is over examples and outputs; this divides by the number of examples."""
    d = dy * 2 * (z - t) / len(z)
    return d, -d


def same_for_the_target(dy, z, t):
    """The target enters with a minus."""
    d = dy * 2 * (z - t) / z.numel()
    return d, d


def target_minus_prediction(dy, z, t):
    """t - z for z - t: gradient ascent."""
    error = t - z
    return dy * 2 * error / error.numel(), -dy * 2 * error / error.numel()


def integer_division(dy, z, t):
    """2 // N is 0."""
    scale = 2 // z.numel()
    return dy * scale * (z - t), -dy * scale * (z - t)


def upstream_ignored(dy, z, t):
    """Takes itself for the last step of the chain: dy is not multiplied in."""
    d = 2 * (z - t) / z.numel()
    return d, -d


def column_minus_row(z, t):
    """z is (B, 1) and t is (B,): the difference is (B, B), every prediction against every target."""
    return ((z - t) ** 2).mean()


def column_minus_row_backward(dy, z, t):
    d = 2 * dy * (z[:, 0] - t) / len(t)
    return d[:, None], -d


def ridge(W):
    return ((X @ W - T) ** 2).mean() + LAM / 2 * (W**2).sum()


def penalty_forgotten(dy, W):
    """Only the data's part: lam W is missing."""
    return dy * 2 / T.numel() * X.mT @ (X @ W - T)


def ridge_right(dy, W):
    return dy * (torch.einsum("bi,bo->io", X, X @ W - T) * (2 / T.numel()) + LAM * W)


def right(dy, z, t):
    d = (z - t) * (2 * dy / z.numel())
    return d, -d


def sum_of_squares(z, t):
    d = (z - t).flatten()
    return d @ d, (z - t,)


def sum_of_squares_backward(dy, d):
    return 2 * dy * d, -2 * dy * d


def tiny(g):
    t = normal(g, 5, 3)
    return t + 1e-7 * normal(g, 5, 3), t


CASES = [
    case(
        *("mean squared error is not averaged", mse, not_averaged, drawn((5, 3), (5, 3))),
        **dict(cause="factor", gradients=("dz", "dt"), detail="15, the number of entries"),
    ),
    case(
        *("mean squared error without its 2", mse, two_forgotten, drawn((5, 3), (5, 3))),
        **dict(cause="factor", gradients=("dz", "dt"), detail="1/2"),
    ),
    case(
        *("mean squared error divides by the batch alone", mse, by_the_batch_alone, drawn((5, 3), (5, 3))),
        **dict(cause="factor", gradients=("dz", "dt"), detail="3, the number of outputs K"),
    ),
    case(
        *("mean squared error gives the target the prediction's sign", mse, same_for_the_target, drawn((7,), (7,))),
        **dict(cause="sign", gradients=("dt",)),
    ),
    case(
        *("mean squared error climbs", mse, target_minus_prediction, drawn((4, 3), (4, 3))),
        **dict(cause="sign", gradients=("dz", "dt")),
    ),
    case(
        *("mean squared error divides integers", mse, integer_division, drawn((4, 3), (4, 3))),
        **dict(cause="zero", gradients=("dz", "dt"), detail="2 // N is 0"),
    ),
    case(
        *("mean squared error ignores the upstream gradient", mse, upstream_ignored, drawn((4, 3), (4, 3))),
        **dict(cause="missing factor", gradients=("dz", "dt"), detail="dy", accepted=("factor",)),
    ),
    case(
        *("mean squared error of a column and a row", column_minus_row, column_minus_row_backward),
        **dict(inputs=drawn((6, 1), (6,)), cause="forward differs", where="batches above 1", detail="broadcast"),
        like=lambda z, t: functional.mse_loss(z[:, 0], t),
    ),
    case(
        *("ridge regression forgets its penalty", ridge, penalty_forgotten, drawn((3, 2))),
        **dict(cause="missing term", gradients=("dW",), detail="the penalty's lam W"),
    ),
    case("ridge regression", ridge, ridge_right, drawn((3, 2))),
    case("mean squared error of tiny differences", mse, right, tiny, like=functional.mse_loss),
    case("sum of squares of one example", sum_of_squares, sum_of_squares_backward, drawn((1, 4), (1, 4))),
    case("mean squared error in float32", mse, right, lambda g: (normal(g, 9, 2).float(), normal(g, 9, 2).float())),
]
