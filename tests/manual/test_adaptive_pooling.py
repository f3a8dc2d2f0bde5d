"""Pooling to a wanted size: which places a window has, and how gradients add up where windows overlap."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, alone, drawn
from torch.nn import functional

from dlconcepts.manual.adaptive_pooling import (
    adaptive_average_pool,
    adaptive_average_pool_backward,
    global_average_pool,
    global_average_pool_backward,
    ranges,
)
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def image(*rows):
    return torch.tensor([[rows]], dtype=torch.float64)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_windows_by_hand():
    assert ranges(6, 3) == [(0, 2), (2, 4), (4, 6)]
    assert ranges(5, 3) == [(0, 2), (1, 4), (3, 5)]
    assert ranges(2, 4) == [(0, 1), (0, 1), (1, 2), (1, 2)]
    assert ranges(7, 1) == [(0, 7)]


def test_overlapping_windows_by_hand():
    y, saved = adaptive_average_pool(image([2, 4, 8]), (1, 2))
    assert y.tolist() == [[[[3, 6]]]]
    assert adaptive_average_pool_backward(image([2, 20]), *saved)[0].tolist() == [[[[1, 11, 10]]]]


def test_the_mean_of_each_channel_by_hand():
    y, saved = global_average_pool(torch.cat([image([1, 2], [3, 6]), image([0, 0], [0, 4])], 1))
    assert y.tolist() == [[3, 1]]
    assert global_average_pool_backward(y, *saved)[0].tolist() == [[[[0.75] * 2] * 2, [[0.25] * 2] * 2]]


@given(H=st.integers(1, 6), W=st.integers(1, 6), P=st.integers(1, 7), Q=st.integers(1, 7), seed=st.integers(0, 99))
@drawn
def test_any_size_is_torchs(H, W, P, Q, seed):
    x, dy = normal((2, 3, H, W), seeded(seed)), normal((2, 3, P, Q), seeded(seed + 1))
    y, saved = adaptive_average_pool(x, (P, Q))
    expected, gradient = alone(lambda x: functional.adaptive_avg_pool2d(x, (P, Q)), x, dy)
    assert error(y, expected) <= 1e-14
    assert error(adaptive_average_pool_backward(dy, *saved)[0], gradient) <= 1e-14


def test_one_window_is_global_average_pooling_and_as_many_as_places_the_identity():
    x = normal((3, 2, 2, 4, 5), seeded())
    y, _ = global_average_pool(x)
    assert error(adaptive_average_pool(x, 1)[0].flatten(-3), y) <= 1e-15
    assert torch.equal(adaptive_average_pool(x, (4, 5))[0], x)
    assert torch.equal(adaptive_average_pool(x, 2)[0], adaptive_average_pool(x, (2, 2))[0])


@pytest.mark.parametrize("bad", [INF, NAN])
def test_what_is_no_number_stays_in_its_windows(bad):
    x = normal((1, 1, 4, 4), seeded())
    x[0, 0, 0, 0] = bad
    y, _ = adaptive_average_pool(x, 2)
    assert y.isfinite().flatten().tolist() == [False, True, True, True]


@pytest.mark.parametrize("lead", [(), (3,)], ids=str)
def test_an_empty_batch_stays_empty(lead):
    x = torch.zeros(*lead, 0, 2, 4, 4)
    y, saved = adaptive_average_pool(x, 2)
    assert y.shape == (*lead, 0, 2, 2, 2)
    assert adaptive_average_pool_backward(y, *saved)[0].shape == x.shape
    y, saved = global_average_pool(x)
    assert y.shape == (*lead, 0, 2)
    assert global_average_pool_backward(y, *saved)[0].shape == x.shape


def test_what_does_not_fit_is_refused():
    x = torch.zeros(1, 1, 4, 4)
    for size in (0, (2, 0), (0, 2), -1):
        pair = (size, size) if isinstance(size, int) else size
        with pytest.raises(ValueError, match=f"^{re.escape(f'size must be at least 1, got {pair}')}$"):
            adaptive_average_pool(x, size)
    for pool in (global_average_pool, lambda x: adaptive_average_pool(x, 2)):
        with pytest.raises(ValueError, match="one image is"):
            pool(x[0])
        for shape in [(1, 1, 0, 4), (1, 1, 4, 0)]:
            message = f"expected images of at least one place, got {shape}"
            with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
                pool(torch.zeros(shape))
