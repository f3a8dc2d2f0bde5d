"""The surfaces' slopes against autograd, and where they start and end."""

from math import cos, isclose, pi, sin

import pytest
import torch

from dlconcepts.concepts.optimizer.surface import FIRST, surfaces, turned, valley

every_surface = pytest.mark.parametrize("surface", surfaces.values(), ids=list(surfaces))


@every_surface
def test_slopes_are_those_of_autograd(surface):
    p = torch.randn(5, 3, 2, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(5, 3, dtype=torch.float64)
    (expected,) = torch.autograd.grad(surface.height(p), p, upstream)
    assert (upstream[..., None] * surface.slope(p) - expected).abs().max() < 1e-11


@every_surface
def test_the_lowest_point_has_height_0_and_no_slope(surface):
    p = torch.tensor(surface.lowest, dtype=torch.float64)
    assert surface.height(p) == 0
    assert torch.equal(surface.slope(p), torch.zeros(2, dtype=torch.float64))
    assert (surface.height(p + torch.randn(1000, 2, dtype=torch.float64)) > 0).all()


def test_heights_by_hand():
    p = torch.tensor([[1.0, 2.0], [-1.2, 1.0]], dtype=torch.float64)
    assert surfaces["valley"].height(p).tolist() == pytest.approx([200.5, 50.72])
    assert surfaces["Rosenbrock"].height(p).tolist() == pytest.approx([100.0, 24.2])
    along = torch.tensor([1.0, 1.0], dtype=torch.float64) / 2**0.5
    assert surfaces["turned valley"].height(along) == pytest.approx(0.5)


def test_turning_back_undoes_turning():
    p = torch.randn(7, 2, dtype=torch.float64)
    assert (turned(turned(p), back=True) - p).abs().max() < 1e-15
    assert turned(torch.tensor([1.0, 0.0])).tolist() == pytest.approx([2**-0.5, 2**-0.5])


def test_no_two_seeds_start_at_one_place_and_those_of_a_valley_at_one_height():
    for surface in surfaces.values():
        points = [surface.start(seed) for seed in range(200)]
        assert len({(round(x, 3), round(y, 3)) for x, y in points}) == 200
    for name in ("valley", "turned valley"):
        heights = surfaces[name].height(torch.tensor([surfaces[name].start(s) for s in range(50)], dtype=torch.float64))
        assert (heights - 50).abs().max() < 1e-12


def test_the_valleys_start_at_the_same_place_of_the_valley():
    for seed in (0, 7, 1_000_001):
        x, y = surfaces["valley"].start(seed)
        there = turned(torch.tensor(surfaces["turned valley"].start(seed), dtype=torch.float64), back=True)
        assert there.tolist() == pytest.approx([x, y])


def test_seed_0_starts_three_eighths_around():
    x, y = surfaces["valley"].start(0)
    assert isclose(x, 10 * cos(2 * pi * FIRST))
    assert isclose(y, sin(2 * pi * FIRST))
    assert float(valley(torch.tensor([10.0, 0.0]))) == 50
