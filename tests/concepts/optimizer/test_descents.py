"""Paths down a surface: by hand, by torch, and the rule that chooses their rates."""

import pytest
import torch

from dlconcepts.concepts.optimizer import descents as probe
from dlconcepts.concepts.optimizer.descents import (
    best_rate,
    depth,
    descent,
    descents,
    path,
    path_in_torch,
    starts,
)
from dlconcepts.concepts.optimizer.experiment import SHOWN
from dlconcepts.concepts.optimizer.surface import surfaces, valley

VALLEY = surfaces["valley"]
EXACT = pytest.mark.parametrize("optimizer", SHOWN)


def test_gradient_descent_multiplies_by_1_less_rate_times_curvature():
    points = path("sgd", VALLEY, starts(VALLEY, [0, 1]), 0.015)
    assert points.shape == (101, 2, 2)
    factors = torch.tensor([1 - 0.015, 1 - 1.5], dtype=torch.float64)
    assert (points[10] - points[0] * factors**10).abs().max() < 1e-13


@EXACT
def test_torchs_path_is_ours(optimizer):
    start, rate = starts(VALLEY, [0, 1, 2]), 0.01
    ours = path(optimizer, VALLEY, start, rate, weight_decay=0.1)
    theirs = path_in_torch(optimizer, VALLEY, start, rate, weight_decay=0.1)
    assert (ours - theirs).abs().max() < 1e-12
    assert (ours - path_in_torch(optimizer, VALLEY, start, rate * 1.001, weight_decay=0.1)).abs().max() > 1e-5


def test_many_rates_at_once_are_each_as_if_alone():
    start = starts(VALLEY, [3, 3])
    both = path("adam", VALLEY, start, torch.tensor([0.1, 0.4], dtype=torch.float64))
    for m, rate in enumerate((0.1, 0.4)):
        assert torch.equal(both[:, m], path("adam", VALLEY, start[:1], rate)[:, 0])


def test_what_is_as_good_as_0_and_what_has_left_all_numbers():
    assert depth(torch.tensor([1e-30, 0.0, 100.0, torch.inf, torch.nan])).tolist() == [
        -12,
        -12,
        2,
        torch.inf,
        torch.inf,
    ]


def test_the_best_rate_of_gradient_descent_is_where_theory_has_it():
    """2 / (1 + 100) brings both directions down alike; above 2 / 100 it flies away."""
    rate = best_rate("sgd", VALLEY)
    assert 0.01 <= rate < 0.02
    at = {r: depth(valley(path("sgd", VALLEY, starts(VALLEY, probe.TRIED), r)[-1])).mean() for r in (0.01, rate, 0.022)}
    assert at[rate] <= at[0.01] + 0.5
    assert at[0.022] > 0


def test_of_rates_as_good_as_the_best_the_lowest_is_taken(monkeypatch):
    monkeypatch.setattr(probe, "RATES", (0.3, 0.30001, 0.31))
    assert best_rate("rmsprop", VALLEY) == 0.3


def test_a_rate_is_not_chosen_on_the_starts_that_are_shown():
    assert set(probe.TRIED).isdisjoint(range(1000))


def test_only_the_first_seeds_path_is_kept():
    found = descents("momentum", [4, 5])
    assert found.keys() == surfaces.keys()
    for name, of_seeds in found.items():
        assert [("path" in extra) for extra in of_seeds.values()] == [True, False]
        assert [len(c) for c in of_seeds[4]["path"].values()] == [surfaces[name].steps + 1] * 2
    way = found["turned valley"][4]["path"]
    assert (way["x"][0], way["y"][0]) == pytest.approx(VALLEY.start(4), abs=1e-4)


def test_turning_the_valley_turns_only_paths_that_take_the_slope_as_it_is():
    assert max(extra["from turned"] for extra in descent("nesterov", "valley", [0, 1]).values()) < 1e-12
    assert min(extra["from turned"] for extra in descent("adagrad", "valley", [0, 1]).values()) > 1


def test_numbers_of_a_way_by_hand():
    (found,) = descent("sgd", "valley", [0]).values()
    points = path("sgd", VALLEY, starts(VALLEY, [0]), found["rate"])[:, 0]
    heights = valley(points)
    assert found["left"] == pytest.approx(float((heights[-1] / heights[0]).log10()))
    assert found["upward"] == 0
    (other,) = descent("momentum", "valley", [0]).values()
    assert 0 < other["upward"] < 1


def test_a_path_that_flies_away_leaves_no_number(monkeypatch):
    monkeypatch.setattr(probe, "best_rate", lambda *_, **__: 10.0)
    (found,) = descent("sgd", "Rosenbrock", [0]).values()
    assert found["left"] is None
    assert found["path"]["x"][-1] is None
