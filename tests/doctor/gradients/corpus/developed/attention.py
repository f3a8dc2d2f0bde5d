"""softmax(q k^T / sqrt(D)) v."""

import math
from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn

case = partial(Case, "attention")
SHAPES = (5, 4), (5, 4), (5, 4)


def attention(q, k, v):
    p = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), dim=-1)
    return p @ v, (q, k, v, p)


def scores_backward(dy, v, p):
    dp = dy @ v.mT
    return p * (dp - (dp * p).sum(-1, keepdim=True))


def scale_forgotten(dy, q, k, v, p):
    """The scores were divided by sqrt(D) = 2, so their gradients must be."""
    ds = scores_backward(dy, v, p)
    return ds @ k, ds.mT @ q, p.mT @ dy


def keys_untransposed(dy, q, k, v, p):
    """The keys need the scores' gradient transposed; there are as many keys as queries."""
    ds = scores_backward(dy, v, p) / math.sqrt(q.shape[-1])
    return ds @ k, ds @ q, p.mT @ dy


def values_untransposed(dy, q, k, v, p):
    """Each value collects along its own column of p."""
    ds = scores_backward(dy, v, p) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p @ dy


def sigmoid_slope(dy, q, k, v, p):
    """p (1 - p): the weights do not compete."""
    ds = (dy @ v.mT) * p * (1 - p) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p.mT @ dy


def right(dy, q, k, v, p):
    ds = scores_backward(dy, v, p) / math.sqrt(q.shape[-1])
    return ds @ k, ds.mT @ q, p.mT @ dy


def causal(q, k, v):
    scores = torch.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])
    later = torch.ones(scores.shape[-2:]).triu(1).bool()
    p = torch.softmax(scores.masked_fill(later, -1e9), dim=-1)
    return torch.einsum("...ij,...jd->...id", p, v), (q, k, v, p)


class Attention(torch.autograd.Function):
    """Returns the gradients of queries and values, and none for the keys."""

    @staticmethod
    def forward(ctx, q, k, v):
        y, saved = attention(q, k, v)
        ctx.save_for_backward(*saved)
        return y

    @staticmethod
    def backward(ctx, dy):
        dq, _, dv = right(dy, *ctx.saved_tensors)
        return dq, None, dv


def of_torch(q, k, v):
    return functional.scaled_dot_product_attention(q[None], k[None], v[None])[0]


CASES = [
    case(
        *("attention forgets its scale", attention, scale_forgotten, drawn(*SHAPES)),
        **dict(cause="factor", gradients=("dq", "dk"), detail="2, the root of D"),
    ),
    case(
        *("attention's keys get the scores untransposed", attention, keys_untransposed, drawn(*SHAPES)),
        **dict(cause="transposed", gradients=("dk",), detail="scores"),
    ),
    case(
        *("attention's values get the weights untransposed", attention, values_untransposed, drawn(*SHAPES)),
        **dict(cause="transposed", gradients=("dv",), detail="weights"),
    ),
    case(
        *("attention with the slope of the sigmoid", attention, sigmoid_slope, drawn(*SHAPES)),
        **dict(cause="diagonal only", gradients=("dq", "dk")),
    ),
    case(
        *("attention has no gradient for its keys", of_torch, Attention, drawn(*SHAPES)),
        **dict(cause="missing gradient", gradients=("dk",)),
    ),
    case("attention", attention, right, drawn((5, 4), (7, 4), (7, 3))),
    case("causal attention with heads", causal, right, drawn((2, 3, 5, 4), (2, 3, 5, 4), (2, 3, 5, 4))),
]
