"""The rules: a fair try, and digits as they are printed come out right."""

import pytest
import torch

from dlconcepts.images.classic import heuristics
from dlconcepts.images.classic.heuristics import answers

PRINTED = {
    0: ("#########", "#.......#", "#.......#", "#.......#", "#.......#", "#.......#", "#.......#", "#########"),
    1: ("#", "#", "#", "#", "#", "#", "#", "#"),
    6: ("#........", "#........", "#........", "#........", "#########", "#.......#", "#.......#", "#########"),
    8: ("########", "#......#", "#......#", "########", "#......#", "#......#", "#......#", "########"),
    9: ("########", "#......#", "#......#", "########", ".......#", ".......#", ".......#", ".......#"),
    4: ("#......#", "#......#", "#......#", "########", ".......#", ".......#", ".......#", ".......#"),
    7: ("########", "......##", ".....##.", "....##..", "...##...", "..##....", "..##....", "..##...."),
}


@pytest.mark.parametrize("digit", PRINTED)
def test_a_digit_as_it_is_printed_is_known(digit):
    image = torch.zeros(28, 28)
    for i, row in enumerate(PRINTED[digit]):
        for j, mark in enumerate(row):
            image[4 + 2 * i : 6 + 2 * i, 6 + 2 * j : 8 + 2 * j] = float(mark == "#")
    assert answers(image.flatten()[None]).tolist() == [digit]


def test_it_is_a_fair_try(small):
    """Eight in ten of training digits, of each at least six: no digit was given up."""
    right = answers(small.train.x) == small.train.y
    assert right.double().mean() > 0.78
    for digit in range(10):
        assert right[small.train.y == digit].double().mean() > 0.6


def test_an_image_without_ink_gets_an_answer():
    assert 0 <= answers(torch.zeros(1, 784)).item() <= 9


def test_many_images_are_answered_piece_by_piece(small, monkeypatch):
    whole = answers(small.train.x[:60])
    monkeypatch.setattr(heuristics, "AT_ONCE", 7)
    assert torch.equal(answers(small.train.x[:60]), whole)
