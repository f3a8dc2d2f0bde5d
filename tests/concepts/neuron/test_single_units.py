from dataclasses import replace

import pytest
import torch

from dlconcepts.concepts.neuron import single_units
from dlconcepts.images.data_set import Split
from dlconcepts.training.build import build
from dlconcepts.training.everyday_torch import begin, examples
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


def network_of(small, **setting):
    network = build([Setting(**setting)], small.train.x)
    return network, start(network, 0, small.train.x)


def test_a_sum_by_hand_is_the_one_on_paper():
    assert single_units.by_hand([1.0, 2.0, 3.0], [0.5, -1.0, 2.0], 0.25) == 4.75
    with pytest.raises(ValueError, match="argument 2 is longer"):
        single_units.by_hand([1.0], [1.0, 2.0], 0.0)


def test_sums_by_hand_by_torch_and_by_our_rule_agree(small):
    found = single_units.sums(*network_of(small, hidden=(6,)), small.test.x[:3])
    assert found["parameters amiss"] == 0
    assert 0 <= max(found["by hand"], found["by torch"], found["intercept"]) < 1e-13


def test_a_wrong_sum_is_seen(small, monkeypatch):
    monkeypatch.setattr(single_units, "by_hand", lambda x, w, b: sum(a * c for a, c in zip(x, w, strict=True)))
    assert single_units.sums(*network_of(small, hidden=(6,)), small.test.x[:3])["by hand"] > 1e-3


def test_at_zero_input_a_bias_decides(small):
    network, params = network_of(small, hidden=(6,))
    for bias, share in [([1.0] * 6, 1.0), ([-1.0] * 6, 0.0), ([1.0, -1.0, 0.0, 0.0, 2.0, 3.0], 0.5)]:
        own = [(params[0][0], torch.tensor(bias, dtype=torch.float64)), *params[1:]]
        assert single_units.active_at_zero(network, own, small.test.x) == share
    assert single_units.active_at_zero(*network_of(small, hidden=(6,), bias=False), small.test.x) == 0
    assert (
        single_units.active_at_zero(*network_of(small, hidden=(6,), bias=False, activation="sigmoid"), small.test.x)
        == 1
    )


def test_sizes_below_one_are_counted_layer_by_layer(small):
    network, params = network_of(small, hidden=(2,))
    W = torch.full_like(params[-1][0], 0.5)
    W[0, :5] = -2.0
    assert single_units.below_one(network, [*params[:-1], (W, params[-1][1])]) == [1.0, 0.75]


def test_pixels_that_are_never_lit_are_found_with_their_weights():
    x = torch.tensor([[0.0, 0.0, 1.0], [0.0, 0.5, 1.0]])
    first, now = (
        torch.tensor([[3.0, -3.0], [1.0, 1.0], [1.0, 1.0]]),
        torch.tensor([[3.0, -3.0], [1.0, 2.0], [2.0, 1.0]]),
    )
    found = single_units.never_lit([(now,)], [(first,)], x)
    assert found == {"count": 1, "moved": 0.0, "size": pytest.approx(3 / 2.5**0.5)}
    assert single_units.never_lit([(now + 1,)], [(first,)], x)["moved"] == 1.0
    assert single_units.never_lit([(now,)], [(first,)], x + 1)["count"] == 0


def test_moving_is_measured_in_first_lengths():
    assert single_units.moved(torch.tensor([0.0, 4.0]), torch.tensor([0.0, 2.0])) == 1.0
    assert single_units.moved(torch.tensor([0.0, 4.0]), torch.zeros(2)) is None


def test_single_steps_are_those_of_torch(small):
    """The same walk by torch.optim, and the same count of rises."""
    setting, steps = Setting(hidden=(8,), batch_size=20, lr=1.5, epochs=2), 30
    part = Split(small.train.x[:100], small.train.y[:100])
    data = replace(small, train=part)
    layers = torch.nn.Sequential(torch.nn.Linear(784, 8), torch.nn.ReLU(), torch.nn.Linear(8, 10))
    model = begin(layers, setting, data, 4)
    optimizer, loss_of = torch.optim.SGD(model.parameters(), lr=1.5), torch.nn.functional.cross_entropy
    own = every = 0

    def loss_now(x, y):
        with torch.no_grad():
            return float(loss_of(model(x), y))

    for x, y in examples(data, replace(setting, epochs=6), 4):
        before, all_before = loss_now(x, y), loss_now(part.x, part.y)
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()
        own += loss_now(x, y) > before
        every += loss_now(part.x, part.y) > all_before
    assert own > 0
    assert every > own
    assert single_units.single_steps(setting, 4, part, steps) == {
        "own batch": own / steps,
        "all examples": every / steps,
    }


def test_small_steps_over_all_examples_never_raise_the_loss(small):
    setting = Setting(hidden=(8,), batch_size=600, lr=0.05)
    assert single_units.single_steps(setting, 0, small.train, 20) == {"own batch": 0, "all examples": 0}
