"""The convolution whose bias would be undone: what is left without it."""

import pytest
import torch
from oracles import tensor

from dlconcepts.manual.batch_norm import batch_norm_images
from dlconcepts.manual.convolution import convolution, convolution_backward
from dlconcepts.manual.convolution_without_bias import convolution_without_bias, convolution_without_bias_backward
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def drawn():
    generator = torch.Generator().manual_seed(1)
    return normal((2, 3, 2, 5, 4), generator), normal((2, 4, 2, 3, 3), generator)


def test_it_is_the_convolution_with_a_bias_of_zero():
    x, W = drawn()
    z, saved = convolution_without_bias(x, W, stride=2, padding=1)
    expected, with_bias = convolution(x, W, torch.zeros(2, 4, dtype=x.dtype), stride=2, padding=1)
    assert torch.equal(z, expected)
    dz = normal(tuple(z.shape), torch.Generator().manual_seed(2))
    dx, dW = convolution_without_bias_backward(dz, *saved)
    assert torch.equal(dx, convolution_backward(dz, *with_bias)[0])
    assert torch.equal(dW, convolution_backward(dz, *with_bias)[1])


def test_batch_norm_undoes_a_bias():
    x, W = drawn()
    z, _ = convolution_without_bias(x, W)
    shifted, _ = convolution(x, W, normal((2, 4), torch.Generator().manual_seed(3)))
    gamma, beta = torch.ones(2, 4, dtype=x.dtype), torch.zeros(2, 4, dtype=x.dtype)
    assert error(batch_norm_images(shifted, gamma, beta)[0], batch_norm_images(z, gamma, beta)[0]) <= 1e-13


def test_what_does_not_fit_is_refused_as_the_convolution_refuses_it():
    with pytest.raises(ValueError, match=r"expected kernels W"):
        convolution_without_bias(torch.zeros(1, 1, 2, 2), tensor([1]))
