"""Closed loops: of drawn shapes, and of digits labelled one by one."""

import numpy as np
import torch
from scipy import ndimage

from dlconcepts.images.classic.loops import SPECK, closed, ink_of, loops


def canvas(*rows):
    """An image with these rows of # at its row 5 and column 5."""
    image = torch.zeros(28, 28, dtype=torch.bool)
    for i, row in enumerate(rows):
        for j, mark in enumerate(row):
            image[5 + i, 5 + j] = mark == "#"
    return image


RING = canvas("####", "#..#", "#..#", "#..#", "####")
OPEN = canvas("####", "#..#", "#...", "#..#", "####")
DIAMOND = canvas("..#..", ".#.#.", "#...#", ".#.#.", "..#..")
EIGHT = canvas("####", "#..#", "####", "#..#", "#..#", "####")
BLOT = canvas("###", "#.#", "###")


def test_loops_are_counted_and_the_largest_is_measured():
    found = loops(torch.stack([RING, OPEN, DIAMOND, EIGHT, BLOT, canvas()]))
    assert found.count.tolist() == [1, 0, 1, 2, 0, 0]
    assert found.area.tolist() == [6, 0, 5, 4, 0, 0]
    assert found.height.tolist() == [3, 0, 3, 2, 0, 0]
    assert found.row.tolist() == [7, 0, 7, 8.5, 0, 0]
    assert found.column.tolist() == [6.5, 0, 7, 6.5, 0, 0]


def test_a_loop_at_the_edge_of_the_image_is_one_and_the_outside_is_none():
    image = torch.zeros(28, 28, dtype=torch.bool)
    image[0, :] = image[-1, :] = image[:, 0] = image[:, -1] = True
    found = loops(image[None])
    assert (found.count.item(), found.area.item(), found.height.item()) == (1, 26 * 26, 26)


def test_a_pile_is_labelled_as_each_image_alone(small):
    ink = ink_of(small.train.x)
    found = loops(ink)
    for i, image in enumerate(np.pad(ink.numpy(), ((0, 0), (1, 1), (1, 1)))):
        label, n = ndimage.label(~image)  # sides touch, corners do not
        sizes = [int((label == k).sum()) for k in range(1, n + 1) if k != label[0, 0]]
        sizes = [size for size in sizes if size >= SPECK]
        assert found.count[i] == len(sizes)
        assert found.area[i] == max(sizes, default=0)
    assert found.count.max() > 1


def test_gaps_are_closed_up_to_twice_the_pixels():
    one, two = canvas("###.###"), canvas("###..###")
    assert torch.equal(closed(torch.stack([one, two]), 0), torch.stack([one, two]))
    by_one = closed(torch.stack([one, two]), 1)
    assert by_one[0, 5, 5:12].all()
    assert by_one[1, 5, 5:13].all()
    assert not closed(canvas("###...###")[None], 1)[0, 5, 8:11].any()
    assert closed(canvas("###...###")[None], 2)[0, 5, 5:14].all()
    assert loops(closed(OPEN[None], 1)).count.item() in (0, 1)


def test_ink_begins_at_the_threshold():
    x = torch.tensor([[0.49, 0.5, 0.51] + [0.0] * 781])
    assert ink_of(x).flatten(1)[0, :3].tolist() == [False, True, True]
    assert ink_of(x, 0.505).flatten(1)[0, :3].tolist() == [False, False, True]
