"""Walks of weights: an optimizer of ours and torch's, fed the same gradients, in lock-step."""

import pytest
import torch

from dlconcepts.rules.optimizer import optimizers

STEPS, COORDINATES = 1000, 64
EPS = {torch.float64: 2.0**-52, torch.float32: 2.0**-23}
every_optimizer = pytest.mark.parametrize("name", optimizers)


def label(value):
    return value if isinstance(value, str) else " ".join(f"{n}={v}" for n, v in value.items())


def recorded_gradients(seed=0):
    """(STEPS, COORDINATES): each coordinate with a scale of its own, 14 % always zero, 10 % zero at random."""
    generator = torch.Generator().manual_seed(seed)
    g = torch.randn(STEPS, COORDINATES, generator=generator, dtype=torch.float64)
    g *= 10 ** torch.linspace(-12, 4, COORDINATES, dtype=torch.float64)
    g[:, torch.arange(COORDINATES) % 7 == 0] = 0
    g[torch.rand(g.shape, generator=generator) < 0.1] = 0
    return g


def start(dtype, seed=1):
    """Weights 2 to 5 from 0: an adaptive step under coupled decay swings about 0 once there, and swings chaotically."""
    p = torch.randn(COORDINATES, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).clamp(-2, 2)
    return (p + 3 * p.sign() - p / 2).to(dtype)


def torch_path(name, p, gradients, **constants):
    p = torch.nn.Parameter(p.clone())
    optimizer = optimizers[name].reference([p], **constants)
    path = []
    for g in gradients:
        p.grad = g.clone()
        optimizer.step()
        path.append(p.detach().clone())
    return torch.stack(path)


def our_path(name, p, gradients, **constants):
    state, path = optimizers[name].init(p), []
    for g in gradients:
        p, state = optimizers[name].update(p, g, state, **constants)
        path.append(p)
    return torch.stack(path)


def worst(a, b):
    """max |a - b| / max(1, |b|), both over a coordinate's whole path: crossing 0 on the way makes no weight better."""
    return float(((a - b).abs().amax(0) / b.abs().amax(0).clamp_min(1)).max())
