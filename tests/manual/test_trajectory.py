"""Training by hand against torch.nn, autograd and torch.optim: a thousand steps on MNIST, weight by weight.

What makes the comparison mean something: the learning rates are below the edge of stability (beyond it two right
programs part company exponentially), batches and first weights are the same, no bias stands directly before a batch
norm (its gradient is 0, and an adaptive optimizer would blow up the rounding), and both run on one BLAS.

A row is a network, its twin in torch (one module per layer, the loss last), an optimizer, and what else the training
has. Parameters are paired in order, a linear layer's W being the transpose of torch's. Here stand penalties and
schedules; rows still to come, each with its layer and its module: dropout (one mask for both, by `masks`), batch norm,
a convolution.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from dlconcepts import data
from dlconcepts.layers import mlp
from dlconcepts.manual import backprop
from dlconcepts.manual.network import Layer, initial
from dlconcepts.rules.learning_rate import schedules
from dlconcepts.rules.optimizer import optimizers

STEPS, B = 1000, 32
WIDTHS = [196, 16, 10]  # images of 14 x 14 pixels, so that a row takes about a second
SGD_FAMILY = ("sgd", "momentum", "nesterov")


def relu_network() -> list[Layer]:
    return mlp(WIDTHS, "relu", "cross-entropy")


def relu_twin() -> list[nn.Module]:
    return [nn.Linear(196, 16), nn.ReLU(), nn.Linear(16, 10), nn.CrossEntropyLoss()]


def tanh_network() -> list[Layer]:
    return mlp([*WIDTHS[:-1], 12, 10], "tanh", "cross-entropy")


def tanh_twin() -> list[nn.Module]:
    return [nn.Linear(196, 16), nn.Tanh(), nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, 10), nn.CrossEntropyLoss()]


class Row(NamedTuple):
    """One training to compare. lr is the highest rate; bound is on max |W - torch's W| after 1,000 steps in float64.

    Measured: 2.7e-15 for the worst row, one-cycle; 1e-12 leaves other processors' rounding room to be amplified.
    l1 and l2 are the weights of ||p||_1 and ||p||^2 / 2 in the loss, of all parameters.
    masks: masks(t) gives, layer by layer, what goes after the parameters at step t, as a tuple; the twin's module takes
    the same after its input.
    """

    optimizer: str
    lr: float
    constants: dict[str, Any] = {}  # noqa: RUF012 - read only; a NamedTuple's default
    network: Callable[[], list[Layer]] = relu_network
    twin: Callable[[], list[nn.Module]] = relu_twin
    l1: float = 0.0
    l2: float = 0.0
    schedule: str = "constant"
    schedule_constants: dict[str, Any] = {}  # noqa: RUF012 - read only; a NamedTuple's default
    masks: Callable[[int], list[tuple[Tensor, ...]]] | None = None
    bound: float = 1e-12


ROWS = {
    "sgd": Row("sgd", 0.1),
    "sgd, L1 and L2": Row("sgd", 0.1, l1=1e-4, l2=1e-2),
    "momentum, three layers of tanh": Row("momentum", 0.02, network=tanh_network, twin=tanh_twin),
    "momentum, cosine": Row("momentum", 0.02, schedule="cosine", schedule_constants={"steps": STEPS}),
    "nesterov": Row("nesterov", 0.02),
    "adagrad": Row("adagrad", 0.01),
    "adagrad from .1": Row("adagrad", 0.01, {"initial_accumulator_value": 0.1}),
    "rmsprop": Row("rmsprop", 0.001),
    "adam": Row("adam", 0.001),
    "adam, L1 and L2": Row("adam", 0.001, l1=1e-4, l2=1e-3),
    "adamw, one-cycle": Row("adamw", 0.003, schedule="one-cycle", schedule_constants={"steps": STEPS}),
}
every_row = pytest.mark.parametrize("name", ROWS)


@cache
def batches() -> list[tuple[Tensor, Tensor]]:
    """The first 32,000 training images at half their side, in batches of 32: pixels in float64, and classes."""
    train = data.load().train
    x = train.x[: STEPS * B].unflatten(-1, (14, 2, 14, 2)).mean((-3, -1)).flatten(-2).double()
    return list(zip(x.split(B), train.y[: STEPS * B].split(B), strict=True))


def first_weights(row: Row) -> list[tuple[Tensor, ...]]:
    generator = torch.Generator().manual_seed(0)
    return [initial(layer, generator) for layer in row.network()]


def masks_of(row: Row, t: int) -> list[tuple[Tensor, ...]]:
    return row.masks(t) if row.masks else [()] * len(row.network())


def by_hand(row: Row, dtype: torch.dtype, steps: int) -> tuple[list[float], list[Tensor]]:
    """The losses, and the parameters in the end: our forward, backward, penalties, schedule and update."""
    network, optimizer = row.network(), optimizers[row.optimizer]
    params = [tuple(p.to(dtype) for p in layer) for layer in first_weights(row)]
    states = [tuple(map(optimizer.init, layer)) for layer in params]
    losses = []
    for t, (x, y) in enumerate(batches()[:steps]):
        lr = row.lr * schedules[row.schedule].factor(t, **row.schedule_constants)
        inputs = [(*p, *mask) for p, mask in zip(params, masks_of(row, t), strict=True)]
        inputs[-1] += (y,)
        loss, tape = backprop.forward(network, inputs, x.to(dtype))
        _, gradients = backprop.backward(network, tape, torch.ones_like(loss))
        losses.append(loss.item())
        for i, layer in enumerate(params):
            moved = [
                optimizer.update(p, dp + row.l1 * p.sign() + row.l2 * p, state, lr, **row.constants)
                for p, dp, state in zip(layer, gradients[i], states[i], strict=True)
            ]
            params[i], states[i] = tuple(p for p, _ in moved), tuple(state for _, state in moved)
    return losses, [p for layer in params for p in layer]


def in_torch(row: Row, dtype: torch.dtype, steps: int) -> tuple[list[float], list[Tensor]]:
    """The same with torch.nn, autograd, torch.optim and torch's schedulers."""
    modules = [module.to(dtype) for module in row.twin()]
    for module, layer in zip(modules, first_weights(row), strict=True):
        for p, ours in zip(module.parameters(), layer, strict=True):
            p.data.copy_(as_torchs(module, ours))
    params = [p for module in modules for p in module.parameters()]
    optimizer = optimizers[row.optimizer].reference(params, lr=row.lr, **row.constants)
    scheduler = schedules[row.schedule].reference(optimizer, **row.schedule_constants)
    losses = []
    for t, (x, y) in enumerate(batches()[:steps]):
        out, masks = x.to(dtype), masks_of(row, t)
        for module, mask in zip(modules[:-1], masks[:-1], strict=True):
            out = module(out, *mask)
        loss = modules[-1](out, y)
        losses.append(loss.item())
        for p in params:
            loss = loss + row.l1 * p.abs().sum() + row.l2 / 2 * (p * p).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    return losses, [as_torchs(module, p.detach()) for module in modules for p in module.parameters()]


