"""First layers as pictures."""

import pytest
import torch

from dlconcepts.concepts.features.first_layer_pictures import first_layer, plain


def test_the_units_that_matter_most_come_first():
    W, out = torch.zeros(784, 4), torch.zeros(4, 10)
    for unit, (pixel, length) in enumerate([(0, 1.0), (30, 3.0), (783, 2.0), (5, 0.5)]):
        W[pixel, unit], out[unit, unit] = 0.25, length
    pictures = first_layer([(W, torch.zeros(4)), (), (out, torch.zeros(10))], 3)
    assert [[len(picture), len(picture[0])] for picture in pictures] == [[28, 28]] * 3
    assert [pictures[k][i][j] for k, (i, j) in enumerate([(1, 2), (27, 27), (0, 0)])] == [0.25] * 3
    assert sum(abs(value) for picture in pictures for row in picture for value in row) == pytest.approx(0.75)


def test_kernels_are_shown_as_they_are():
    W = torch.arange(18.0).view(2, 1, 3, 3)
    assert first_layer([(W, torch.zeros(2)), (), (torch.ones(8, 10), torch.zeros(10))], 1) == W[:, 0].tolist()


def test_numbers_are_short():
    assert plain(torch.full((1, 1, 2), 1 / 3)) == [[[0.333, 0.333]]]
    assert len(plain(torch.zeros(3, 784))[2]) == 28
