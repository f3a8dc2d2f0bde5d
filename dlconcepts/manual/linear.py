"""The linear layer: every unit's weighted sum plus its bias.

Shapes: x (..., B, I), W (..., I, O), b (..., O), z (..., B, O).
W holds one unit a column, the transpose of torch.nn.Linear.weight, so that the formula reads as on paper.
Source: D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by back-propagating errors",
1986, https://doi.org/10.1038/323533a0
"""

from torch import Tensor

from .inputs import need_floating, need_same_shape
from .precision import rounded_once


def need_rows(x: Tensor) -> None:
    """Raises TypeError unless x has a gradient, ValueError unless it can be (..., B, I)."""
    need_floating(x)
    if x.ndim < 2:
        raise ValueError(f"expected rows of examples (..., B, I), got {tuple(x.shape)}; one example is x[None]")


@rounded_once
def linear(x: Tensor, W: Tensor, b: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """z = x W + b. Raises ValueError where the shapes do not fit, rather than broadcasting."""
    need_rows(x)
    need_same_shape(x_models_and_inputs=x.shape[:-2] + x.shape[-1:], W_models_and_inputs=W.shape[:-1])
    need_same_shape(W_models_and_outputs=W.shape[:-2] + W.shape[-1:], b=b.shape)
    return x @ W + b.unsqueeze(-2), (x, W)


@rounded_once
def linear_backward(dz: Tensor, x: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """dx = dz W^T, dW = x^T dz, db = the sum of dz over the batch."""
    return dz @ W.mT, *linear_parameters_backward(dz, x)


@rounded_once
def linear_parameters_backward(dz: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """dW and db alone: nobody asks the first layer for the gradient of the data."""
    return x.mT @ dz, dz.sum(-2)


@rounded_once
def linear_without_bias(x: Tensor, W: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """z = x W: for a layer whose bias would be undone at once, as batch norm undoes it. Raises as `linear` does."""
    need_rows(x)
    need_same_shape(x_models_and_inputs=x.shape[:-2] + x.shape[-1:], W_models_and_inputs=W.shape[:-1])
    return x @ W, (x, W)


@rounded_once
def linear_without_bias_backward(dz: Tensor, x: Tensor, W: Tensor) -> tuple[Tensor, Tensor]:
    """dx = dz W^T, dW = x^T dz"""
    return dz @ W.mT, x.mT @ dz
