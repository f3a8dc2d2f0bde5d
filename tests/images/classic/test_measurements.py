"""The eleven measurements, of drawn shapes by hand and of digits by plain loops over pixels."""

import pytest
import torch

from dlconcepts.images.classic import measurements as module
from dlconcepts.images.classic.measurements import box, centre, crossings, measurements, mirrored, named


def drawn(*rows, at=(5, 5)):
    """Images (1, 784) with these rows of # at a place."""
    image = torch.zeros(28, 28, dtype=torch.float64)
    for i, row in enumerate(rows):
        for j, mark in enumerate(row):
            image[at[0] + i, at[1] + j] = mark == "#"
    return image.flatten()[None]


RING = ("####", "#..#", "#..#", "#..#", "####")
LEANING = ("...#", "..#.", ".#..", "#...")


def values(*rows, **place):
    return {name: float(value) for name, value in named(drawn(*rows, **place)).items()}


def test_a_ring_is_measured_as_by_hand():
    assert values(*RING) == pytest.approx(
        {
            "ink": 14 / 784,
            "width over height": 4 / 5,
            "loops": 1,
            "height of the largest loop": 3 / 5,
            "area of the largest loop": 6 / 20,
            "place of the largest loop": 2 / 5,
            "strokes across": (1 + 2 + 2 + 2 + 1) / 5,
            "strokes down": (1 + 2 + 2 + 1) / 4,
            "mirrored left and right": 1,
            "mirrored top and bottom": 1,
            "slant": 0,
        }
    )


def test_a_stroke_that_leans_right_has_a_positive_slant():
    assert values(*LEANING)["slant"] == pytest.approx(1)
    assert values(*LEANING[::-1])["slant"] == pytest.approx(-1)
    assert values("#", "#", "#")["slant"] == 0


def test_place_and_size_of_the_image_do_not_matter():
    here, there = values(*RING), values(*RING, at=(17, 20))
    assert here == pytest.approx(there)


def test_an_empty_image_has_finite_measurements():
    assert all(torch.isfinite(value).all() for value in named(torch.zeros(2, 784)).values())


def test_digits_are_measured_as_pixel_by_pixel(small):
    x = small.train.x[:60]
    found = named(x)
    top, left, height, width = box(x.unflatten(-1, (28, 28)) >= 0.5)
    rows, columns = centre(x.unflatten(-1, (28, 28)) >= 0.5)
    for n, image in enumerate((x >= 0.5).unflatten(-1, (28, 28)).tolist()):
        ink = [(i, j) for i in range(28) for j in range(28) if image[i][j]]
        i, j = (sorted(place[d] for place in ink) for d in (0, 1))
        assert (top[n], left[n]) == (i[0], j[0])
        assert (height[n], width[n]) == (i[-1] - i[0] + 1, j[-1] - j[0] + 1)
        assert float(rows[n]) == pytest.approx(sum(i) / len(ink))
        assert float(columns[n]) == pytest.approx(sum(j) / len(ink))
        strokes = sum(image[r][c] and not (c and image[r][c - 1]) for r in range(28) for c in range(28))
        assert float(found["strokes across"][n]) == pytest.approx(strokes / float(height[n]))
        axis = round(2 * float(columns[n]))
        meets = sum(0 <= axis - c < 28 and image[r][axis - c] for r, c in ink)
        assert float(found["mirrored left and right"][n]) == pytest.approx(meets / len(ink))
        spread = sum((r - float(rows[n])) ** 2 for r, _ in ink)
        leaning = -sum((r - float(rows[n])) * (c - float(columns[n])) for r, c in ink) / max(spread, 1)
        assert float(found["slant"][n]) == pytest.approx(leaning)


def test_strokes_that_begin_at_the_edge_count():
    ink = torch.zeros(1, 28, 28, dtype=torch.bool)
    ink[0, 3, [0, 1, 5]] = True
    assert crossings(ink).item() == 2


def test_what_would_be_mirrored_out_of_the_image_meets_nothing():
    ink = torch.zeros(1, 28, 28, dtype=torch.bool)
    ink[0, 3, [0, 2, 27]] = True
    assert mirrored(ink, torch.tensor([2.0])).item() == pytest.approx(2 / 3)


def test_many_images_are_measured_piece_by_piece(small, monkeypatch):
    whole = measurements(small.train.x[:50])
    assert whole.shape == (50, 11)
    assert whole.dtype == small.train.x.dtype
    monkeypatch.setattr(module, "AT_ONCE", 7)
    assert torch.equal(measurements(small.train.x[:50]), whole)
