"""x times its sigmoid."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "silu")
BETA = 1.7


def silu(x):
    s = torch.sigmoid(x)
    return x * s, (x, s)


def gate_only(dy, x, s):
    """The product rule's second term is missing."""
    return (dy * s,)


def slope_of_the_gate_only(dy, x, s):
    """The product rule's first term is missing."""
    return (dy * x * s * (1 - s),)


def half_of_the_gates_slope(dy, x, s):
    """The sigmoid's slope is s (1 - s), not 1 - s."""
    return (dy * (s + x * (1 - s)),)


def detached_gate(x):
    """The gate is a constant for autograd."""
    return x * torch.sigmoid(x).detach()


def from_x(dy, x):
    s = torch.sigmoid(x)
    return dy * s * (1 + x * (1 - s))


def swish(x):
    return x * torch.sigmoid(BETA * x)


def beta_forgotten(dy, x):
    """The inner derivative's beta is missing."""
    s = torch.sigmoid(BETA * x)
    return dy * (s + x * s * (1 - s))


def from_y(x):
    y = functional.silu(x)
    return y, (y, torch.sigmoid(x))


def from_y_backward(dy, y, s):
    return (dy * (y + s * (1 - y)),)


def swish_right(dy, x):
    s = torch.sigmoid(BETA * x)
    return dy * (s + BETA * x * s * torch.sigmoid(-BETA * x))


CASES = [
    case(
        *("silu keeps its gate only", silu, gate_only, drawn((5, 4))),
        **dict(cause="missing term", gradients=("dx",), detail="x times the gate's slope"),
    ),
    case(
        *("silu keeps its gate's slope only", silu, slope_of_the_gate_only, drawn((5, 4))),
        **dict(cause="missing term", gradients=("dx",), detail="the gate"),
    ),
    case(
        *("silu with half of the gate's slope", silu, half_of_the_gates_slope, drawn((5, 4))),
        **dict(cause="missing factor", gradients=("dx",), detail="sigmoid(x) in the second term"),
    ),
    case(
        *("silu detaches its gate", detached_gate, from_x, drawn((5, 4))),
        **dict(cause="detached", detail="the gate"),
    ),
    case(
        *("swish forgets beta", swish, beta_forgotten, drawn((5, 4))),
        **dict(cause="missing factor", gradients=("dx",), detail="beta in the second term"),
    ),
    case("silu from its output", from_y, from_y_backward, drawn((5, 4)), like=functional.silu),
    case("silu of large numbers", silu, lambda dy, x, s: (from_x(dy, x),), drawn((8,), scale=1e4)),
    case("swish", swish, swish_right, lambda g: (normal(g, 3, 8)[:, ::2],)),
]