def as_torchs(module: nn.Module, p: Tensor) -> Tensor:
    """Our parameter in torch's layout, or torch's in ours."""
    return p.mT if isinstance(module, nn.Linear) and p.ndim == 2 else p


@every_row
def test_a_thousand_steps_by_hand_end_where_torchs_do(name):
    row = ROWS[name]
    (losses, ours), (of_torch, theirs) = (train(row, torch.float64, STEPS) for train in (by_hand, in_torch))
    assert sum(losses[-100:]) < 0.7 * sum(losses[:100])  # it has learned: standing still would be easy to agree on
    worst = max(float((p - q).abs().max()) for p, q in zip(ours, theirs, strict=True))
    assert worst <= row.bound
    assert max(abs(a - b) for a, b in zip(losses, of_torch, strict=True)) <= row.bound


@every_row
def test_in_float32_the_first_hundred_losses_are_torchs(name):
    row = ROWS[name]
    sgd_family = row.optimizer in SGD_FAMILY
    steps = STEPS if sgd_family else 100
    (losses, ours), (of_torch, theirs) = (train(row, torch.float32, steps) for train in (by_hand, in_torch))
    assert max(abs(a - b) for a, b in zip(losses[:100], of_torch[:100], strict=True)) <= 1e-5
    if sgd_family:  # an adaptive optimizer divides rounding by rounding: its weights may part in float32
        assert max(float((p - q).abs().max()) for p, q in zip(ours, theirs, strict=True)) <= 1e-5
