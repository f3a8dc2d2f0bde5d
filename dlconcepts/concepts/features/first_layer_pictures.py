"""What the first layer of a network looks for, as pictures.

Shapes: W (784, H) or kernels W (O, 1, kh, kw); pictures (count, 28, 28) or (O, kh, kw).
"""

from torch import Tensor

from ...images.data_set import SIDE
from ...manual.backprop import Params

DIGITS = 3  # more would only make a record long


def first_layer(params: Params, count: int) -> list[list[list[float]]]:
    """Each kernel of a convolution; or the weights into the `count` hidden units that matter most, pixel by pixel.

    A unit matters by the length of the weights that go out of it.
    """
    (W, *_), (out, *_), *_ = [layer for layer in params if layer and layer[0].ndim > 1]  # a norm's scales are not
    if W.ndim == 4:
        return plain(W[:, 0])
    units = out.norm(dim=1).argsort(descending=True, stable=True)[:count]
    return plain(W[:, units].mT)


def plain(images: Tensor) -> list[list[list[float]]]:
    """Images (N, rows, columns), or (N, 784) pixels of images, as numbers for a record."""
    images = images.unflatten(-1, (SIDE, SIDE)) if images.ndim == 2 else images
    return [[[round(value, DIGITS) for value in row] for row in image] for image in images.double().tolist()]
