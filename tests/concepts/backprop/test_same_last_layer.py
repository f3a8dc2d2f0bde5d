import pytest
import torch

from dlconcepts.concepts.backprop.same_last_layer import compared, unseen, with_unseen
from dlconcepts.manual.backprop import forward
from dlconcepts.training.build import build
from dlconcepts.training.gradients import autograd
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


@pytest.fixture
def one(small):
    network = build([Setting(hidden=(12, 9))], small.train.x)
    return network, start(network, 0, small.train.x), small.train.x[:4], small.train.y[:4]


def test_what_is_added_cannot_be_seen_by_the_examples():
    h, W = torch.randn(3, 8, dtype=torch.float64), torch.randn(8, 5, dtype=torch.float64)
    other = unseen(h, W, torch.Generator().manual_seed(0))
    assert (h @ other - h @ W).abs().max() < 1e-12
    assert (other - W).abs().max() > 0.1


def test_the_two_networks_share_the_last_gradient_and_no_other_by_autograd_too(one):
    network, params, x, y = one
    other = with_unseen(network, params, x, seed=1)
    (_, a, _), (_, b, _) = (autograd(network, p, x, y) for p in (params, other))
    (_, _), (before_a, _), (last_a, _) = [layer for layer in a if layer]
    (_, _), (before_b, _), (last_b, _) = [layer for layer in b if layer]
    found = compared(network, params, x, y, seed=1)
    assert (last_a - last_b).abs().max() < 1e-12
    assert found["last"] < 1e-12
    assert found["loss"] < 1e-12
    assert found["before"] == pytest.approx(float((before_b - before_a).norm() / before_a.norm()), rel=1e-9)
    assert found["before"] > 0.1


def test_with_as_many_examples_as_units_nothing_is_hidden(small):
    network = build([Setting(hidden=(3,), activation="tanh")], small.train.x)
    params = start(network, 0, small.train.x)
    found = compared(network, params, small.train.x[:40], small.train.y[:40], seed=1)
    assert found["before"] < 1e-9


def test_only_the_last_layers_weights_are_others(one):
    network, params, x, _ = one
    other = with_unseen(network, params, x, seed=2)
    changed = [not torch.equal(p, q) for a, b in zip(params, other, strict=True) for p, q in zip(a, b, strict=True)]
    assert changed == [False] * 4 + [True, False]
    assert (forward(network[:-1], other, x)[0] - forward(network[:-1], params, x)[0]).abs().max() < 1e-12
