"""The approximation of gelu by a tanh."""

import math
from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "gelu tanh")
C, A = math.sqrt(2 / math.pi), 0.044715


def gelu_tanh(x):
    return functional.gelu(x, approximate="tanh")


def gate(x):
    return torch.tanh(C * (x + A * x**3))


def of_the_exact_form(dy, x):
    """The derivative of the form with erf, for a forward with tanh."""
    density = torch.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
    return dy * (0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * density)


def cube_without_three(dy, x):
    """The derivative of a x^3 is 3 a x^2."""
    t = gate(x)
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * C * (1 + A * x**2))


def inner_slope_forgotten(dy, x):
    """The chain stops at tanh."""
    t = gate(x)
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2))


def gate_alone(dy, x):
    """The product rule's second term is missing."""
    return dy * 0.5 * (1 + gate(x))


def constant_in_float32(dy, x):
    """sqrt(2 / pi) as a tensor has torch's default precision."""
    c = torch.sqrt(torch.tensor(2 / math.pi))
    t = torch.tanh(c * (x + A * x**3))
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * A * x**2))


def by_hand(dy, x):
    t = gate(x)
    return 0.5 * dy * ((1 + t) + x * (1 - t * t) * C * (1 + 3 * A * x * x))


def as_sigmoid(x):
    """(1 + tanh(u)) / 2 is sigmoid(2 u)."""
    s = torch.sigmoid(2 * C * (x + A * x**3))
    return x * s, (x, s)


def as_sigmoid_backward(dy, x, s):
    return (dy * (s + x * s * (1 - s) * 2 * C * (1 + 3 * A * x**2)),)


CASES = [
    case(
        *("gelu tanh with the derivative of the exact form", gelu_tanh, of_the_exact_form, drawn((6, 5))),
        **dict(cause="other", gradients=("dx",), detail="the derivative of gelu with erf"),
        accepted=("forward differs",),
    ),
    case(
        *("gelu tanh forgets the cube's 3", gelu_tanh, cube_without_three, drawn((6, 5))),
        **dict(cause="missing factor", gradients=("dx",), detail="3 of the cube's derivative"),
        accepted=("missing term",),
    ),
    case(
        *("gelu tanh stops at the tanh", gelu_tanh, inner_slope_forgotten, drawn((6, 5))),
        **dict(cause="missing factor", gradients=("dx",), detail="the slope inside tanh"),
    ),
    case(
        *("gelu tanh forgets half of the product rule", gelu_tanh, gate_alone, drawn((6, 5))),
        **dict(cause="missing term", gradients=("dx",), detail="x times the gate's slope"),
    ),
    case(
        *("gelu tanh with a float32 constant", gelu_tanh, constant_in_float32, drawn((6, 5))),
        **dict(cause="precision", gradients=("dx",), detail="float32 constant"),
    ),
    case("gelu tanh as a sigmoid", as_sigmoid, as_sigmoid_backward, drawn((6, 5)), like=gelu_tanh),
    case("gelu tanh in float32", gelu_tanh, by_hand, lambda g: (normal(g, 4, 5).float(),)),
    case("gelu tanh far out", gelu_tanh, by_hand, drawn((8,), scale=100.0)),
]
