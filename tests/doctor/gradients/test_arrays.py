"""NumPy functions are examined as others are, with torch's NumPy behind them or with differences alone."""

import numpy as np
import pytest
import torch

from dlconcepts import check
from dlconcepts.doctor.gradients import arrays

RANDOM = np.random.default_rng(0)
X, W, B = RANDOM.normal(size=(4, 3)), RANDOM.normal(size=(3, 2)), RANDOM.normal(size=2)


def relu(x):
    return np.maximum(x, 0)


def affine(x, w, b):
    return x.dot(w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)


def halved(dout, cache):
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw / 2, db


def exponential_of_a_tensor(x):
    return torch.as_tensor(np.exp(x.detach().numpy()))


@pytest.fixture(params=["torch's NumPy", "differences alone"])
def way(request, monkeypatch):
    if request.param == "differences alone":
        monkeypatch.setattr("dlconcepts.doctor.gradients.patient.with_graph", lambda function: None)


def test_right_gradients_of_arrays_are_right(way):
    assert check(relu, lambda d, x: d * (x > 0), X).right
    assert check(affine, affine_backward, X, W, B).right


def test_tensors_may_be_given_to_a_function_of_arrays(way):
    assert check(relu, lambda d, x: d * (x > 0), torch.from_numpy(X)).right


@pytest.mark.parametrize(
    ("backward", "detail"),
    [(lambda d, x: 2 * d * (x > 0), "2"), (lambda d, x: d * np.ones_like(x), "")],
    ids=["a factor", "no mask"],
)
def test_wrong_gradients_of_arrays_are_named(way, backward, detail):
    found = check(relu, backward, X)
    assert found.cause == ("factor" if detail else "mask")
    assert detail in found.detail


def test_of_several_gradients_the_wrong_one_is_named(way):
    found = check(affine, halved, X, W, B)
    assert [g.name for g in found.gradients if g.cause != "right"] == ["dw"]
    assert "1/2" in found.text.splitlines()[0]


def test_an_array_changed_in_place_is_noticed():
    def in_place(x):
        x *= 2
        return x

    assert check(in_place, lambda d, x: 2 * d, X.copy()).cause == "in place"


def test_a_forward_without_any_graph_is_judged_by_differences_and_not_called_detached():
    x = torch.from_numpy(X)
    found = check(exponential_of_a_tensor, lambda dy, x: dy * x.exp(), x)
    assert found.right
    assert "finite differences" in found.text
    assert check(exponential_of_a_tensor, lambda dy, x: -dy * x.exp(), x).cause == "sign"


def test_a_hole_in_a_graph_is_still_called_detached():
    x = torch.from_numpy(X)
    assert check(lambda x: x * x.detach(), lambda dy, x: 2 * dy * x, x).cause == "detached"


def test_autograd_that_the_reader_switched_off_is_on_while_we_examine():
    @torch.no_grad()
    def double(x):
        return 2 * x

    x = torch.from_numpy(X)
    assert check(double, lambda dy, x: 2 * dy, x).right
    torch.set_grad_enabled(False)
    try:
        assert check(lambda x: 2 * x, lambda dy, x: 2 * dy, x).right
    finally:
        torch.set_grad_enabled(True)


def test_torchs_numpy_runs_the_same_text_with_a_graph_behind_it():
    x = torch.from_numpy(X).requires_grad_()
    y = arrays.with_graph(relu)(x)
    assert y.requires_grad
    assert np.array_equal(y.detach().numpy(), relu(X))
