"""Clipping: the very numbers of torch's two functions, model by model."""

import pytest
import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from dlconcepts.manual.clipping import clip_by_norm, clip_by_value, gradient_norm
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

inf, nan = float("inf"), float("nan")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def gradients(*lead, scale=1.0):
    """A weight matrix, a bias, four-dimensional kernels and a single number."""
    shapes = [(4, 3), (3,), (2, 1, 2, 2), ()]
    return [scale * normal(lead + shape, seeded(i)) for i, shape in enumerate(shapes)]


def torch_clipped(clip, given, limit):
    params = [torch.nn.Parameter(torch.zeros_like(dp)) for dp in given]
    for p, dp in zip(params, given, strict=True):
        p.grad = dp.clone()
    norm = clip(params, limit)
    return [p.grad for p in params], norm


def test_the_norm_is_that_of_all_tensors_as_one_vector():
    given = [torch.tensor([[3.0, 0.0]]), torch.tensor([4.0]), torch.tensor(12.0)]
    assert float(gradient_norm(given)) == 13.0
    clipped, norm = clip_by_norm(given, 6.5)
    assert float(norm) == 13.0
    assert error(clipped[0], torch.tensor([[1.5, 0.0]])) <= 2e-7  # the millionth in 13.000001
    assert gradient_norm([torch.zeros(2, 3, 4), torch.zeros(2, 0)], models=1).tolist() == [0, 0]


@pytest.mark.parametrize("max_norm", [0.0, 0.5, 1.0, 100.0, inf])
def test_one_models_gradients_are_clipped_as_torch_clips_them(max_norm):
    given = gradients()
    before = [dp.clone() for dp in given]
    clipped, norm = clip_by_norm(given, max_norm)
    expected, expected_norm = torch_clipped(clip_grad_norm_, given, max_norm)
    assert error(norm, expected_norm) <= 1e-15
    assert all(error(a, b) <= 1e-15 for a, b in zip(clipped, expected, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e-7, 1e20, 1e200, inf, nan])
def test_tiny_and_huge_gradients_are_clipped_as_torch_clips_them(scale):
    given = gradients(scale=scale)
    clipped, norm = clip_by_norm(given, 1.0)
    expected, expected_norm = torch_clipped(clip_grad_norm_, given, 1.0)
    assert error(norm, expected_norm) <= 1e-15
    assert all(error(a, b) <= 1e-15 for a, b in zip(clipped, expected, strict=True))


def test_a_norm_of_exactly_max_norm_is_still_shortened_by_a_millionth():
    (clipped,), _ = clip_by_norm([torch.tensor([3.0, 4.0], dtype=torch.float64)], 5.0)
    assert error(clipped * (1 + 2e-7), torch.tensor([3.0, 4.0], dtype=torch.float64)) <= 1e-15
    assert float(clipped[0]) < 3.0


@pytest.mark.parametrize("max_norm", [1.0, torch.tensor([0.1, 1.0, 50.0], dtype=torch.float64)], ids=["one", "each"])
def test_every_model_of_a_stack_is_clipped_by_its_own_norm(max_norm):
    stack = gradients(3)
    clipped, norm = clip_by_norm(stack, max_norm, models=1)
    assert norm.shape == (3,)
    for m in range(3):
        own_limit = max_norm[m].item() if isinstance(max_norm, torch.Tensor) else max_norm
        expected, expected_norm = torch_clipped(clip_grad_norm_, [dp[m] for dp in stack], own_limit)
        assert error(norm[m], expected_norm) <= 1e-15
        assert all(error(a[m], b) <= 1e-15 for a, b in zip(clipped, expected, strict=True))
    in_two, norms = clip_by_norm([dp.unflatten(0, (3, 1)) for dp in stack], max_norm, models=2)
    assert error(norms[:, 0], norm) <= 1e-15
    assert all(error(a[:, 0], b) <= 1e-15 for a, b in zip(in_two, clipped, strict=True))


@pytest.mark.parametrize("poison", [nan, inf])
def test_a_model_gone_wrong_leaves_its_neighbours_bit_for_bit(poison):
    stack = gradients(3)
    healthy, norm = clip_by_norm(stack, 1.0, models=1)
    stack[1] = stack[1].clone()
    stack[1][1, 0] = poison
    sick, sick_norm = clip_by_norm(stack, 1.0, models=1)
    assert torch.equal(norm[[0, 2]], sick_norm[[0, 2]])
    assert all(torch.equal(a[[0, 2]], b[[0, 2]]) for a, b in zip(healthy, sick, strict=True))
    assert sick[1][1, 0].isnan()


@pytest.mark.parametrize("limit", [0.0, 0.5, 1.0, inf])
def test_values_are_clipped_as_torch_clips_them_and_nan_stays(limit):
    given = [*gradients(), torch.tensor([nan, inf, -inf, 0.5, -0.5, 1e20, -1e-300, -0.0], dtype=torch.float64)]
    expected, _ = torch_clipped(clip_grad_value_, given, limit)
    assert all(error(a, b) == 0 for a, b in zip(clip_by_value(given, limit), expected, strict=True))


def test_every_model_may_have_its_own_limit():
    limits = torch.tensor([0.1, 0.5, 5.0], dtype=torch.float64)
    stack = gradients(3, scale=2.0)
    for dp, clipped in zip(stack, clip_by_value(stack, limits), strict=True):
        assert all(torch.equal(clipped[m], dp[m].clamp(-float(limits[m]), float(limits[m]))) for m in range(3))


@pytest.mark.parametrize("bad", [-1.0, -1e-300, nan])
def test_negative_limits_are_refused(bad):
    with pytest.raises(ValueError, match=f"^max_norm must be at least 0, got {bad}$"):
        clip_by_norm(gradients(), bad)
    with pytest.raises(ValueError, match=f"^limit must be at least 0, got {bad}$"):
        clip_by_value(gradients(), bad)


def test_a_limit_for_other_models_is_refused():
    with pytest.raises(ValueError, match=r"models \(2,\) and leading \(3,\) must be equal"):
        clip_by_norm(gradients(3), torch.ones(2), models=1)
