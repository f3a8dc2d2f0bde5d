"""Pooling and flattening: ties, NaN, infinities, borders and overlaps, as torch has them."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from dlconcepts.manual.pooling import average_pool, average_pool_backward, flatten, max_pool, max_pool_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

inf, nan = float("inf"), float("nan")
steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def image(*rows):
    return torch.tensor([[rows]], dtype=torch.float64)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def max_pool_dx(x, dy, **constants):
    _, saved = max_pool(x, **constants)
    (dx,) = max_pool_backward(dy, *saved)
    return dx


def test_the_largest_of_each_window_is_kept_and_gets_the_gradient():
    x = image([1, 2, 5, 3], [4, 3, -1, 0])
    assert max_pool(x, 2)[0][0, 0].tolist() == [[4, 5]]
    assert max_pool_dx(x, image([10, 20]), kernel=2)[0, 0].tolist() == [[0, 0, 20, 0], [10, 0, 0, 0]]


def test_of_equal_entries_the_first_in_reading_order_wins():
    x = image([1, 7, 0], [7, 7, 0], [0, 0, 0])
    assert max_pool_dx(x, image([1]), kernel=3)[0, 0].tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    zeros = image([-0.0, 0.0], [0.0, -0.0])
    assert max_pool_dx(zeros, image([1]), kernel=2)[0, 0].tolist() == [[1, 0], [0, 0]]


def test_an_entry_that_wins_in_several_windows_gets_the_sum():
    x = image([0, 0, 0], [0, 9, 0], [0, 0, 0])
    dy = image([1, 10], [100, 1000])
    assert max_pool_dx(x, dy, kernel=2, stride=1)[0, 0].tolist() == [[0, 0, 0], [0, 1111, 0], [0, 0, 0]]


def test_the_stride_is_the_kernel_unless_given():
    x = normal((1, 1, 6, 6), seeded())
    for pool in (max_pool, average_pool):
        assert torch.equal(pool(x, (3, 2))[0], pool(x, (3, 2), (3, 2))[0])
        assert pool(x, (3, 2))[0].shape == (1, 1, 2, 3)
        assert pool(x, 2, 1)[0].shape == (1, 1, 5, 5)


SPECIAL = {
    "nan among numbers": image([1, nan], [3, 4]),
    "two nans": image([nan, 5], [nan, inf]),
    "all nan": image([nan, nan], [nan, nan]),
    "all -inf": image([-inf, -inf], [-inf, -inf]),
    "one finite": image([-inf, -inf], [-inf, -1e300]),
    "two infs": image([1, inf], [inf, 1e20]),
    "tiny": image([-1e-300, -0.0], [0.0, 1e-300]),
    "neighbours": image([1.0, 1.0000000000000002], [0.9999999999999999, 1.0]),
}


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("name", SPECIAL)
def test_special_values_and_their_gradients_are_torchs(name, padding):
    """Also where the padding's -inf meets an image of -inf, and where several NaNs stand in one window."""
    x = SPECIAL[name].clone().requires_grad_()
    expected = functional.max_pool2d(x, 2, 1, padding)
    y, saved = max_pool(x.detach(), 2, 1, padding)
    assert error(y, expected.detach()) == 0
    dy = normal(tuple(y.shape), seeded())
    assert error(max_pool_backward(dy, *saved)[0], torch.autograd.grad(expected, x, dy)[0]) <= 1e-15


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [((3, 4), (1, 2), (1, 2)), ((2, 5), (2, 1), (1, 2)), ((4, 3), (3, 2), (2, 1))]
)
def test_of_an_image_of_nothing_but_minus_inf_the_first_real_pixel_gets_the_gradient(kernel, stride, padding):
    x = torch.full((1, 2, 6, 7), -inf, dtype=torch.float64, requires_grad=True)
    expected = functional.max_pool2d(x, kernel, stride, padding)
    y, saved = max_pool(x.detach(), kernel, stride, padding)
    dy = normal(tuple(y.shape), seeded())
    assert error(max_pool_backward(dy, *saved)[0], torch.autograd.grad(expected, x, dy)[0]) <= 1e-15


def test_averages_count_the_padding_as_zeros():
    x = image([4, 8], [12, 16])
    y, saved = average_pool(x, 2, 1, 1)
    assert y[0, 0].tolist() == [[1, 3, 2], [4, 10, 6], [3, 7, 4]]
    (dx,) = average_pool_backward(torch.ones_like(y), *saved)
    assert dx[0, 0].tolist() == [[1, 1], [1, 1]]


def test_averages_of_overlapping_windows_add_up():
    _, saved = average_pool(image([0, 0, 0], [0, 0, 0]), 2, 1)
    (dx,) = average_pool_backward(image([4, 40]), *saved)
    assert dx[0, 0].tolist() == [[1, 11, 10], [1, 11, 10]]


@steady
@given(
    size=st.tuples(st.integers(2, 6), st.integers(2, 6)),
    kernel=st.tuples(st.integers(2, 4), st.integers(2, 4)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    seed=st.integers(0, 999),
)
def test_average_pooling_backward_is_its_adjoint(size, kernel, stride, seed):
    x = normal((2, 2, 3, *size), seeded(seed))
    y, saved = average_pool(x, kernel, stride, 1)
    dy = normal(tuple(y.shape), seeded(seed + 1))
    assert error((x * average_pool_backward(dy, *saved)[0]).sum(), (y * dy).sum()) <= 1e-13


@pytest.mark.parametrize("pool", [max_pool, average_pool], ids=["max", "average"])
def test_padding_beyond_half_the_kernel_and_kernels_beyond_the_image_are_refused(pool):
    x = torch.zeros(1, 1, 4, 4)
    for padding in [(2, 1), (1, 2)]:
        message = f"padding {padding} must be at most half of the kernel (3, 3)"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            pool(x, 3, 1, padding)
    assert pool(x, 3, 1, 1)[0].shape == (1, 1, 4, 4)
    assert pool(x, 2, 1, 1)[0].shape == (1, 1, 5, 5)
    with pytest.raises(ValueError, match=r"kernel \(5, 5\) is larger than the padded image \(4, 4\)"):
        pool(x, 5)
    with pytest.raises(ValueError, match="one image is"):
        pool(x[0], 2)


@pytest.mark.parametrize("lead", [(), (3,)], ids=str)
def test_an_empty_batch_stays_empty(lead):
    x = torch.zeros(*lead, 0, 2, 4, 4)
    for pool, pool_backward in [(max_pool, max_pool_backward), (average_pool, average_pool_backward)]:
        y, saved = pool(x, 2)
        assert y.shape == (*lead, 0, 2, 2, 2)
        assert pool_backward(y, *saved)[0].shape == x.shape
    assert flatten(x)[0].shape == (*lead, 0, 32)


def test_flatten_lays_channel_after_channel_and_row_after_row():
    x = torch.arange(24.0).view(1, 2, 2, 2, 3)
    y, saved = flatten(x)
    assert y.tolist() == [[list(range(12)), list(range(12, 24))]]
    assert saved == ((2, 2, 3),)
    with pytest.raises(ValueError, match="one image is"):
        flatten(x[0, 0])
    y[0, 0, 0] = 99
    assert x[0, 0, 0, 0, 0] == 0


def test_places_are_where_the_image_is():
    y, (place, *_) = max_pool(torch.empty(2, 1, 4, 4, device="meta"), 2)
    assert (y.device.type, place.device.type) == ("meta", "meta")
