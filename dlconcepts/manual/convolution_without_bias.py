"""A convolution without bias: for a layer whose bias would be undone at once, as batch norm undoes it.

Shapes: those of `convolution`, without b.
What batch norm subtracts from a bias is the bias itself, so its gradient is 0. In float32 it is rounding noise, of
which an optimizer that divides by the gradient's size makes whole steps.
Source: S. Ioffe, C. Szegedy, 2015, "Batch normalization", section 3.2, https://arxiv.org/abs/1502.03167
"""

from torch import Tensor

from .convolution import convolution, convolution_backward, convolution_parameters_backward
from .precision import rounded_once
from .window import Grid, Pair


@rounded_once
def convolution_without_bias(
    x: Tensor, W: Tensor, stride: int | Pair = 1, padding: int | Pair = 0
) -> tuple[Tensor, tuple[Tensor, Tensor, Grid]]:
    """The convolution with b = 0. Raises as it does."""
    return convolution(x, W, W.new_zeros(W.shape[:-3]), stride, padding)


@rounded_once
def convolution_without_bias_backward(dz: Tensor, x: Tensor, W: Tensor, g: Grid) -> tuple[Tensor, Tensor]:
    """dx and dW of the convolution."""
    dx, dW, _ = convolution_backward(dz, x, W, g)
    return dx, dW


@rounded_once
def convolution_without_bias_parameters_backward(dz: Tensor, x: Tensor, W: Tensor, g: Grid) -> tuple[Tensor]:
    """dW alone."""
    dW, _ = convolution_parameters_backward(dz, x, W, g)
    return (dW,)
