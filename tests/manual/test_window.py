"""Windows over images: how many there are, what they hold, and that adding them up is the adjoint."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlconcepts.manual.window import Grid, grid, need_images, windows, windows_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

steady = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def test_windows_are_counted_by_the_floor_of_what_fits():
    assert grid((28, 28), 3, 1, 1).count == (28, 28)
    assert grid((7, 8), (3, 2), (2, 3), (0, 1)).count == (3, 3)
    assert grid((6, 5), (2, 2), 2, 0).count == (3, 2)
    assert grid((3, 4), (3, 4), 1, 0).count == (1, 1)
    assert grid((1, 2), (3, 4), 5, 1).count == (1, 1)


def test_one_number_stands_for_both_directions():
    assert grid((9, 9), 3, 2, 1) == grid((9, 9), (3, 3), (2, 2), (1, 1)) == Grid((3, 3), (2, 2), (1, 1), (5, 5))


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [(0, 1, 0), ((1, 0), 1, 0), (1, 0, 0), (1, (-1, 1), 0), (1, 1, -1), (1, 1, (0, -2))],
)
def test_sizes_that_make_no_sense_are_refused(kernel, stride, padding):
    with pytest.raises(
        ValueError, match=r"^kernel and stride must be at least 1 and padding at least 0, got \(.*\), \("
    ):
        grid((4, 4), kernel, stride, padding)


@pytest.mark.parametrize(("kernel", "padded"), [((5, 1), (4, 6)), ((1, 7), (4, 6)), ((6, 8), (4, 6))])
def test_a_kernel_larger_than_the_padded_image_is_refused(kernel, padded):
    message = f"kernel {kernel} is larger than the padded image {padded}; pad more or take a smaller one"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        grid((4, 4), kernel, 1, (0, 1))


def test_an_image_without_its_batch_is_refused_with_the_cure():
    with pytest.raises(
        ValueError, match=r"^expected images \(\.\.\., B, C, H, W\), got \(1, 4, 4\); one image is x\[None\]$"
    ):
        need_images(torch.zeros(1, 4, 4))
    need_images(torch.zeros(1, 1, 4, 4))


def test_windows_hold_the_image_in_row_major_order_and_zeros_around_it():
    x = torch.arange(1.0, 7).view(1, 1, 2, 3)  # 1 2 3 / 4 5 6
    found = windows(x, grid((2, 3), (2, 2), (1, 2), (0, 1)))  # 0 1 2 3 0 / 0 4 5 6 0
    assert found.shape == (1, 1, 4, 1, 2)
    assert found[0, 0, :, 0].T.tolist() == [[0, 1, 0, 4], [2, 3, 5, 6]]


def test_a_pixel_gets_the_sum_over_its_windows():
    g = grid((3, 3), 2, 1, 0)
    dviews = list(torch.ones(4, 1, 1, 2, 2) * torch.tensor([1.0, 10, 100, 1000]).view(4, 1, 1, 1, 1))
    assert windows_backward(dviews, 3, 3, g)[0, 0].tolist() == [[1, 11, 10], [101, 1111, 1010], [100, 1100, 1000]]


@steady
@given(
    size=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    seed=st.integers(0, 999),
)
def test_adding_up_is_the_adjoint_of_taking_windows(size, kernel, stride, padding, seed):
    """<windows(x), d> = <x, windows_backward(d)>"""
    generator = torch.Generator().manual_seed(seed)
    g = grid(size, kernel, stride, padding)
    x = normal((2, 3, *size), generator)
    found = windows(x, g)
    d = normal(tuple(found.shape), generator)
    back = windows_backward(d.unbind(-3), *size, g)
    assert back.shape == x.shape
    assert error((x * back).sum(), (found * d).sum()) <= 1e-13
