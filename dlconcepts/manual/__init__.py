"""The mathematics by hand: forward and backward of every operation, on plain tensors. Needs torch alone."""

from . import activation, convolution, linear, loss, pooling

rules = {**linear.rules, **activation.rules, **loss.rules, **convolution.rules, **pooling.rules}
