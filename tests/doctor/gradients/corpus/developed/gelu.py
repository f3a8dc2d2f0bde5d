"""x times the probability that a standard normal number is below x."""

import math
from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "gelu")


def gelu(x):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def cdf_of(x):
    return 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def of_the_tanh_form(dy, x):
    """The derivative of the tanh approximation, for a forward with erf."""
    c = math.sqrt(2 / math.pi)
    t = torch.tanh(c * (x + 0.044715 * x**3))
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2))


def second_summand_forgotten(dy, x):
    """The product rule's second half, x times the density, is missing."""
    return dy * cdf_of(x)


def density_not_normalized(dy, x):
    """The density lacks 1/sqrt(2 pi)."""
    return dy * (cdf_of(x) + x * torch.exp(-0.5 * x**2))


def float32_constant(dy, x):
    """A constant tensor without a dtype is float32, and so the density has seven digits."""
    norm = torch.tensor([0.3989422804014327])
    return dy * (cdf_of(x) + x * norm * torch.exp(-x * x / 2))


def by_distribution(dy, x):
    standard = torch.distributions.Normal(0.0, 1.0)
    return dy * (0.5 * torch.erfc(-x / math.sqrt(2)) + x * standard.log_prob(x).exp())


class Tails(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        cdf = torch.special.ndtr(x)
        ctx.save_for_backward(x, cdf)
        return x * cdf

    @staticmethod
    def backward(ctx, dy):
        x, cdf = ctx.saved_tensors
        return dy * (cdf + x * (-x.square() / 2).exp() / math.sqrt(2 * math.pi))


CASES = [
    case(
        *("gelu with the derivative of its tanh form", gelu, of_the_tanh_form, drawn((6, 5))),
        **dict(cause="other", gradients=("dx",), detail="the derivative of gelu's tanh form"),
        accepted=("forward differs",),
    ),
    case(
        *("gelu forgets half of the product rule", gelu, second_summand_forgotten, drawn((6, 5))),
        **dict(cause="missing term", gradients=("dx",), detail="x times the density"),
    ),
    case(
        *("gelu with a density that is not normalized", gelu, density_not_normalized, drawn((6, 5))),
        **dict(cause="missing factor", gradients=("dx",), detail="1/sqrt(2 pi) of the density"),
    ),
    case(
        *("gelu with a float32 constant", gelu, float32_constant, drawn((6, 5))),
        **dict(cause="precision", gradients=("dx",), detail="float32 constant"),
    ),
    case("gelu through a distribution's density", gelu, by_distribution, drawn((6, 5)), like=functional.gelu),
    case("gelu far out in both tails", gelu, Tails, lambda g: (torch.cat([1e4 * normal(g, 5), 5 * normal(g, 5)]),)),
]
