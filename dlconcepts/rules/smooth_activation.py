"""Smooth activations: torch's own, and what ours are verified on."""

from torch.nn import functional

from ..manual.smooth_activation import (
    gelu,
    gelu_backward,
    gelu_tanh,
    gelu_tanh_backward,
    silu,
    silu_backward,
    softplus,
    softplus_backward,
)
from .elementwise import elementwise, model_by_model
from .rule import Rule

rules = {
    "gelu": Rule(gelu, gelu_backward, functional.gelu, elementwise()),
    "gelu tanh": Rule(gelu_tanh, gelu_tanh_backward, lambda x: functional.gelu(x, approximate="tanh"), elementwise()),
    "silu": Rule(silu, silu_backward, functional.silu, elementwise()),
    "softplus": Rule(
        softplus,
        softplus_backward,
        model_by_model(functional.softplus),
        elementwise(20.0, 2.5, beta=2.0, threshold=5.0),
    ),
}
