import pytest
import torch

from dlconcepts.concepts.network.outputs import amiss, outside, ranges


def test_what_is_outside_is_counted():
    assert outside(torch.tensor([[-0.1, 0.0, 0.5, 1.0, 1.1]]), 0, 1) == pytest.approx(0.4)


def test_functions_keep_their_promise_and_no_function_promises_nothing():
    found = ranges(5 * torch.randn(200, 3, dtype=torch.float64))
    assert found["sigmoid outside"] == found["tanh outside"] == 0
    assert found["softmax off"] < 1e-12
    assert 0.5 < found["identity outside"] < 1
    assert ranges(torch.full((2, 3), 0.5, dtype=torch.float64))["identity outside"] == 0


def test_as_many_values_as_units():
    assert [amiss(torch.randn(7, 4), K) for K in (1, 3, 10)] == [0, 0, 0]
