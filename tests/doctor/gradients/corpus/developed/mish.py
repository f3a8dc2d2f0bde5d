"""x tanh(softplus(x))."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "mish")


def mish(x):
    return x * torch.tanh(functional.softplus(x))


def first_factor_only(dy, x):
    """The product rule's second term is missing."""
    return dy * torch.tanh(functional.softplus(x))


def softplus_slope_forgotten(dy, x):
    """The chain stops at tanh: softplus' own slope, sigmoid(x), is missing."""
    t = torch.tanh(functional.softplus(x))
    return dy * (t + x * (1 - t**2))


def gate_without_grad(x):
    """The gate is computed without a graph: autograd takes it for a constant."""
    with torch.no_grad():
        gate = torch.tanh(torch.log1p(torch.exp(x)))
    return x * gate


def mish_backward(dy, x):
    t = torch.tanh(functional.softplus(x))
    return dy * (t + x * (1 - t**2) * torch.sigmoid(x))


def omega_over_delta(dy, x):
    e = torch.exp(x)
    omega = 4 * (x + 1) + 4 * e**2 + e**3 + e * (4 * x + 6)
    delta = 2 * e + e**2 + 2
    return dy * e * omega / delta**2


CASES = [
    case(
        *("mish forgets half of the product rule", mish, first_factor_only, drawn((5, 4))),
        **dict(cause="missing term", gradients=("dx",), detail="x times the gate's slope"),
    ),
    case(
        *("mish forgets softplus' slope", mish, softplus_slope_forgotten, drawn((5, 4))),
        **dict(cause="missing factor", gradients=("dx",), detail="sigmoid(x) in the second term"),
    ),
    case(
        *("mish computes its gate without a graph", gate_without_grad, mish_backward, drawn((5, 4))),
        **dict(cause="detached", detail="torch.no_grad around the gate"),
    ),
    case("mish by one quotient of polynomials", mish, omega_over_delta, drawn((5, 4)), like=functional.mish),
    case("mish of one number", mish, mish_backward, lambda g: (normal(g).squeeze(),)),
]
