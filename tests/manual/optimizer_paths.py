"""Walks of weights: an optimizer of ours and torch's, fed the same gradients, in lock-step."""

from contextlib import contextmanager

import pytest
import torch

from dlconcepts.rules.optimizer import OF_MATRICES, optimizers

STEPS, COORDINATES = 1000, 64
EPS = {torch.float64: 2.0**-52, torch.float32: 2.0**-23}
ENTRYWISE = [name for name in optimizers if name not in OF_MATRICES]
every_optimizer = pytest.mark.parametrize("name", ENTRYWISE)


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


@contextmanager
def default_dtype(dtype):
    """torch.optim keeps some numbers in the default precision: NAdam its product of momenta."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    yield
    torch.set_default_dtype(before)


def torch_path(name, p, gradients, **constants):
    with default_dtype(p.dtype):
        return path_in_torch(name, p, gradients, **constants)


def path_in_torch(name, p, gradients, **constants):
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
