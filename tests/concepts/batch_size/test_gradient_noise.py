from math import sqrt

import pytest
import torch

from dlconcepts.concepts.batch_size.gradient_noise import (
    drawn_rows,
    falling,
    gradients,
    noise_by_size,
    pictures,
    relative_noise,
)
from dlconcepts.images.data_set import Split
from dlconcepts.training.build import build
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting

SETTING = Setting(hidden=(6,))


@pytest.fixture(scope="module")
def point(tiny):
    """A network, its first weights, and 40 digits."""
    split = Split(tiny.train.x[:40], tiny.train.y[:40])
    network = build([SETTING], split.x)
    return network, start(network, 0, split.x), split


def random():
    return torch.Generator().manual_seed(0)


def test_the_draws_of_a_stack_have_the_gradients_that_autograd_finds_one_by_one(point):
    network, params, split = point
    rows = torch.tensor([[0, 1, 1], [5, 6, 7]])
    found = gradients(network, params, split.x[rows], split.y[rows])
    for d, drawn in enumerate(rows):
        leaves = [p.clone().requires_grad_() for layer in params for p in layer]
        W, b, V, c = leaves
        z = torch.relu(split.x[drawn] @ W + b) @ V + c
        expected = torch.autograd.grad(torch.nn.functional.cross_entropy(z, split.y[drawn]), leaves)
        for mine, theirs in zip(found, expected, strict=True):
            assert (mine[d] - theirs).abs().max() <= 1e-14


def exact_noise(network, params, split, B, replacement):
    """By the formula: the covariance's trace over B, smaller by (N - B) / (N - 1) without replacement."""
    each = gradients(network, params, split.x[:, None], split.y[:, None])
    N = len(split)
    trace = sum((g - g.mean(0)).square().sum() / N for g in each)
    length = sum(g.mean(0).square().sum() for g in each)
    return sqrt(trace / B / length * (1 if replacement else (N - B) / (N - 1)))


@pytest.mark.parametrize("replacement", [True, False])
def test_the_noise_is_what_the_covariance_of_the_examples_says(point, replacement):
    found = noise_by_size(*point, (1, 4, 20, 30), replacement, random(), least=4000)
    for B, noise in found.items():
        # the mean of 4,000 squares deviates by about 1 / sqrt(4000) = 1.6 %, its root by half of that
        assert noise == pytest.approx(exact_noise(*point, int(B), replacement), rel=0.03)


def test_all_examples_at_once_have_no_noise(point):
    network, params, split = point
    full = gradients(network, params, split.x[None], split.y[None])
    rows = drawn_rows(40, 40, 3, False, random())
    assert relative_noise(network, params, split, rows, full) < 1e-14
    assert noise_by_size(*point, (40, 50), True, random()) == {}


@pytest.mark.parametrize(("B", "draws"), [(3, 7), (8192, 2), (5000, 3), (10_000, 2)])
def test_there_are_as_many_draws_of_as_many_rows_as_asked(B, draws):
    for replacement in (True, False):
        found = torch.cat(list(drawn_rows(12_000, B, draws, replacement, random())))
        assert found.shape == (draws, B)
        assert all((len(set(row.tolist())) == B) is not replacement or B == 3 for row in found)


def test_with_replacement_every_row_is_as_likely_as_any_other():
    found = torch.cat(list(drawn_rows(4, 10, 4000, True, random()))).flatten().bincount(minlength=4)
    assert (found / 40_000 - 0.25).abs().max() < 0.01  # 4.6 standard errors


def test_the_slope_of_a_power_is_its_exponent():
    sizes = (8, 32, 128, 960)
    noise = {str(B): 3 * B**-0.5 for B in sizes}
    assert falling(noise, sizes) == pytest.approx(-0.5)
    assert falling({B: value * int(B) ** 0.2 for B, value in noise.items()}, sizes) == pytest.approx(-0.3)
    bent = {B: value * sqrt((1024 - int(B)) / 1023) for B, value in noise.items()}
    assert falling(bent, sizes) < -0.6
    assert falling(bent, sizes, among=1024) == pytest.approx(-0.5)
    assert falling(noise, (8, 32)) == pytest.approx(-0.5)
    assert falling(noise, (8,)) is falling({}, sizes) is None


def test_a_picture_is_the_step_that_the_rows_ask_for(point):
    network, params, split = point
    rows = {"some": torch.arange(4), "all": torch.arange(40)}
    found = pictures(network, params, split, rows)
    dW = gradients(network, params, split.x[None], split.y[None])[0][0]
    unit = int(dW.square().sum(0).argmax())
    for name in rows:
        assert len(found[name]) == 784
        assert max(abs(value) for value in found[name]) == 1
    step = -dW[:, unit] / dW[:, unit].abs().max()
    assert (torch.tensor(found["all"], dtype=torch.float64) - step).abs().max() <= 0.005 + 1e-9
    lit = split.x[:4].amax(0) > 0
    assert torch.tensor(found["some"])[~lit].abs().max() == 0  # a pixel that is black asks for nothing
