"""exp(x) divided by its sum over the classes."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "softmax")
T = 2.5  # a temperature


def softmax(x):
    e = torch.exp(x - x.amax(-1, keepdim=True))
    p = e / e.sum(-1, keepdim=True)
    return p, (p,)


def p_times_one_minus_p(dy, p):
    """The slope of the sigmoid: only how each probability answers to its own logit."""
    return (dy * p * (1 - p),)


def outer_product_only(dy, p):
    """The Jacobian is diag(p) - p p^T; the diagonal matrix is missing."""
    return (-p * (dy * p).sum(-1, keepdim=True),)


def summed_over_examples(dy, p):
    """Mixes the examples: the sum belongs over the classes."""
    return (p * (dy - (dy * p).sum(0, keepdim=True)),)


def sum_without_keepdim(dy, p):
    """With as many examples as classes the sum of row i is silently taken from column i."""
    return (p * (dy - (dy * p).sum(-1)),)


def exchanged(dy, p):
    """The difference the wrong way round."""
    return (p * ((dy * p).sum(-1, keepdim=True) - dy),)


def with_temperature(x):
    return torch.softmax(x / T, dim=-1)


def temperature_forgotten(dy, x):
    """The inner derivative 1/T is missing."""
    p = torch.softmax(x / T, dim=-1)
    return p * (dy - (dy * p).sum(-1, keepdim=True))


def shifts_its_input(x):
    """Subtracts the maximum for stability, from the caller's own tensor."""
    x -= x.max(dim=-1, keepdim=True).values
    e = x.exp()
    return e / e.sum(dim=-1, keepdim=True)


def from_x(dy, x):
    p = torch.softmax(x, dim=-1)
    return p * (dy - (dy * p).sum(-1, keepdim=True))


def by_jacobian(dy, p):
    jacobian = torch.diag_embed(p) - p[..., :, None] * p[..., None, :]
    return (torch.einsum("...i,...ij->...j", dy, jacobian),)


def over_channels(x):
    shifted = x - x.detach().amax(1, keepdim=True)  # the shift cancels, so it needs no gradient
    e = shifted.exp()
    return e / e.sum(1, keepdim=True)


def over_channels_backward(dy, x):
    p = torch.softmax(x, 1)
    weighted = p * dy
    return weighted - p * weighted.sum(1, keepdim=True)


def thousands(g):
    """Rows that saturate, and rows that do not."""
    return (torch.cat([1e3 * normal(g, 2, 6), 1e3 + normal(g, 3, 6)]),)


CASES = [
    case(
        *("softmax with the slope of the sigmoid", softmax, p_times_one_minus_p, drawn((5, 4))),
        **dict(cause="diagonal only", gradients=("dx",)),
    ),
    case(
        *("softmax without the diagonal", softmax, outer_product_only, drawn((5, 4))),
        **dict(cause="missing term", gradients=("dx",), detail="p dy, the diagonal"),
    ),
    case(
        *("softmax sums over the examples", softmax, summed_over_examples, drawn((5, 4))),
        **dict(cause="wrong axis", gradients=("dx",), detail="examples in place of classes"),
    ),
    case(
        *("softmax sums without keepdim", softmax, sum_without_keepdim, drawn((4, 4))),
        **dict(cause="wrong axis", gradients=("dx",), detail="keepdim forgotten", accepted=("transposed",)),
    ),
    case(
        *("softmax with its difference the wrong way round", softmax, exchanged, drawn((3, 6))),
        **dict(cause="sign", gradients=("dx",)),
    ),
    case(
        *("softmax forgets its temperature", with_temperature, temperature_forgotten, drawn((3, 4))),
        **dict(cause="factor", gradients=("dx",), detail="2.5"),
    ),
    case(
        *("softmax shifts its input in place", shifts_its_input, from_x, drawn((3, 4))),
        **dict(cause="in place", detail="x, in the forward", like=partial(torch.softmax, dim=-1)),
    ),
    case("softmax by its full Jacobian", softmax, by_jacobian, drawn((5, 4))),
    case("softmax of logits of a thousand", softmax, by_jacobian, thousands),
    case("softmax of a single class", softmax, by_jacobian, drawn((4, 1))),
    case(
        *("softmax over the channels of images", over_channels, over_channels_backward, drawn((2, 3, 2, 2))),
        like=partial(torch.softmax, dim=1),
    ),
]
