import pytest
import torch

from dlconcepts.concepts.shared import curvature
from dlconcepts.manual.network import stack
from dlconcepts.training.build import build
from dlconcepts.training.gradients import manual
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


def example(hidden, M=2, B=7):
    """(params of M models, x, y, a random direction) of a small network, in float64."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(M, B, 5, dtype=torch.float64, generator=generator)
    network = build([Setting(hidden=hidden)], x)
    params = stack([start(network, seed, x) for seed in range(M)])
    y = torch.randint(0, 10, (M, B), generator=generator)
    v = torch.randn(M, curvature.flat(params).shape[-1], dtype=torch.float64, generator=generator)
    return params, x, y, v


def hessians(params, x, y, decay=0.0):
    """torch's own Hessian of each model (M, D, D)."""

    def loss_of(w, m):
        weights = [tuple(p[0] for p in layer) for layer in curvature.shaped(w[None], params)]
        z, relu = x[m], torch.relu
        layers = [layer for layer in weights if layer]
        for i, (W, b) in enumerate(layers):
            z = (relu(z) if i else z) @ W + b
        return torch.nn.functional.cross_entropy(z, y[m]) + decay / 2 * w.square().sum()

    flat = curvature.flat(params)
    return torch.stack(
        [torch.autograd.functional.hessian(lambda w, m=m: loss_of(w, m), flat[m]) for m in range(len(flat))]
    )


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_softmax_regressions_product_is_autograds(decay):
    params, x, y, v = example(hidden=())
    expected = (hessians(params, x, y, decay) @ v.unsqueeze(-1)).squeeze(-1)
    assert (curvature.softmax_product(params, x, v, decay) - expected).abs().max() < 1e-14


def test_a_relu_networks_product_is_autograds():
    params, x, y, v = example(hidden=(6,))
    expected = (hessians(params, x, y) @ v.unsqueeze(-1)).squeeze(-1)
    assert (curvature.relu_product(params, x, y, v) - expected).abs().max() < 1e-14


def test_the_product_is_how_the_gradient_changes(small):
    network = build([Setting(hidden=(8,))], small.train.x)
    params = stack([start(network, 0, small.train.x)])
    x, y, w = small.train.x[None, :50], small.train.y[None, :50], curvature.flat(params)
    v, h = curvature.unit(torch.randn(w.shape, dtype=w.dtype, generator=torch.Generator().manual_seed(0))), 1e-6
    there, back = (curvature.flat(manual(network, curvature.shaped(w + s * v, params), x, y)[1]) for s in (h, -h))
    # the difference's own error: 1e-16 / h from rounding
    assert (curvature.relu_product(params, x, y, v) - (there - back) / (2 * h)).abs().max() < 1e-8


@pytest.mark.parametrize("hidden", [(), (6,)])
def test_the_largest_eigenvalue_is_torchs_even_beside_larger_negative_ones(hidden):
    params, x, y, v = example(hidden)
    H = hessians(params, x, y)
    H[1] -= 100 * torch.outer(curvature.unit(v[1:2])[0], curvature.unit(v[1:2])[0])
    expected = torch.linalg.eigvalsh(H)[:, -1]
    found = curvature.largest_eigenvalue(lambda v: (H @ v.unsqueeze(-1)).squeeze(-1), v + 1, rounds=40)
    assert (found - expected).abs().max() < 1e-9


def test_the_estimate_comes_from_below():
    params, x, y, v = example((6,))
    few, many = (
        curvature.largest_eigenvalue(lambda v: curvature.relu_product(params, x, y, v), v, rounds=rounds)
        for rounds in (3, 20)
    )
    assert (few < many).all()


def test_rows_and_parameters_are_the_same_numbers():
    params, *_ = example((6,))
    there = curvature.shaped(curvature.flat(params), params)
    for layer, again in zip(params, there, strict=True):
        for p, q in zip(layer, again, strict=True):
            assert torch.equal(p, q)
