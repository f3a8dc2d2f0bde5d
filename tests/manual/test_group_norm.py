"""Group norm: which values are a group, its two ends (layer and instance norm), and that it needs no batch."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import INF, NAN, alone, drawn, tensor
from torch.nn import functional

from dlconcepts.manual.group_norm import group_norm, group_norm_backward, grouped
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def given_images(*shape):
    x = 3 * normal(shape, seeded()) + 1
    return x, normal((*shape[:-4], shape[-3]), seeded(1)), normal((*shape[:-4], shape[-3]), seeded(2))


def test_neighbouring_channels_are_a_group():
    x = torch.arange(12.0).view(1, 4, 1, 3)
    assert grouped(x, 2).tolist() == [[[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]]
    y, _ = group_norm(x.double(), torch.ones(4).double(), torch.zeros(4).double(), 2, eps=0.0)
    assert torch.equal(y[:, :2], y[:, 2:])
    assert y[0, 0, 0, 0].item() == pytest.approx(-2.5 / (35 / 12) ** 0.5, rel=1e-15)


@given(
    M=st.integers(1, 2), B=st.integers(1, 3), G=st.integers(1, 3), c=st.integers(1, 2), H=st.integers(1, 3),
    W=st.integers(2, 3), seed=st.integers(0, 99),
)  # fmt: skip
@drawn
def test_any_shape_is_torchs_and_the_gradient_can_neither_shift_nor_stretch_a_group(M, B, G, c, H, W, seed):
    x, gamma, beta = given_images(M, B, G * c, H, W)
    x = x + torch.linspace(0, 5, W, dtype=torch.float64)
    dy = normal(tuple(x.shape), seeded(seed))
    y, saved = group_norm(x, gamma, beta, G)
    dx, dgamma, dbeta = group_norm_backward(dy, *saved)
    for m in range(M):
        leaves = [p.clone().requires_grad_() for p in (x[m], gamma[m], beta[m])]
        expected = functional.group_norm(leaves[0], G, *leaves[1:])
        theirs = torch.autograd.grad(expected, leaves, dy[m])
        assert error(y[m], expected.detach()) <= 1e-13
        for ours, other in zip((dx, dgamma, dbeta), theirs, strict=True):
            assert error(ours[m], other) <= 1e-13
    size = 1 + float(dx.abs().max())
    assert float(grouped(dx, G).sum(-1).abs().max()) <= 1e-13 * size


def test_its_two_ends_are_instance_norm_and_layer_norm_of_the_whole_image():
    x, gamma, beta = given_images(2, 4, 3, 2)
    ones, zeros = torch.ones_like(gamma), torch.zeros_like(beta)
    assert error(group_norm(x, ones, zeros, 4)[0], functional.instance_norm(x)) <= 1e-14
    assert error(group_norm(x, ones, zeros, 1)[0], functional.layer_norm(x, x.shape[1:])) <= 1e-14
    scaled, _ = group_norm(x, gamma, beta, 4)
    plain = functional.instance_norm(x)
    for c in range(4):
        assert error(scaled[:, c], gamma[c] * plain[:, c] + beta[c]) <= 1e-14


def test_an_image_is_normalized_as_if_it_were_alone():
    x, gamma, beta = given_images(3, 4, 2, 2)
    whole, _ = group_norm(x, gamma, beta, 2)
    assert torch.equal(whole[1:2], group_norm(x[1:2], gamma, beta, 2)[0])


def test_eps_stands_inside_the_root_and_may_differ_per_model():
    x = tensor(-0.5, 0.5).view(1, 1, 1, 1, 2).expand(2, 1, 1, 1, 2)
    one, zero = torch.ones(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64)
    y, saved = group_norm(x, one, zero, 1, eps=tensor(0.75, 0))
    assert y.flatten().tolist() == [-0.5, 0.5, -1, 1]
    assert error(group_norm(x, one, zero, 1)[0], group_norm(x, one, zero, 1, 1e-5)[0]) == 0
    assert torch.equal(saved[-1], tensor(0.75, 0))


@pytest.mark.parametrize("bad", [INF, NAN])
def test_a_nan_or_inf_spoils_its_own_group_alone(bad):
    x, gamma, beta = given_images(2, 4, 2, 2)
    x[1, 0, 0, 0] = bad
    spoiled = group_norm(x, gamma, beta, 2)[0].isnan()
    assert spoiled[1, :2].all()
    assert not spoiled[0].any()
    assert not spoiled[1, 2:].any()


def test_a_constant_group_gives_beta():
    x, gamma, beta = torch.full((1, 2, 2, 2), 7.0, dtype=torch.float64), tensor(2, 3), tensor(4, 5)
    y, saved = group_norm(x, gamma, beta, 2)
    assert y.flatten(-2)[0].tolist() == [[4] * 4, [5] * 4]
    assert group_norm_backward(normal((1, 2, 2, 2), seeded()), *saved)[0].isfinite().all()


def test_what_does_not_fit_is_refused():
    x, p = torch.zeros(2, 4, 3, 3), torch.zeros(4)
    for groups in (3, 0, -2, 8):
        with pytest.raises(ValueError, match=f"^groups must divide the 4 channels, got {groups}$"):
            group_norm(x, p, p, groups)
    with pytest.raises(ValueError, match=re.escape("x_models_and_channels (4,) and gamma (3,) must be equal")):
        group_norm(x, p[:3], p, 2)
    with pytest.raises(ValueError, match=re.escape("x_models_and_channels (4,) and beta (1,) must be equal")):
        group_norm(x, p, p[:1], 2)
    with pytest.raises(ValueError, match="one image is"):
        group_norm(x[0], p, p, 2)


def test_an_empty_batch_stays_empty():
    y, saved = group_norm(torch.zeros(0, 4, 2, 2), torch.ones(4), torch.ones(4), 2)
    dx, dgamma, dbeta = group_norm_backward(y, *saved)
    assert y.shape == dx.shape == (0, 4, 2, 2)
    assert dgamma.tolist() == dbeta.tolist() == [0] * 4
    assert alone(lambda x: functional.group_norm(x, 2), torch.zeros(0, 4, 2, 2), y)[0].shape == y.shape
