"""x minus the logarithm of its summed exponentials."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "log-softmax")


def log_softmax(x):
    shifted = x - x.amax(-1, keepdim=True)
    y = shifted - shifted.exp().sum(-1, keepdim=True).log()
    return y, (y,)


def as_for_one_class(dy, y):
    """dy - p is right for a one-hot dy only: p must be multiplied with the sum of dy."""
    return (dy - y.exp(),)


def own_logit_only(dy, y):
    """Each output answers to its own logit, with slope 1 - p; the others' share is left out."""
    return (dy * (1 - y.exp()),)


def over_examples(dy, y):
    """Adds dy over the examples in place of the classes."""
    return (dy - y.exp() * dy.sum(0),)


def not_normalized(dy, x):
    """exp(x) is not yet the probability; exp(y) is."""
    return dy - x.exp() * dy.sum(-1, keepdim=True)


def with_eps(x):
    """The logarithm of the softmax, kept from 0 by an epsilon that torch does not have."""
    return torch.log(torch.softmax(x, dim=-1) + 1e-6)


def from_x(dy, x):
    return dy - torch.softmax(x, -1) * dy.sum(-1, keepdim=True)


def exchanged(dy, y):
    """The two terms the wrong way round."""
    return (y.exp() * dy.sum(-1, keepdim=True) - dy,)


def from_y(dy, y):
    return (dy - torch.exp(y) * dy.sum(-1, keepdim=True),)


def by_jacobian(dy, x):
    p = torch.softmax(x, -1)
    jacobian = torch.eye(x.shape[-1], dtype=x.dtype) - p[..., None, :]
    return torch.einsum("...i,...ij->...j", dy, jacobian)


def of_torch(x):
    return torch.log_softmax(x, dim=-1)


def along_rows(x):
    return torch.log_softmax(x, dim=0)


def along_rows_backward(dy, x):
    return dy - torch.softmax(x, 0) * dy.sum(0)


CASES = [
    case(
        *("log-softmax as if dy were one-hot", log_softmax, as_for_one_class, drawn((5, 4))),
        **dict(cause="missing factor", gradients=("dx",), detail="the sum of dy, beside p"),
    ),
    case(
        *("log-softmax with the slope of its own logit", log_softmax, own_logit_only, drawn((5, 4))),
        **dict(cause="diagonal only", gradients=("dx",)),
    ),
    case(
        *("log-softmax adds over the examples", log_softmax, over_examples, drawn((5, 4))),
        **dict(cause="wrong axis", gradients=("dx",), detail="examples in place of classes"),
    ),
    case(
        *("log-softmax takes exp of the logits for p", of_torch, not_normalized, drawn((5, 4))),
        **dict(cause="other", gradients=("dx",), detail="x in place of y", accepted=("missing factor",)),
    ),
    case(
        *("log-softmax with an epsilon", with_eps, from_x, drawn((5, 4))),
        **dict(cause="forward differs", detail="eps inside the logarithm", like=of_torch),
    ),
    case(
        *("log-softmax with its terms exchanged", log_softmax, exchanged, drawn((3, 6))),
        **dict(cause="sign", gradients=("dx",)),
    ),
    case("log-softmax from its output", log_softmax, from_y, drawn((5, 4)), like=of_torch),
    case(
        *("log-softmax by its Jacobian, far apart", of_torch, by_jacobian),
        lambda g: (torch.cat([1e3 * normal(g, 3, 4), normal(g, 3, 4) - 1e3]),),
    ),
    case("log-softmax along the rows of a view", along_rows, along_rows_backward, lambda g: (normal(g, 4, 5).mT,)),
]
