"""A row for each operation of `manual`: torch's own version of it, and what the two are compared on."""

from . import (
    activation,
    batch_norm,
    convolution,
    dropout,
    gated,
    linear,
    loss,
    normalization,
    pooling,
    regularization,
    softmax,
)

rules = {
    **linear.rules,
    **activation.rules,
    **gated.rules,
    **softmax.rules,
    **loss.rules,
    **normalization.rules,
    **batch_norm.rules,
    **dropout.rules,
    **regularization.rules,
    **convolution.rules,
    **pooling.rules,
}
