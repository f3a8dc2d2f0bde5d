"""What scaling does to the range of pixels, and how numbers are spread."""

import pytest
import torch

from dlconcepts.concepts.normalization import scaled_pixels
from dlconcepts.concepts.normalization.histograms import before_and_after, shares
from dlconcepts.concepts.normalization.scaled_pixels import range_of_pixels
from dlconcepts.images.data_set import Data, Split
from dlconcepts.manual.backprop import forward
from dlconcepts.training.build import build
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


def of(train, test):
    splits = [
        Split(torch.tensor(x, dtype=torch.float64), torch.zeros(len(x), dtype=torch.int64)) for x in (train, test)
    ]
    return Data("a few", "none", splits[0], splits[1], splits[1])


def test_new_pixels_may_leave_the_range_and_standardized_ones_do():
    found = range_of_pixels(of([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]], [[6.0, 5.0], [-1.0, 5.0]]))
    assert found["ends"] == 0
    assert found["inverse"] == 0
    assert found["new images"] == 0.5
    assert found["standardized"] == pytest.approx(
        (4 - 2) / (8 / 3) ** 0.5
    )  # the smallest, -1.22, is farther out than 1.22


def test_new_pixels_within_the_range_are_not_reported():
    assert range_of_pixels(of([[0.0], [4.0]], [[1.0], [3.0]]))["new images"] == 0


def test_a_wrong_scaling_is_noticed(monkeypatch, small):
    assert range_of_pixels(small)["ends"] == 0
    right = scaled_pixels.min_max
    monkeypatch.setattr(scaled_pixels, "min_max", lambda x, fit: 0.9 * right(x, fit))
    found = range_of_pixels(small)
    assert found["ends"] == pytest.approx(0.1)
    assert found["inverse"] == pytest.approx(0.1)


def test_shares_count_what_lies_beyond_the_edges():
    assert shares(torch.tensor([-9.0, 0.1, 0.2, 0.6, 9.0]), 0, 1, 2) == [0.6, 0.4]
    assert shares(torch.tensor([[0.0], [1.0], [1.0]]), 0, 1, 2) == [0.333333, 0.666667]


def test_before_and_after_are_what_the_norm_gets_and_gives(small):
    network = build([Setting(hidden=(16,), normalization="layer norm")], small.train.x)
    params = start(network, 0, small.train.x)
    before, after = before_and_after(network, params, small.test.x)
    assert torch.equal(before, forward(network[:1], params[:1], small.test.x)[0])
    assert after.mean(-1).abs().max() < 1e-12
    assert (after.square().mean(-1) - 1).abs().max() < 0.01  # eps, beside variances around 0.01
