"""Eleven measurements of a digit, as a programmer would think of them.

Shapes: x (N, 784) pixels from 0 to 1; each measurement (N,), all of them (N, 11).
Places are shares of the ink's own box, so that a digit's size and place do not matter.
"""

import torch
from torch import Tensor

from ..data_set import SIDE
from .loops import ink_of, loops

AT_ONCE = 10_000  # images a step


def measurements(x: Tensor) -> Tensor:
    """The eleven of each image, in x's precision and on its device."""
    parts = [torch.stack(list(named(part.cpu()).values()), -1) for part in x.split(AT_ONCE)]
    return torch.cat(parts).to(x)


def named(x: Tensor) -> dict[str, Tensor]:
    """What is measured, by name."""
    ink = ink_of(x)
    top, _, height, width = box(ink)
    found = loops(ink)
    rows, columns = centre(ink)
    return {
        "ink": ink.double().mean((-2, -1)),
        "width over height": width / height,
        "loops": found.count.double(),
        "height of the largest loop": found.height / height,
        "area of the largest loop": found.area / (height * width),
        "place of the largest loop": torch.where(found.count > 0, (found.row - top) / height, 0),
        "strokes across": crossings(ink) / height,
        "strokes down": crossings(ink.mT) / width,
        "mirrored left and right": mirrored(ink, 2 * columns),
        "mirrored top and bottom": mirrored(ink.mT, 2 * rows),
        "slant": slant(ink, rows, columns),
    }


def box(ink: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The smallest box around the ink: top, left, height and width; all of an image without ink."""
    ink = torch.where(ink.any(-1, keepdim=True).any(-2, keepdim=True), ink, True)
    ends = []
    for direction in (-1, -2):
        there = ink.any(direction).byte()
        first, last = there.argmax(-1), SIDE - 1 - there.flip(-1).argmax(-1)
        ends.append((first.double(), (last - first + 1).double()))
    (top, height), (left, width) = ends
    return top, left, height, width


def centre(ink: Tensor) -> tuple[Tensor, Tensor]:
    """The mean row and column of the ink; the middle of an image without any."""
    ink = torch.where(ink.any(-1, keepdim=True).any(-2, keepdim=True), ink, True).double()
    place, total = torch.arange(SIDE, dtype=torch.float64), ink.sum((-2, -1))
    return (ink.sum(-1) @ place) / total, (ink.sum(-2) @ place) / total


def crossings(ink: Tensor) -> Tensor:
    """How many strokes one meets, row by row from left to right, all rows together."""
    begins = ink[..., 1:] & ~ink[..., :-1]
    return (begins.sum((-2, -1)) + ink[..., 0].sum(-1)).double()


def mirrored(ink: Tensor, axis: Tensor) -> Tensor:
    """The share of ink that meets ink when columns are mirrored: column j goes to axis - j."""
    j = (axis.round().long()[:, None] - torch.arange(SIDE)).unsqueeze(-2).expand(ink.shape)  # (N, 28, 28)
    other = ink.gather(-1, j.clamp(0, SIDE - 1)) & (j >= 0) & (j < SIDE)
    return (ink & other).sum((-2, -1)) / ink.sum((-2, -1)).clamp_min(1).double()


def slant(ink: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """By how many columns the ink moves left as it goes a row down: the slope of a line through it."""
    place = torch.arange(SIDE, dtype=torch.float64)
    down, right = place - rows[:, None], place - columns[:, None]
    together = torch.einsum("nij,ni,nj->n", ink.double(), down, right)
    return -together / torch.einsum("nij,ni->n", ink.double(), down.square()).clamp_min(1)
