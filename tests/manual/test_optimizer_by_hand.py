"""Optimizers on one weight, step by step, against numbers worked out by hand."""

import math

import pytest
import torch
from optimizer_paths import our_path, recorded_gradients, start, torch_path, worst

from dlconcepts.rules.optimizer import optimizers


def after(name, gradients, p=1.0, **constants):
    """A single weight's path, as plain numbers."""
    gradients = torch.tensor(gradients, dtype=torch.float64).unsqueeze(-1)
    return our_path(name, torch.tensor([p], dtype=torch.float64), gradients, **constants).flatten().tolist()


def test_momentum_by_hand():
    assert after("momentum", [1.0, 1.0, -2.0], lr=0.1, momentum=0.5) == pytest.approx([0.9, 0.75, 0.875])
    assert after("momentum", [1.0, 1.0], lr=0.1, momentum=0.5, dampening=0.5) == pytest.approx([0.9, 0.8])
    assert after("nesterov", [1.0, 1.0], lr=0.1, momentum=0.5) == pytest.approx([0.85, 0.675])


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adagrad", "adam", "adamw", "nadam", "radam"])
def test_the_state_counts_the_steps(name):
    p = torch.ones(2)
    state = optimizers[name].init(p)
    counts = [state.t]
    for _ in range(2):
        p, state = optimizers[name].update(p, torch.ones(2), state)
        counts.append(state.t)
    assert counts == [0, 1, 2]


def test_adagrads_first_step_is_the_learning_rate_whatever_the_gradient():
    for g in (1e-6, 1.0, 1e6):
        assert after("adagrad", [g], lr=0.1)[0] == pytest.approx(0.9, abs=1e-4)
    assert after("adagrad", [1e-6], lr=0.1, initial_accumulator_value=0.1)[0] == pytest.approx(1, abs=1e-6)
    assert after("adagrad", [1.0, 1.0], lr=0.1, lr_decay=1.0)[1] == pytest.approx(0.9 - 0.05 / math.sqrt(2))


def test_adam_adds_eps_outside_the_root_and_after_the_correction():
    step = (1 - after("adam", [1e-8], lr=0.1)[0]) / 0.1
    assert step == pytest.approx(0.5, rel=1e-6)  # g / (|g| + eps); eps inside of the root would give 1e-4


@pytest.mark.parametrize(("centered", "mean"), [(False, 0.0), (True, 0.25)])
def test_rmsprop_keeps_a_mean_of_gradients_only_if_centered(centered, mean):
    p = torch.ones(1, dtype=torch.float64)
    _, state = optimizers["rmsprop"].update(p, p, optimizers["rmsprop"].init(p), alpha=0.75, centered=centered)
    assert state.m.item() == mean


def test_rmsprop_adds_eps_outside_the_root():
    step = (1 - after("rmsprop", [1e-7], lr=0.1, alpha=0.0, eps=1e-7)[0]) / 0.1
    assert step == pytest.approx(0.5, rel=1e-6)


def test_amsgrad_corrects_the_highest_raw_mean_not_the_highest_corrected_one():
    gradients = [1.0, 0.0, 0.0]
    path = after("adam", gradients, p=0.0, lr=1.0, beta1=0.0, beta2=0.5, eps=0.0, amsgrad=True)
    assert path[0] == pytest.approx(-1)
    state, p = optimizers["adam"].init(torch.zeros(1)), torch.zeros(1)
    for g in gradients:
        p, state = optimizers["adam"].update(p, torch.tensor([g]), state, beta2=0.5, amsgrad=True)
    assert state.highest.item() == 0.5
    assert state.v.item() == 0.125


def test_adamw_decays_before_the_step_and_not_through_the_means():
    p, state = optimizers["adamw"].update(
        torch.tensor([2.0], dtype=torch.float64),
        torch.tensor([0.0], dtype=torch.float64),
        optimizers["adamw"].init(torch.zeros(1, dtype=torch.float64)),
        lr=0.1,
        weight_decay=1.0,
    )
    assert p.item() == pytest.approx(1.8, abs=1e-15)
    assert state.m.item() == 0 == state.v.item()


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adam_without_eps_does_not_feel_the_gradients_scale(name):
    g = recorded_gradients()[:100, 1:7]  # no coordinate that stays 0, which would be 0 / 0
    p = start(torch.float64)[1:7]
    g = torch.where(g == 0, 1e-12, g)
    once, scaled = (our_path(name, p, c * g, lr=0.01, eps=0.0) for c in (1.0, 2.0**20))
    assert torch.equal(once, scaled)  # a power of 2 changes no digit
    assert worst(our_path(name, p, 1e6 * g, lr=0.01, eps=0.0), once) <= 1e-13


def sutskever_path(gradients, rates, momentum):
    """v = momentum v - lr g, p = p + v: the learning rate stands inside of v."""
    p = v = 0.0
    path = []
    for g, lr in zip(gradients, rates, strict=True):
        v = momentum * v - lr * g
        p += v
        path.append(p)
    return path


def momentum_path(gradients, rates, momentum):
    p = torch.zeros((), dtype=torch.float64)
    state, path = optimizers["momentum"].init(p), []
    for g, lr in zip(gradients, rates, strict=True):
        p, state = optimizers["momentum"].update(p, torch.tensor(g, dtype=torch.float64), state, lr, momentum)
        path.append(p.item())
    return path


def test_sutskevers_momentum_is_the_same_only_while_the_learning_rate_is():
    gradients = [1.0, -0.5, 2.0, 0.3, 0.7]
    constant, cut = [0.1] * 5, [0.1, 0.1, 0.01, 0.01, 0.01]
    assert momentum_path(gradients, constant, 0.9) == pytest.approx(sutskever_path(gradients, constant, 0.9), abs=1e-15)
    ours, his = momentum_path(gradients, cut, 0.9), sutskever_path(gradients, cut, 0.9)
    assert ours[:2] == pytest.approx(his[:2], abs=1e-15)
    assert abs(ours[-1] - his[-1]) > 0.05


def test_centered_rmsprop_turns_nan_on_a_constant_gradient_as_torch_does():
    g = torch.full((4000, 1), 0.1, dtype=torch.float64)
    p = torch.zeros(1, dtype=torch.float64)
    assert torch_path("rmsprop", p, g, centered=True)[-1].isnan()
    assert our_path("rmsprop", p, g, centered=True)[-1].isnan()
