"""Residual connection: a layer's input is added to its output, so that it learns what to change and no more.

Shapes: x, f, y (..., B, D); of the block W1 (..., D, H), b1 (..., H), W2 (..., H, D), b2 (..., D).
Sources: K. He, X. Zhang, S. Ren, J. Sun, 2015, https://arxiv.org/abs/1512.03385; the block is a transformer's
feed-forward layer, A. Vaswani et al., 2017, https://arxiv.org/abs/1706.03762, with GELU.
"""

from torch import Tensor

from .inputs import need_floating, need_same_shape
from .linear import linear, linear_backward
from .precision import rounded_once
from .smooth_activation import gelu, gelu_backward


def residual(x: Tensor, f: Tensor) -> tuple[Tensor, tuple]:
    """y = x + f, f being what a branch made of x. Raises ValueError where the two differ in shape."""
    need_floating(x)
    need_same_shape(x=x.shape, f=f.shape)
    return x + f, ()


def residual_backward(dy: Tensor) -> tuple[Tensor, Tensor]:
    """dx = dy, df = dy: a sum hands its gradient on to each term, undiminished.

    x gets dy on this straight way, and on the way through the branch that made f of it once more: `residual_block`.
    """
    return dy, dy


@rounded_once
def residual_block(x: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, tuple]:
    """y = x + gelu(x W1 + b1) W2 + b2: with W2 and b2 of 0 it is the identity. Raises ValueError as `linear` does."""
    z, _ = linear(x, W1, b1)
    h, gelu_saved = gelu(z)
    f, _ = linear(h, W2, b2)
    y, _ = residual(x, f)
    return y, (x, W1, h, W2, gelu_saved)


@rounded_once
def residual_block_backward(
    dy: Tensor, x: Tensor, W1: Tensor, h: Tensor, W2: Tensor, gelu_saved: tuple
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """dx = dy + dz W1^T, dz = (dy W2^T) gelu'(z): two ways lead from x to y, and their gradients add up.

    However small the second term, the first is dy itself: through a hundred blocks the gradient does not vanish.
    dW1 = x^T dz, db1 = dz, dW2 = h^T dy, db2 = dy, the biases' summed over the batch.
    """
    dx, df = residual_backward(dy)
    dh, dW2, db2 = linear_backward(df, h, W2)
    (dz,) = gelu_backward(dh, *gelu_saved)
    dx_branch, dW1, db1 = linear_backward(dz, x, W1)
    return dx + dx_branch, dW1, db1, dW2, db2
