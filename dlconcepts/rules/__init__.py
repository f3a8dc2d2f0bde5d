"""A row for each operation of `manual`: torch's own version of it, and what the two are compared on."""

from . import (
    activation,
    batch_norm,
    convolution,
    dropout,
    gated,
    group_norm,
    linear,
    loss,
    normalization,
    pooling,
    regularization,
    residual,
    rms_norm,
    softmax,
)

rules = {
    **linear.rules,
    **activation.rules,
    **gated.rules,
    **softmax.rules,
    **loss.rules,
    **normalization.rules,
    **rms_norm.rules,
    **batch_norm.rules,
    **group_norm.rules,
    **residual.rules,
    **dropout.rules,
    **regularization.rules,
    **convolution.rules,
    **pooling.rules,
}
