"""What every optimizer refuses, and with which words."""

import math

import pytest
import torch
from optimizer_paths import ENTRYWISE, every_optimizer, label

from dlconcepts.rules.optimizer import optimizers

ADAPTIVE = ["adagrad", "rmsprop", "adam", "adamw", "adadelta", "nadam", "radam"]
ADAM = ["adam", "adamw", "nadam", "radam", "lion"]
BAD = [
    *[
        (name, {"lr": lr}, "lr must be finite and at least 0, got")
        for name in ENTRYWISE
        for lr in (-0.1, math.nan, math.inf)
    ],
    *[(name, {"weight_decay": -1.0}, "weight_decay must be finite and at least 0, got -1.0") for name in ENTRYWISE],
    *[(name, {"eps": -1e-8}, "eps must be finite and at least 0, got -1e-08") for name in ADAPTIVE],
    ("momentum", {"momentum": -0.1}, "momentum must be from 0 to 1, got -0.1"),
    ("momentum", {"momentum": 1.5}, "momentum must be from 0 to 1, got 1.5"),
    ("momentum", {"momentum": math.nan}, "momentum must be from 0 to 1, got nan"),
    ("momentum", {"dampening": -0.5}, "dampening must be from 0 to 1, got -0.5"),
    ("momentum", {"dampening": 1.5}, "dampening must be from 0 to 1, got 1.5"),
    ("nesterov", {"momentum": 0.0}, "momentum must be above 0 and at most 1, got 0.0"),
    ("nesterov", {"momentum": 1.5}, "momentum must be above 0 and at most 1, got 1.5"),
    ("nesterov", {"dampening": 0.5}, "dampening must be 0 with Nesterov's momentum, got 0.5"),
    ("adagrad", {"lr_decay": -1.0}, "lr_decay must be finite and at least 0, got -1.0"),
    (
        "adagrad",
        {"initial_accumulator_value": -1.0},
        "initial_accumulator_value must be finite and at least 0, got -1.0",
    ),
    ("adadelta", {"rho": -0.5}, "rho must be from 0 to 1, got -0.5"),
    ("adadelta", {"rho": 1.5}, "rho must be from 0 to 1, got 1.5"),
    ("nadam", {"momentum_decay": -1.0}, "momentum_decay must be finite and at least 0, got -1.0"),
    ("rmsprop", {"alpha": -0.5}, "alpha must be from 0 to 1, got -0.5"),
    ("rmsprop", {"alpha": 1.5}, "alpha must be from 0 to 1, got 1.5"),
    ("rmsprop", {"momentum": -0.5}, "momentum must be from 0 to 1, got -0.5"),
    *[(name, {"beta1": 1.0}, "beta1 must be at least 0 and below 1, got 1.0") for name in ADAM],
    *[(name, {"beta2": 1.0}, "beta2 must be at least 0 and below 1, got 1.0") for name in ADAM],
    *[(name, {"beta2": -0.5}, "beta2 must be at least 0 and below 1, got -0.5") for name in ADAM],
]


@pytest.mark.parametrize(("name", "constants", "message"), BAD, ids=label)
def test_a_number_outside_its_range_is_refused(name, constants, message):
    p = torch.ones(3, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match=f"^{message}"):
        optimizers[name].update(p, p, optimizers[name].init(p), **constants)
    (constant, bad), *_ = constants.items()
    if constant == "dampening" and name == "nesterov":
        return
    several = torch.tensor([0.5, bad, 0.5], dtype=torch.float64)
    with pytest.raises(ValueError, match=f"^{message}"):
        optimizers[name].update(p, p, optimizers[name].init(p), **{constant: several})


@every_optimizer
def test_the_ends_of_a_range_are_allowed(name):
    p = torch.ones(3, dtype=torch.float64)
    still, _ = optimizers[name].update(p, p, optimizers[name].init(p), lr=0.0, weight_decay=0.0)
    assert torch.equal(still, p)


@every_optimizer
def test_tensors_that_do_not_fit_are_refused_with_the_cure(name):
    p = torch.ones(3, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"p \(3,\) and dp \(3, 1\) must be equal"):
        optimizers[name].update(p, p.unsqueeze(-1), optimizers[name].init(p), lr=0.1)
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        optimizers[name].update(p.long(), p, optimizers[name].init(p), lr=0.1)
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        optimizers[name].update(p, p.long(), optimizers[name].init(p), lr=0.1)
