"""The larger of x and 0."""

from functools import partial

import torch

from ..case import Case
from ..draw import drawn, drawn_apart, drawn_with_zeros, normal

case = partial(Case, "relu")


def relu(x):
    return x * (x > 0)


def slope_1_at_0(dy, x):
    """At exactly 0 the slope is 1; autograd takes 0."""
    return dy * (x >= 0)


def positive_dy(dy, x):
    """The mask is that of the upstream gradient (guided backpropagation without the other half)."""
    grad = dy.clone()
    grad[dy < 0] = 0
    return grad


def negative_side(dy, x):
    """What was cut off is let through, and the other way round."""
    return torch.where(x > 0, 0.0, dy)


def relu_in_place(x):
    """Saves memory: the caller's x has lost its negative entries."""
    x[x < 0] = 0
    return 1 * x


def relu_backward(dy, x):
    return dy * (x > 0)


def zeroes_dy(dy, x):
    """The result is right, but the caller's dy is overwritten: a second branch would get it masked."""
    dy[x <= 0] = 0
    return dy


class NoMask(torch.autograd.Function):
    """Passes everything on, as a straight-through estimator does."""

    @staticmethod
    def forward(ctx, x):
        return torch.clamp(x, min=0.0)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


class FromOutput(torch.autograd.Function):
    """y > 0 exactly where x > 0, so y is all that must be kept."""

    @staticmethod
    def forward(ctx, x):
        y = torch.relu(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[y == 0] = 0
        return grad_input


def by_sign(dy, x):
    return dy * (1 + torch.sign(x)) / 2


CASES = [
    case(
        *("relu has slope 1 at 0", relu, slope_1_at_0, drawn_with_zeros((4, 5))),
        **dict(cause="mask", gradients=("dx",), where="at 0", detail="1 at the kink, autograd takes 0"),
    ),
    case(
        *("relu masks by the upstream gradient", relu, positive_dy, drawn_apart((4, 5))),
        **dict(cause="mask", gradients=("dx",), detail="of dy in place of x"),
    ),
    case(
        *("relu lets the negative side through", relu, negative_side, drawn_apart((6, 3))),
        **dict(cause="mask", gradients=("dx",), detail="wrong side"),
    ),
    case(
        *("relu overwrites its input", relu_in_place, relu_backward, drawn_apart((4, 5))),
        **dict(cause="in place", detail="x, in the forward", like=torch.relu),
    ),
    case(
        *("relu overwrites the upstream gradient", relu, zeroes_dy, drawn_apart((4, 5))),
        **dict(cause="in place", detail="dy, in the backward"),
    ),
    case(
        *("relu passes everything on", relu, NoMask, drawn_apart((7,))),
        **dict(cause="mask", gradients=("dx",), where="negative inputs", detail="no mask"),
    ),
    case("relu kept only its output, with exact zeros", relu, FromOutput, drawn_with_zeros((3, 4)), like=torch.relu),
    case("relu through the sign of x, away from 0", relu, by_sign, drawn_apart((8,))),
    case("relu of a transposed view of large numbers", relu, relu_backward, lambda g: (1e4 * normal(g, 3, 5).mT,)),
    case("relu of a single number", relu, relu_backward, drawn(())),
    case("relu of an empty batch", relu, relu_backward, drawn((0, 3))),
]
