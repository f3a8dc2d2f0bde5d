"""y = x W + b."""

from functools import partial

import torch
from torch.nn import functional

from ..case import Case
from ..draw import drawn, normal

case = partial(Case, "linear")
SHAPES = (5, 3), (3, 4), (4,)
SQUARE = (5, 4), (4, 4), (4,)
grads = {}


def linear(x, W, b):
    return x @ W + b


def weight_transposed(dy, x, W, b):
    """dy^T x is the gradient by a weight that is kept as (out, in)."""
    return dy @ W.T, dy.T @ x, dy.sum(0)


def no_transpose(dy, x, W, b):
    """dx takes W where it needs its transpose; a square W does not complain."""
    return dy @ W, x.T @ dy, dy.sum(0)


def bias_not_summed(dy, x, W, b):
    """The bias was added to every example, so its gradient is the sum over them."""
    return dy @ W.T, x.T @ dy, dy


def bias_averaged(dy, x, W, b):
    """A mean for a sum: as if the loss's 1/B were not yet in dy."""
    return dy @ W.T, x.T @ dy, dy.mean(dim=0)


def bias_keeps_its_axis(dy, x, W, b):
    """(1, O) for (O,)."""
    return dy @ W.T, x.T @ dy, dy.sum(dim=0, keepdim=True)


def bias_over_outputs(dy, x, W, b):
    """With as many examples as outputs the wrong sum has the right shape."""
    return dy @ W.T, x.T @ dy, dy.sum(1)


def accumulating(dy, x, W, b):
    """Adds to what earlier calls left, and nobody calls zero_grad."""
    grads["W"] = grads.get("W", 0) + x.T @ dy
    grads["b"] = grads.get("b", 0) + dy.sum(0)
    return dy @ W.T, grads["W"].clone(), grads["b"].clone()


def steps_first(dy, x, W, b):
    """Takes the step before dy has gone through W: dx is made with the new weights."""
    dW, db = x.T @ dy, dy.sum(0)
    W -= 0.1 * dW
    return dy @ W.T, dW, db


class NoBiasGradient(torch.autograd.Function):
    """The bias was added to the layer later, and its backward never."""

    @staticmethod
    def forward(ctx, x, W, b):
        ctx.save_for_backward(x, W)
        return torch.addmm(b, x, W)

    @staticmethod
    def backward(ctx, dy):
        x, W = ctx.saved_tensors
        return dy @ W.T, x.T @ dy, None


def exchanged(dy, x, W, b):
    """Returned in another order than the forward takes its arguments."""
    return dy @ W.T, dy.sum(0), x.T @ dy


def kept_as_out_in(x, W, b):
    return functional.linear(x, W, b), (x, W)


def kept_as_out_in_backward(dy, x, W):
    rows, columns = dy.flatten(0, -2), x.flatten(0, -2)
    return dy @ W, rows.mT @ columns, rows.sum(0)


def by_einsum(dy, x, W, b):
    return torch.einsum("bo,io->bi", dy, W), torch.einsum("bi,bo->io", x, dy), torch.einsum("bo->o", dy)


CASES = [
    case(
        *("linear's weight gradient is transposed", linear, weight_transposed, drawn(*SHAPES)),
        **dict(cause="transposed", gradients=("dW",)),
    ),
    case(
        *("linear's square weight gradient is transposed", linear, weight_transposed, drawn(*SQUARE)),
        **dict(cause="transposed", gradients=("dW",), detail="square"),
    ),
    case(
        *("linear goes back through W untransposed", linear, no_transpose, drawn(*SQUARE)),
        **dict(cause="transposed", gradients=("dx",), detail="W for its transpose"),
    ),
    case(
        *("linear's bias gradient is not summed", linear, bias_not_summed, drawn(*SHAPES)),
        **dict(cause="not summed after broadcasting", gradients=("db",)),
    ),
    case(
        *("linear's bias gradient is averaged", linear, bias_averaged, drawn(*SHAPES)),
        **dict(cause="factor", gradients=("db",), detail="1/B"),
    ),
    case(
        *("linear's bias gradient keeps its axis", linear, bias_keeps_its_axis, drawn(*SHAPES)),
        **dict(cause="wrong shape", gradients=("db",), detail="(1, O) for (O,)"),
    ),
    case(
        *("linear's bias gradient is summed over the outputs", linear, bias_over_outputs, drawn((4, 3), (3, 4), (4,))),
        **dict(cause="wrong axis", gradients=("db",)),
    ),
    case(
        *("linear's gradients add up over the calls", linear, accumulating, drawn(*SHAPES)),
        **dict(cause="stale", gradients=("dW", "db"), detail="accumulated over the calls", forget=grads.clear),
    ),
    case(
        *("linear takes its step too early", linear, steps_first, drawn(*SHAPES)),
        **dict(cause="in place", gradients=("dx",), detail="W, in the backward"),
    ),
    case(
        *("linear has no gradient for its bias", linear, NoBiasGradient, drawn(*SHAPES)),
        **dict(cause="missing gradient", gradients=("db",)),
    ),
    case(
        *("linear returns its gradients in another order", linear, exchanged, drawn(*SHAPES)),
        **dict(cause="wrong shape", gradients=("dW", "db"), detail="exchanged"),
    ),
    case("linear by einsum", linear, by_einsum, drawn(*SHAPES)),
    case(
        "linear of sequences, weight kept as (out, in)",
        kept_as_out_in,
        kept_as_out_in_backward,
        drawn((2, 5, 3), (4, 3), (4,)),
    ),
    case("linear of an empty batch", linear, by_einsum, drawn((0, 3), (3, 4), (4,))),
    case(
        "linear of views with strides",
        linear,
        by_einsum,
        lambda g: (normal(g, 3, 5).mT, normal(g, 6, 8)[::2, ::2], normal(g, 1).expand(4)),
    ),
]
