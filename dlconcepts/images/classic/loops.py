"""Closed loops of a digit: regions of background that the ink shuts in.

Shapes: ink (N, 28, 28) of truth values; one number per image (N,).
Ink touches across corners and background does not, so that a thin slanted stroke shuts its loop: A. Rosenfeld,
J. L. Pfaltz, "Sequential operations in digital picture processing", 1966, https://doi.org/10.1145/321356.321357
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn.functional import pad

from ..data_set import SIDE

INK = 0.5  # from so much of white on, a pixel is ink
SPECK = 2  # a region of fewer pixels is no loop but a blot
APART = np.zeros((3, 3, 3), dtype=bool)  # what touches what in a pile of images: nothing touches another image
SIDES, CORNERS = APART.copy(), APART.copy()
SIDES[1], CORNERS[1] = ndimage.generate_binary_structure(2, 1), True


@dataclass(frozen=True, eq=False)
class Loops:
    """How many loops an image has; of the largest the area in pixels, the height, and the centre's row and column.

    All 0 where there is none.
    """

    count: Tensor
    area: Tensor
    height: Tensor
    row: Tensor
    column: Tensor


def ink_of(x: Tensor, threshold: float = INK) -> Tensor:
    """Which pixels of images x (N, 784) are ink."""
    return (x >= threshold).unflatten(-1, (SIDE, SIDE))


def closed(ink: Tensor, pixels: int) -> Tensor:
    """The ink with gaps of up to 2 `pixels` filled: it grows by so many pixels and shrinks again."""
    if not pixels:
        return ink
    roomy = pad(ink, [pixels] * 4).numpy()
    filled = ndimage.binary_closing(roomy, CORNERS, iterations=pixels)
    return torch.from_numpy(filled[:, pixels:-pixels, pixels:-pixels].copy())


def loops(ink: Tensor) -> Loops:
    """The loops of each image. All images are one pile, labelled at once: one by one they would take far longer."""
    label, regions = ndimage.label(~pad(ink, [1] * 4).numpy(), SIDES)  # in a frame of background: outside is one region
    area = np.bincount(label.ravel(), minlength=regions + 1)
    is_loop = area >= SPECK
    is_loop[0] = is_loop[label[:, 0, 0]] = False  # the ink; the outside
    image, row, column = np.nonzero(is_loop[label])
    at = label[image, row, column]  # (pixels of loops,)
    of = np.zeros(regions + 1, dtype=int)
    of[at] = image
    found = np.flatnonzero(is_loop)
    largest = first_of_each(found[np.lexsort((-area[found], of[found]))], of)
    pixels = np.maximum(area, 1)
    means = [np.bincount(at, place - 1.0, regions + 1) / pixels for place in (row, column)]  # without the frame
    of_largest = [values[largest] for values in (area, heights(at, row, regions), *means)]
    images = of[largest]
    count = np.bincount(of[found], minlength=len(ink))
    return Loops(torch.from_numpy(count), *(spread_out(values, images, len(ink)) for values in of_largest))


def first_of_each(regions: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The first region of each image, of regions that are in the order of their images."""
    return regions[np.unique(of[regions], return_index=True)[1]]


def heights(at: np.ndarray, row: np.ndarray, regions: int) -> np.ndarray:
    """From each region's first row to its last, both counted."""
    top, bottom = np.full(regions + 1, SIDE + 2), np.full(regions + 1, -1)
    np.minimum.at(top, at, row)
    np.maximum.at(bottom, at, row)
    return bottom - top + 1


def spread_out(values: np.ndarray, images: np.ndarray, N: int) -> Tensor:
    """Values of some images as those of all N, 0 for the others."""
    out = np.zeros(N)
    out[images] = values
    return torch.from_numpy(out)
