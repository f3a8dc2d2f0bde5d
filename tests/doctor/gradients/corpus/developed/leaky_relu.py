"""x where it is positive, else a small slope times x."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn_apart, drawn_with_zeros

case = partial(Case, "leaky relu")


def leaky_relu(x, slope=0.1):
    return torch.where(x > 0, x, slope * x)


def leaky_backward(dy, x, slope=0.1):
    return torch.where(x > 0, dy, slope * dy)


def slopes_of_numbers(dy, x, slope=0.1):
    """A choice between two numbers is a float32 tensor, and 0.1 has seven digits in it."""
    return dy * torch.where(x > 0, 1.0, slope)


def slope_everywhere(dy, x, slope=0.1):
    """Meant for x < 0 only, but the comparison was lost: positive entries are scaled as well."""
    dx = dy.clone()
    dx[x < 0] = slope * dy[x < 0]
    dx[x >= 0] = slope * dy[x >= 0]
    return dx


def copied_from_relu(dy, x, slope=0.1):
    """The backward of relu was left in place: negative entries get nothing."""
    return dy * (x > 0)


def one_at_0(dy, x, slope=0.1):
    """At exactly 0 the slope is 1; torch takes the small one."""
    return torch.where(x < 0, slope * dy, dy)


def randomized(x):
    """In training the slope is drawn for each entry."""
    slope = torch.empty_like(x).uniform_(1 / 8, 1 / 3)
    return torch.where(x >= 0, x, slope * x), (x, slope)


def randomized_backward(dy, x, slope):
    return (torch.where(x >= 0, dy, slope * dy),)


def drawn_anew(dy, x, slope):
    """New random slopes in the backward: not those that the forward used."""
    slope = torch.empty_like(x).uniform_(1 / 8, 1 / 3)
    return (torch.where(x >= 0, dy, slope * dy),)


def larger_of_two(x):
    return torch.maximum(x, 0.25 * x)


def larger_of_two_backward(dy, x):
    return dy * ((x > 0) + 0.25 * (x < 0))


CASES = [
    case(
        *("leaky relu scales positive entries too", leaky_relu, slope_everywhere, drawn_apart((5, 4))),
        **dict(cause="factor", gradients=("dx",), where="positive inputs", detail="0.1", accepted=("mask",)),
    ),
    case(
        *("leaky relu with the backward of relu", leaky_relu, copied_from_relu, drawn_apart((5, 4))),
        **dict(cause="zero", gradients=("dx",), where="negative inputs", accepted=("mask", "missing term")),
    ),
    case(
        *("leaky relu has slope 1 at 0", leaky_relu, one_at_0, drawn_with_zeros((3, 5))),
        **dict(cause="mask", gradients=("dx",), where="at 0", detail="1 at the kink, torch takes the slope"),
    ),
    case(
        *("leaky relu chooses between numbers", leaky_relu, slopes_of_numbers, drawn_apart((5, 4))),
        **dict(cause="precision", gradients=("dx",), where="negative inputs", detail="float32 constant"),
    ),
    case(
        *("randomized leaky relu draws new slopes in the backward", randomized, drawn_anew, drawn_apart((6, 4))),
        **dict(cause="mask", gradients=("dx",), where="negative inputs", detail="drawn anew"),
    ),
    case("randomized leaky relu keeps its slopes", randomized, randomized_backward, drawn_apart((6, 4))),
    case("leaky relu at exact zeros", leaky_relu, leaky_backward, drawn_with_zeros((3, 5))),
    case(
        *("leaky relu as the larger of two lines", larger_of_two, larger_of_two_backward, drawn_apart((2, 3, 4))),
        like=lambda x: functional.leaky_relu(x, 0.25),
    ),
]
