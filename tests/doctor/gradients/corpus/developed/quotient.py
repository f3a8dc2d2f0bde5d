"""x / z, entry by entry."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn_apart

case = partial(Case, "quotient")


def quotient(x, z):
    return x / z


def minus_forgotten(dy, x, z):
    """The divisor's derivative is -x / z^2."""
    return dy / z, dy * x / z**2


def not_squared(dy, x, z):
    """-x / z: the divisor's square is missing."""
    return dy / z, -dy * x / z


def divisor_ignored(dy, x, z):
    """As if x were not divided at all."""
    return dy.clone(), -dy * x / z**2


def column_not_summed(dy, x, z):
    """One divisor per row was used for all the row's entries."""
    return dy / z, -dy * x / z**2


def column_summed_over_rows(dy, x, z):
    """Summed over the examples, and then given the right shape by force."""
    return dy / z, (-dy * x / z**2).sum(0).reshape(z.shape)


def saved_too_short(x, z):
    inverse = (1 / z).to(torch.float32)
    return x / z, (x, inverse)


def saved_too_short_backward(dy, x, inverse):
    """1/z was saved in single precision."""
    return dy * inverse, -dy * x * inverse**2


def by_result(x, z):
    y = x / z
    return y, (y, z)


def by_result_backward(dy, y, z):
    dx = dy / z
    return dx, (-dx * y).sum(-1, keepdim=True) if z.shape[-1] == 1 else -dx * y


CASES = [
    case(
        *("quotient's divisor without its minus", quotient, minus_forgotten, drawn_apart((4, 3), (4, 3))),
        **dict(cause="sign", gradients=("dz",)),
    ),
    case(
        *("quotient's divisor is not squared", quotient, not_squared, drawn_apart((4, 3), (4, 3))),
        **dict(cause="missing factor", gradients=("dz",), detail="1/z"),
    ),
    case(
        *("quotient ignores its divisor", quotient, divisor_ignored, drawn_apart((4, 3), (4, 3))),
        **dict(cause="missing factor", gradients=("dx",), detail="1/z"),
    ),
    case(
        *("quotient with one divisor per row is not summed", quotient, column_not_summed, drawn_apart((4, 3), (4, 1))),
        **dict(cause="not summed after broadcasting", gradients=("dz",)),
    ),
    case(
        *("quotient sums over the wrong axis", quotient, column_summed_over_rows, drawn_apart((4, 4), (4, 1))),
        **dict(cause="wrong axis", gradients=("dz",)),
    ),
    case(
        *("quotient saves float32", saved_too_short, saved_too_short_backward, drawn_apart((4, 3), (4, 3))),
        **dict(cause="precision", gradients=("dx", "dz"), detail="cast to float32"),
    ),
    case("quotient by its own result", by_result, by_result_backward, drawn_apart((4, 3), (4, 3))),
    case("quotient with one divisor per row", by_result, by_result_backward, drawn_apart((4, 3), (4, 1))),
]
