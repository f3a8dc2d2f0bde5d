"""Convolution: what it computes, what its borders do, and that it is as linear as its formula says."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from dlconcepts.manual.convolution import (
    by_columns,
    by_convolution,
    convolution,
    convolution_backward,
    convolution_parameters_backward,
)
from dlconcepts.manual.linear import linear, linear_backward
from dlconcepts.manual.window import windows
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_kernel_is_not_flipped():
    x = torch.arange(9.0).view(1, 1, 3, 3)
    W = torch.tensor([[1.0, 10.0], [100.0, 1000.0]]).view(1, 1, 2, 2)
    z, _ = convolution(x, W, torch.tensor([0.5]))
    assert z[0, 0].tolist() == [[4310.5, 5421.5], [7643.5, 8754.5]]  # 0 + 10 + 300 + 4000 + .5 and so on


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 1), ((3, 2), (0, 4))], ids=str)
@pytest.mark.parametrize("channels", [1, 3])
def test_each_output_is_the_sum_of_products_over_its_window(channels, stride, padding):
    x, W, b = (normal(s, seeded(i)) for i, s in enumerate([(2, 2, channels, 7, 6), (2, 4, channels, 3, 2), (2, 4)]))
    z, (_, _, g) = convolution(x, W, b, stride, padding)
    expected = torch.einsum("mbckpq,mock->mbopq", windows(x, g), W.flatten(-2)) + b[:, None, :, None, None]
    assert error(z, expected) <= 1e-14


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 1), ((3, 2), (0, 4))], ids=str)
@pytest.mark.parametrize("channels", [1, 3])
def test_both_ways_to_the_kernels_gradient_agree(channels, stride, padding):
    x, W, b = (normal(s, seeded(i)) for i, s in enumerate([(5, channels, 7, 6), (4, channels, 3, 2), (4,)]))
    z, (_, _, g) = convolution(x, W, b, stride, padding)
    dz = normal(tuple(z.shape), seeded(3))
    assert error(by_columns(dz, x, g), by_convolution(dz, x, g).flatten(-3)) <= 1e-14


def test_a_kernel_of_one_pixel_is_a_linear_layer_over_the_channels_of_each_pixel():
    x, W, b = normal((2, 3, 4, 5), seeded()), normal((6, 3, 1, 1), seeded(1)), normal((6,), seeded(2))
    z, _ = convolution(x, W, b)
    expected, _ = linear(x.movedim(-3, -1).reshape(-1, 3), W[..., 0, 0].mT, b)
    assert error(z.movedim(-3, -1).reshape(-1, 6), expected) <= 1e-15


def test_a_kernel_as_large_as_the_image_is_a_linear_layer_over_all_pixels():
    x, W, b = normal((4, 2, 3, 3), seeded()), normal((5, 2, 3, 3), seeded(1)), normal((5,), seeded(2))
    z, saved = convolution(x, W, b)
    expected, linear_saved = linear(x.flatten(1), W.flatten(1).mT, b)
    assert error(z.flatten(1), expected) <= 1e-14
    dz = normal((4, 5), seeded(3))
    dx, dW, db = convolution_backward(dz[..., None, None], *saved)
    of_x, of_W, of_b = linear_backward(dz, *linear_saved)
    assert error(dx.flatten(1), of_x) <= 1e-14
    assert error(dW.flatten(1), of_W.mT) <= 1e-14
    assert error(db, of_b) <= 1e-15


def test_rows_and_columns_that_no_window_reaches_get_no_gradient():
    x, W, b = normal((1, 1, 5, 6), seeded()), normal((1, 1, 2, 2), seeded(1)), normal((1,), seeded(2))
    z, saved = convolution(x, W, b, stride=(2, 3))
    assert z.shape == (1, 1, 2, 2)
    dx, _, _ = convolution_backward(normal((1, 1, 2, 2), seeded(3)), *saved)
    assert dx[0, 0, 4].tolist() == [0] * 6
    assert dx[0, 0, :, 2].tolist() == dx[0, 0, :, 5].tolist() == [0] * 5
    assert bool((dx[0, 0, :4][:, [0, 1, 3, 4]] != 0).all())


@pytest.mark.parametrize("lead", [(), (3,), (2, 3)], ids=str)
def test_an_empty_batch_gives_empty_outputs_and_zero_gradients(lead):
    x, W, b = torch.zeros(*lead, 0, 2, 5, 5), torch.ones(*lead, 4, 2, 3, 3), torch.ones(*lead, 4)
    z, saved = convolution(x, W, b)
    assert z.shape == (*lead, 0, 4, 3, 3)
    dx, dW, db = convolution_backward(z, *saved)
    assert dx.shape == x.shape
    assert torch.equal(dW, torch.zeros_like(W))
    assert torch.equal(db, torch.zeros_like(b))


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-12), (torch.float32, 1e-5)], ids=["double", "single"])
def test_at_the_size_of_mnist_it_equals_torch(dtype, bound):
    x, W, b = (normal(s, seeded(i)).to(dtype) for i, s in enumerate([(8, 4, 28, 28), (6, 4, 5, 5), (6,)]))
    leaves = [t.clone().requires_grad_() for t in (x, W, b)]
    expected = functional.conv2d(*leaves, stride=2, padding=2)
    dz = normal(tuple(expected.shape), seeded(3)).to(dtype)
    z, saved = convolution(x, W, b, stride=2, padding=2)
    assert error(z, expected.detach()) <= bound
    for ours, theirs in zip(convolution_backward(dz, *saved), torch.autograd.grad(expected, leaves, dz), strict=True):
        assert error(ours, theirs) <= bound


def test_the_parameters_gradients_can_be_had_without_dx():
    x, W, b = normal((3, 2, 2, 5, 4), seeded()), normal((3, 4, 2, 3, 2), seeded(1)), normal((3, 4), seeded(2))
    z, saved = convolution(x, W, b, padding=1)
    dz = normal(tuple(z.shape), seeded(3))
    for alone, together in zip(
        convolution_parameters_backward(dz, *saved), convolution_backward(dz, *saved)[1:], strict=True
    ):
        assert torch.equal(alone, together)


def test_a_shifted_image_gives_a_shifted_output():
    x, W, b = normal((1, 2, 8, 8), seeded()), normal((3, 2, 3, 3), seeded(1)), normal((3,), seeded(2))
    z, _ = convolution(x, W, b)
    shifted, _ = convolution(x.roll((1, 2), (-2, -1)), W, b)
    assert error(shifted[..., 1:, 2:], z[..., :-1, :-2]) <= 1e-15


MISFITS = {  # x, W, b
    "other channels": ((4, 3, 5, 5), (6, 2, 3, 3), (6,)),
    "one channel for all": ((4, 1, 5, 5), (6, 2, 3, 3), (6,)),
    "one kernel channel for all": ((4, 3, 5, 5), (6, 1, 3, 3), (6,)),
    "one bias for all": ((4, 3, 5, 5), (6, 3, 3, 3), (1,)),
    "kernels shared by the models": ((2, 4, 3, 5, 5), (6, 3, 3, 3), (2, 6)),
    "images shared by the models": ((4, 3, 5, 5), (2, 6, 3, 3, 3), (2, 6)),
    "a bias shared by the models": ((2, 4, 3, 5, 5), (2, 6, 3, 3, 3), (6,)),
}


@pytest.mark.parametrize("name", MISFITS)
def test_nothing_is_broadcast_silently(name):
    about = "W_models_and_outputs .* and b" if "bias" in name else "x_models_and_channels .* and W_models_and_channels"
    with pytest.raises(ValueError, match=rf"^{about} \(.*\) must be equal$"):
        convolution(*(torch.zeros(shape) for shape in MISFITS[name]))


def test_what_cannot_be_images_or_kernels_is_refused():
    W, b = torch.zeros(6, 3, 2, 2), torch.zeros(6)
    with pytest.raises(ValueError, match=r"expected images .*\(3, 5, 5\)"):
        convolution(torch.zeros(3, 5, 5), W, b)
    with pytest.raises(ValueError, match=r"^expected kernels W \(\.\.\., O, C, kh, kw\), got \(3, 2, 2\)$"):
        convolution(torch.zeros(4, 3, 5, 5), W[0], b)
    with pytest.raises(ValueError, match=r"kernel \(2, 2\) is larger than the padded image \(1, 5\)"):
        convolution(torch.zeros(4, 3, 1, 5), W, b)


@steady
@given(
    image=st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(3, 5), st.integers(3, 5)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)),
    stride=st.integers(1, 3),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    seed=st.integers(0, 999),
)
def test_dx_and_dW_are_the_adjoints_of_the_sum_of_products(image, kernel, stride, padding, seed):
    """<z - b, g> = <x, dx> = <W, dW>: without its bias the layer is linear in x and in W."""
    (O, kh, kw), g = kernel, seeded(seed)
    x, W = normal((2, *image), g), normal((2, O, image[1], kh, kw), g)
    z, saved = convolution(x, W, x.new_zeros(2, O), stride, padding)
    dz = normal(tuple(z.shape), g)
    dx, dW, db = convolution_backward(dz, *saved)
    for other in ((x * dx).sum(), (W * dW).sum()):
        assert error(other, (z * dz).sum()) <= 1e-13
    assert error(db, dz.sum((1, 3, 4))) <= 1e-13
