"""Every optimizer against torch.optim, fed the same gradients: 1,000 steps in lock-step."""

import inspect

import pytest
import torch
from optimizer_paths import EPS, every_optimizer, label, our_path, recorded_gradients, start, torch_path, worst

from dlconcepts.rules.optimizer import optimizers

BOUND = (
    32  # eps. Measured: 1.2 for AdamW, 3.3 elsewhere, 5.9 for SGD, 13.1 for RMSprop with momentum 1 (an undamped sum)
)

# Not among them: RMSprop and Adam with coupled decay and a step that brings idle weights to 0 within the 1,000 steps.
CASES = [
    ("sgd", {"lr": 0.1}),
    ("sgd", {"lr": 0.1, "weight_decay": 0.1}),
    ("sgd", {"lr": 0.1, "weight_decay": 1.0}),
    ("momentum", {"lr": 0.1}),
    ("momentum", {"lr": 0.1, "momentum": 0.5, "dampening": 0.3, "weight_decay": 0.1}),
    ("momentum", {"lr": 0.1, "momentum": 0.9, "dampening": 1.0}),
    ("momentum", {"lr": 0.01, "momentum": 1.0}),
    ("momentum", {"lr": 0.1, "momentum": 0.0}),
    ("nesterov", {"lr": 0.1}),
    ("nesterov", {"lr": 0.1, "momentum": 0.5, "weight_decay": 1.0}),
    ("nesterov", {"lr": 0.01, "momentum": 1.0}),
    ("adagrad", {"lr": 0.1}),
    ("adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 1.0}),
    ("adagrad", {"lr": 0.1, "lr_decay": 1.0, "initial_accumulator_value": 0.1, "eps": 1e-3}),
    ("rmsprop", {"lr": 0.01}),
    ("rmsprop", {"lr": 0.001, "alpha": 0.5, "eps": 1e-3, "weight_decay": 1.0}),
    ("rmsprop", {"lr": 0.0001, "momentum": 0.9, "weight_decay": 0.1}),
    ("rmsprop", {"lr": 0.001, "momentum": 1.0}),
    ("rmsprop", {"lr": 0.01, "centered": True, "eps": 1e-3}),
    ("rmsprop", {"lr": 0.01, "centered": True, "momentum": 0.5}),
    ("adam", {"lr": 0.01}),
    ("adam", {"lr": 0.001, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 1.0}),
    ("adam", {"lr": 0.01, "amsgrad": True, "weight_decay": 0.1}),
    ("adam", {"lr": 0.01, "beta1": 0.0, "beta2": 0.0}),
    ("adamw", {"lr": 0.01}),
    ("adamw", {"lr": 0.01, "weight_decay": 1.0, "eps": 1e-3}),
    ("adamw", {"lr": 0.01, "weight_decay": 0.1, "beta1": 0.5, "beta2": 0.9, "amsgrad": True}),
    ("adadelta", {"lr": 1.0}),
    ("adadelta", {"lr": 0.1, "rho": 0.5, "eps": 1e-3, "weight_decay": 1.0}),
    ("adadelta", {"lr": 0.5, "rho": 1.0, "eps": 1e-2}),
    ("nadam", {"lr": 0.01}),
    ("nadam", {"lr": 0.001, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 1.0, "momentum_decay": 1.0}),
    ("nadam", {"lr": 0.01, "beta1": 0.0, "beta2": 0.0, "momentum_decay": 0.0}),
    ("radam", {"lr": 0.01}),
    ("radam", {"lr": 0.001, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3, "weight_decay": 1.0}),
    ("radam", {"lr": 0.0001, "beta1": 0.0, "beta2": 0.5}),
    ("lion", {"lr": 0.01}),
    ("lion", {"lr": 0.01, "beta1": 0.5, "beta2": 0.9, "weight_decay": 1.0}),
    ("lion", {"lr": 0.001, "beta1": 0.0, "beta2": 0.0, "weight_decay": 0.1}),
]

every_case = pytest.mark.parametrize(("name", "constants"), CASES, ids=label)


@pytest.mark.parametrize("dtype", EPS, ids=str)
@every_case
def test_a_thousand_steps_are_torchs_to_rounding(name, constants, dtype):
    g = recorded_gradients().to(dtype)
    ours, theirs = (path(name, start(dtype), g, **constants) for path in (our_path, torch_path))
    assert ours.dtype == dtype
    assert worst(ours, theirs) <= BOUND * EPS[dtype]


@every_optimizer
def test_the_default_values_are_torchs(name):
    g = recorded_gradients()[:20]
    momentum = {"momentum": 0.9} if name in ("momentum", "nesterov") else {}
    ours, theirs = our_path(name, start(g.dtype), g), torch_path(name, start(g.dtype), g, **momentum)
    assert worst(ours, theirs) <= BOUND * EPS[g.dtype]
    own = inspect.signature(optimizers[name].update).parameters
    of_torch = inspect.signature(type(optimizers[name].reference([start(g.dtype)]))).parameters
    for constant in set(own) & set(of_torch) - {"momentum"}:  # torch.optim.SGD's momentum is 0, no momentum at all
        assert own[constant].default == of_torch[constant].default, constant


@every_optimizer
def test_splitting_a_parameter_in_two_changes_nothing(name):
    g, p = recorded_gradients()[:50], start(torch.float64)
    whole = our_path(name, p, g, lr=0.01)
    halves = [our_path(name, p[half], g[:, half], lr=0.01) for half in (slice(0, 20), slice(20, None))]
    assert torch.equal(whole, torch.cat(halves, -1))
