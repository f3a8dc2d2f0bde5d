"""Ten digits by rules: what a programmer can write down about their shapes, by looking at some.

Shapes: x (N, 784) pixels from 0 to 1; each clue (N,), places as shares of the ink's box; answers (N,) digits.
No number here was fitted: each was set by eye, by looking at the training images that it gets wrong, and moved a few
times. The rules are asked in their order, and the first that holds answers.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ..data_set import SIDE
from .loops import ink_of, loops
from .measurements import box, centre, slant

AT_ONCE = 10_000  # images a step


class Clues(NamedTuple):
    """What the rules look at. Sides are columns, 0 the left end and 1 the right, with the digit set upright."""

    loops: Tensor
    loop_height: Tensor
    loop_place: Tensor
    width: Tensor
    upper_side: Tensor
    lower_side: Tensor
    upper_strokes: Tensor
    lower_strokes: Tensor
    top_width: Tensor
    bottom_width: Tensor


def clues(x: Tensor) -> Clues:
    """The clues of each image."""
    ink = ink_of(x)
    top, _, height, _ = box(ink)
    found = loops(ink)
    upright, width = sides(ink)
    level = (torch.arange(SIDE) - top[:, None]) / height[:, None]  # each row's place in the box, (N, 28)
    strokes = (ink & ~torch.nn.functional.pad(ink, (1, 0))[..., :-1]).sum(-1).double()

    def in_rows(low: float, high: float, values: Tensor, weights: Tensor) -> Tensor:
        inside = ((level >= low) & (level < high)) * weights
        return (inside * values).sum(-1) / inside.sum(-1).clamp_min(1)

    here = ink.sum(-1).double()
    side = (upright * ink).sum(-1) / here.clamp_min(1)
    rows = (here > 0).double()
    return Clues(
        loops=found.count,
        loop_height=found.height / height,
        loop_place=torch.where(found.count > 0, (found.row - top) / height, 0),
        width=width / height,
        upper_side=in_rows(0.2, 0.45, side, here),
        lower_side=in_rows(0.55, 0.8, side, here),
        upper_strokes=in_rows(0.1, 0.4, strokes, rows),
        lower_strokes=in_rows(0.6, 0.9, strokes, rows),
        top_width=in_rows(0, 0.2, here / width[:, None], rows),
        bottom_width=in_rows(0.85, 1.01, here / width[:, None], rows),
    )


def sides(ink: Tensor) -> tuple[Tensor, Tensor]:
    """Each pixel's column as a share of the ink's width, once the digit is set upright; and that width in pixels."""
    rows, columns = centre(ink)
    place = torch.arange(SIDE, dtype=torch.float64)
    down = place - rows[:, None]
    moved = place + (slant(ink, rows, columns)[:, None] * down).unsqueeze(-1)  # (N, 28, 28)
    left = torch.where(ink, moved, torch.inf).amin((-2, -1))
    right = torch.where(ink, moved, -torch.inf).amax((-2, -1))
    width = (right - left + 1).nan_to_num(1, 1, 1)
    return ((moved - left[:, None, None]) / width[:, None, None]).nan_to_num(0, 0, 0), width


def answers(x: Tensor) -> Tensor:
    """What the rules say each image is."""
    return torch.cat([decide(clues(part)) for part in x.cpu().split(AT_ONCE)]).to(x.device)


def decide(c: Clues) -> Tensor:
    """The first rule that holds answers."""
    one, none = c.loops == 1, c.loops == 0
    two_above, two_below = c.upper_strokes > 1.4, c.lower_strokes > 1.4
    on_the_left = c.upper_side < 0.42
    pointed_top, low_loop = c.top_width < 0.36, c.loop_place > 0.6
    rules = (
        (8, c.loops > 1),
        (2, one & low_loop & (c.upper_side > 0.5)),
        (0, one & (c.loop_height > 0.5)),
        (0, one & (c.loop_height > 0.3) & ~low_loop & (c.loop_place > 0.4) & two_below),
        (8, one & two_above & two_below),
        (4, one & ~low_loop & pointed_top & ~two_below),
        (9, one & ~low_loop),
        (2, one & (c.upper_side > 0.45)),
        (6, one),
        (1, (c.width < 0.5) & ~two_above & ~two_below),
        (0, two_below & (c.upper_strokes > 1.6)),
        (4, two_above & ~two_below & pointed_top),
        (7, (c.bottom_width < 0.32) & ~two_below & ~on_the_left),
        (6, on_the_left & pointed_top),
        (5, on_the_left),
        (3, c.lower_side > 0.52),
        (2, none),
    )
    digit = torch.full_like(c.loops, -1)
    for number, holds in rules:
        digit = torch.where((digit < 0) & holds, number, digit)
    return digit
