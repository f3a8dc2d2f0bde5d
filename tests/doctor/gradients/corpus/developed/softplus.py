"""log(1 + exp(x)), a smooth relu."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "softplus")


def softplus(x):
    return x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))


def sharp_softplus(x, beta=2.0):
    return functional.softplus(x, beta=beta)


def sigmoid_of_minus_x(dy, x):
    """The slope is 1 / (1 + exp(-x)); the minus in the exponent was lost."""
    return dy / (1 + torch.exp(x))


def overflowing(dy, x):
    """exp(x) / (1 + exp(x)) is inf / inf for large x."""
    e = torch.exp(x)
    return dy * e / (1 + e)


def as_in_the_book(x):
    """Right on paper; exp overflows above 709 and the value is inf."""
    return torch.log(1 + torch.exp(x))


def softplus_backward(dy, x):
    return dy * torch.sigmoid(x)


def beta_kept(dy, x, beta=2.0):
    """The inner derivative's beta and the 1/beta before the logarithm cancel; here only one was seen."""
    return dy * beta * torch.sigmoid(beta * x)


def zero_where_log1p_is(dy, x):
    """exp(x) / (1 + exp(x)) rewritten with y, exactly."""
    return dy * -torch.expm1(-softplus(x))


def with_large(g):
    return (torch.cat([normal(g, 6), torch.tensor([1000.0, -1000.0, 800.0], dtype=torch.float64)]),)


CASES = [
    case(
        *("softplus loses the minus in the exponent", softplus, sigmoid_of_minus_x, drawn((5, 3))),
        **dict(cause="sign", gradients=("dx",), detail="sigmoid(-x) in place of sigmoid(x)"),
        accepted=("mask",),
    ),
    case(
        *("softplus backward overflows", softplus, overflowing, with_large),
        **dict(cause="non-finite", gradients=("dx",), where="large positive inputs", detail="inf / inf"),
    ),
    case(
        *("softplus forward overflows", as_in_the_book, softplus_backward, with_large),
        **dict(cause="forward differs", where="large positive inputs", detail="inf", accepted=("non-finite",)),
        like=functional.softplus,
    ),
    case(
        *("softplus of 2 x keeps the factor 2", sharp_softplus, beta_kept, drawn((5, 3))),
        **dict(cause="factor", gradients=("dx",), detail="2"),
    ),
    case("softplus of large numbers", softplus, softplus_backward, with_large, like=functional.softplus),
    case("softplus by its own value", softplus, zero_where_log1p_is, drawn((5, 3))),
    case("softplus in float32", softplus, softplus_backward, lambda g: (normal(g, 5, 3).float(),)),
]
