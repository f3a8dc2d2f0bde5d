"""Histograms of oriented gradients, in torch and by plain loops."""

import math

import pytest
import torch

from dlconcepts.images.classic import hog as module
from dlconcepts.images.classic.hog import EPS, edges, histograms, hog


def plainly(image):
    """The features of one image (28 rows of 28 numbers), pixel by pixel, cell by cell, block by block."""

    def at(i, j):
        return image[i][j] if 0 <= i < 28 and 0 <= j < 28 else 0.0

    cells = [[[0.0] * 9 for _ in range(7)] for _ in range(7)]
    for i in range(28):
        for j in range(28):
            down, right = at(i + 1, j) - at(i - 1, j), at(i, j + 1) - at(i, j - 1)
            strength, degrees = math.hypot(down, right), math.degrees(math.atan2(down, right)) % 180
            for k in range(9):
                far = abs(degrees - 20 * (k + 0.5))
                cells[i // 4][j // 4][k] += strength * max(0.0, 1 - min(far, 180 - far) / 20)
    features = []
    for i in range(6):
        for j in range(6):
            block = [v for di in (0, 1) for dj in (0, 1) for v in cells[i + di][j + dj]]
            length = math.sqrt(sum(v * v for v in block) + EPS**2)
            features += [v / length for v in block]
    return features


def test_it_is_what_plain_loops_find(small):
    x = small.train.x[:12]
    expected = torch.tensor([plainly(image) for image in x.unflatten(-1, (28, 28)).tolist()], dtype=torch.float64)
    found = hog(x)
    assert found.shape == (12, 1296)
    assert (found - expected).abs().max() < 1e-12


@pytest.mark.parametrize(("degrees", "bins"), [(10, {0}), (30, {1}), (0, {0, 8}), (90, {4}), (170, {8})])
def test_an_edge_votes_for_its_own_direction(degrees, bins):
    i, j = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    slope = math.radians(degrees)
    x = (math.sin(slope) * i + math.cos(slope) * j).flatten()[None].double()
    inner = histograms(x)[0, 3, 3]
    assert {k for k in range(9) if inner[k] > 1e-4 * inner.max()} == bins
    assert float(inner.sum()) == pytest.approx(16 * 2, rel=1e-5)  # 16 pixels, each 2 from left neighbour to right


def test_contrast_drops_out_and_dark_on_light_is_the_same(small):
    x = small.train.x[:20]
    whole, half = (hog(light * x).unflatten(-1, (36, 36)) for light in (1, 0.5))
    inked = whole.norm(dim=-1) > 0.9999  # elsewhere what is added under the root counts
    assert inked.double().mean() > 0.3
    assert (whole - half)[inked].abs().max() < 1e-3
    framed = x.clone().unflatten(-1, (28, 28))
    framed[:, 0] = framed[:, -1] = framed[:, :, 0] = framed[:, :, -1] = 0
    inner = edges(framed.flatten(1)), edges(1 - framed.flatten(1))
    (strength, place), (other, opposite) = ([value[:, 1:-1, 1:-1] for value in pair] for pair in inner)
    assert (strength - other).abs().max() < 1e-12
    turn = (place - opposite).abs()
    assert torch.minimum(turn, 9 - turn)[strength > 0.1].max() < 1e-9


def test_an_empty_image_has_no_features():
    assert hog(torch.zeros(1, 784)).eq(0).all()


def test_many_images_are_taken_piece_by_piece(small, monkeypatch):
    whole = hog(small.train.x[:20])
    monkeypatch.setattr(module, "AT_ONCE", 3)
    assert (hog(small.train.x[:20]) - whole).abs().max() < 1e-15
