import pytest
import torch

from dlconcepts.concepts.regularization import penalty_pull
from dlconcepts.concepts.regularization.penalty_pull import (
    facts,
    flat,
    histogram,
    l1_norm,
    l2_norm,
    norms,
    penalty_error,
    ridge,
    zeros,
)
from dlconcepts.training.build import build
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting

W = torch.tensor([3.0, 0.0, -4.0], dtype=torch.float64)


def test_norms_and_their_slopes_have_the_values_on_paper():
    assert [part.tolist() for part in l1_norm(W)] == [7, [1, 0, -1]]
    assert [part.tolist() for part in l2_norm(W)] == [5, [0.6, 0, -0.8]]
    assert [part.tolist() for part in ridge(W)] == [25, [6, 0, -8]]


def test_the_norm_at_0_has_the_slope_0_that_torch_takes():
    at_0 = torch.zeros(3, dtype=torch.float64)
    assert l2_norm(at_0)[1].tolist() == [0, 0, 0]
    leaf = at_0.clone().requires_grad_()
    (theirs,) = torch.autograd.grad(torch.linalg.vector_norm(leaf), leaf)
    assert theirs.tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", norms)
def test_the_penalized_gradient_is_autograds_and_a_wrong_slope_is_seen(tiny, name, monkeypatch):
    network = build([Setting(hidden=(6,))], tiny.train.x)
    params = start(network, 0, tiny.train.x)
    assert penalty_error(network, params, tiny.train.x, tiny.train.y, name, 0.1) < 1e-13
    right = norms[name]
    monkeypatch.setitem(penalty_pull.norms, name, lambda w: (right(w)[0], 1.001 * right(w)[1]))
    assert penalty_error(network, params, tiny.train.x, tiny.train.y, name, 0.1) > 1e-6


def test_biases_are_spared():
    assert flat([(torch.ones(2, 3), torch.zeros(3)), (), (torch.ones(3, 1), torch.zeros(1))]).tolist() == [1] * 9


def test_zeros_are_counted_and_left_out_of_the_histogram():
    assert zeros(W) == pytest.approx(1 / 3)
    assert histogram(W, edge=5, bins=2) == [1, 1]
    assert histogram(W, edge=3.5, bins=2) == [0, 1]


def test_the_norm_pulls_the_same_everywhere_and_its_square_does_not(tiny):
    network = build([Setting(hidden=(6,))], tiny.train.x)
    params = start(network, 0, tiny.train.x)
    found = facts(network, params, tiny.train.x, tiny.train.y, lam=0.01)
    assert found["norm pulls"] == pytest.approx(1, abs=1e-12)
    assert found["norm pulls at half"] == pytest.approx(1, abs=1e-12)
    assert found["square pulls"] == pytest.approx(2 * found["square pulls at half"])
    assert found["square pulls"] == pytest.approx(2 * float(flat(params).norm()))
    assert found["lambda N(w)"] == pytest.approx(0.01 * float(flat(params).abs().sum()))
    assert max(found[name] for name in norms) < 1e-12
