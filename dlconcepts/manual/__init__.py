"""The mathematics by hand: forward and backward of every operation, on plain tensors. Needs torch alone."""

from . import (
    activation,
    batch_norm,
    convolution,
    dropout,
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
    **softmax.rules,
    **loss.rules,
    **normalization.rules,
    **batch_norm.rules,
    **dropout.rules,
    **regularization.rules,
    **convolution.rules,
    **pooling.rules,
}
