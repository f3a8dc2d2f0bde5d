"""Every schedule against torch.optim.lr_scheduler, step by step."""

import math

import pytest
import torch

from dlconcepts.rules.learning_rate import schedules

# (schedule, constants, steps to compare): one period or the whole run
CASES = [
    ("constant", {}, 100),
    ("step", {"every": 30}, 100),
    ("step", {"every": 1, "gamma": 0.5}, 50),
    ("step", {"every": 7, "gamma": 1.0}, 50),
    ("exponential", {"gamma": 0.99}, 1000),
    ("exponential", {"gamma": 0.5}, 50),
    ("cosine", {"steps": 1000}, 1001),
    ("cosine", {"steps": 7, "lowest": 0.1}, 8),
    ("cosine", {"steps": 1}, 2),
    ("warm-up", {"steps": 5}, 20),
    ("warm-up", {"steps": 100, "start": 0.01}, 200),
    ("warm-up", {"steps": 10, "start": 1.0}, 20),
    ("warm-up cosine", {"steps": 100, "rise": 10}, 100),
    ("warm-up cosine", {"steps": 50, "rise": 1, "start": 0.1, "lowest": 0.2}, 50),
    ("one-cycle", {"steps": 1000}, 1001),
    ("one-cycle", {"steps": 7}, 8),
    ("one-cycle", {"steps": 1}, 1),
    ("one-cycle", {"steps": 2}, 3),
    ("one-cycle", {"steps": 3}, 4),
    ("one-cycle", {"steps": 40, "pct_start": 0.0}, 41),
    ("one-cycle", {"steps": 40, "pct_start": 0.25, "div_factor": 10.0, "final_div_factor": 100.0}, 41),
    ("one-cycle", {"steps": 40, "pct_start": 0.9, "div_factor": 1.0, "final_div_factor": 1.0}, 41),
    ("warm restarts", {"first": 30}, 100),
    ("warm restarts", {"first": 10, "growth": 2}, 200),
    ("warm restarts", {"first": 1, "growth": 3, "lowest": 0.25}, 100),
    ("warm restarts", {"first": 7, "growth": 1, "lowest": 1.0}, 50),
    ("polynomial", {"steps": 100}, 120),
    ("polynomial", {"steps": 40, "power": 0.9}, 40),
    ("polynomial", {"steps": 40, "power": 3.0}, 45),
    ("polynomial", {"steps": 1}, 3),
    ("multi-step", {"milestones": (30, 60)}, 100),
    ("multi-step", {"milestones": (7, 3, 7), "gamma": 0.5}, 20),
    ("multi-step", {"milestones": ()}, 20),
    ("inverse square root", {"rise": 10}, 200),
    ("inverse square root", {"rise": 1}, 50),
    ("warm-up-stable-decay", {"steps": 100, "rise": 10, "fall": 30}, 110),
    ("warm-up-stable-decay", {"steps": 20, "rise": 5, "fall": 15, "start": 0.1, "lowest": 0.2}, 30),
    ("warm-up-stable-decay", {"steps": 3, "rise": 1, "fall": 1, "start": 1.0, "lowest": 1.0}, 6),
]
every_schedule = pytest.mark.parametrize("name", schedules)
EXAMPLE = {name: constants for name, constants, _ in reversed(CASES)}


def label(value):
    return " ".join(f"{n}={v}" for n, v in value.items()) if isinstance(value, dict) else str(value)


def torch_rates(name, constants, steps, lr):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = schedules[name].reference(optimizer, **constants)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < steps:
            scheduler.step()
    return rates


@pytest.mark.parametrize("lr", [1.0, 0.1])
@pytest.mark.parametrize(("name", "constants", "steps"), CASES, ids=label)
def test_the_rate_is_torchs_at_every_step(name, constants, steps, lr):
    ours = [lr * schedules[name].factor(t, **constants) for t in range(steps)]
    worst = max(abs(a - b) for a, b in zip(ours, torch_rates(name, constants, steps, lr), strict=True))
    assert worst <= 1e-14  # torch multiplies step by step, we start from t each time


def test_ten_periods_of_the_cosine_are_torchs():
    ours = [schedules["cosine"].factor(t, steps=100) for t in range(1001)]
    assert max(abs(a - b) for a, b in zip(ours, torch_rates("cosine", {"steps": 100}, 1001, 1.0), strict=True)) <= 1e-12


@every_schedule
def test_a_schedule_is_a_function_of_t_alone(name):
    forward = [schedules[name].factor(t, **EXAMPLE[name]) for t in range(20)]
    backward = [schedules[name].factor(t, **EXAMPLE[name]) for t in reversed(range(20))]
    assert forward == backward[::-1]
    assert all(type(factor) is float for factor in forward)


@every_schedule
def test_a_negative_step_is_refused(name):
    with pytest.raises(ValueError, match=r"^t must be a step from 0 on, got -1$"):
        schedules[name].factor(-1, **EXAMPLE[name])


def test_milestones_by_hand():
    cosine, warm_up, one_cycle = (schedules[name].factor for name in ("cosine", "warm-up", "one-cycle"))
    assert [cosine(t, steps=2) for t in range(5)] == pytest.approx([1, 0.5, 0, 0.5, 1])
    assert cosine(10, steps=10, lowest=0.25) == 0.25
    assert [warm_up(t, steps=4, start=0.2) for t in range(6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])
    assert warm_up(4, steps=4, start=0.1) == 1.0  # exactly, where torch's chain ends at 1.0000000000000002
    both = schedules["warm-up cosine"].factor
    assert [both(t, steps=4, rise=2, start=0.5) for t in range(5)] == pytest.approx([0.5, 0.75, 1, 0.5, 0])
    assert both(1, steps=2, rise=1) == 1.0
    assert one_cycle(0, steps=10) == pytest.approx(0.04)
    assert one_cycle(2, steps=10) == 1.0
    assert one_cycle(9, steps=10) == pytest.approx(0.04 / 1e4)
    assert max(one_cycle(t, steps=7) for t in range(7)) == pytest.approx(0.981, abs=1e-3)  # the top is at t = 1.1
    assert one_cycle(0, steps=10, pct_start=0.1) == 1.0  # torch divides 0 by 0 here
    assert schedules["step"].factor(29, every=30) == 1.0
    assert schedules["step"].factor(30, every=30) == 0.1


BAD = [
    ("step", {"every": 0}, "every must be a whole number of at least 1, got 0"),
    ("step", {"every": 2.5}, "every must be a whole number of at least 1, got 2.5"),
    ("step", {"every": 1, "gamma": 0.0}, "gamma must be finite and above 0, got 0.0"),
    ("exponential", {"gamma": -0.5}, "gamma must be finite and above 0, got -0.5"),
    ("exponential", {"gamma": math.nan}, "gamma must be finite and above 0, got nan"),
    ("exponential", {"gamma": math.inf}, "gamma must be finite and above 0, got inf"),
    ("cosine", {"steps": 0}, "steps must be a whole number of at least 1, got 0"),
    ("cosine", {"steps": 5, "lowest": -0.1}, "lowest must be from 0 to 1, got -0.1"),
    ("cosine", {"steps": 5, "lowest": 1.5}, "lowest must be from 0 to 1, got 1.5"),
    ("warm-up", {"steps": -3}, "steps must be a whole number of at least 1, got -3"),
    ("warm-up", {"steps": 3, "start": 0.0}, "start must be above 0 and at most 1, got 0.0"),
    ("warm-up", {"steps": 3, "start": 1.5}, "start must be above 0 and at most 1, got 1.5"),
    ("warm-up cosine", {"steps": 5, "rise": 5}, "rise must be below steps = 5, got 5"),
    ("warm-up cosine", {"steps": 5, "rise": 0}, "rise must be a whole number of at least 1, got 0"),
    ("warm-up cosine", {"steps": 5, "rise": 2, "start": 2.0}, "start must be above 0 and at most 1, got 2.0"),
    ("warm restarts", {"first": 0}, "first must be a whole number of at least 1, got 0"),
    ("warm restarts", {"first": 3, "growth": 1.5}, "growth must be a whole number of at least 1, got 1.5"),
    ("warm restarts", {"first": 3, "growth": 0}, "growth must be a whole number of at least 1, got 0"),
    ("warm restarts", {"first": 3, "lowest": 1.5}, "lowest must be from 0 to 1, got 1.5"),
    ("polynomial", {"steps": 0}, "steps must be a whole number of at least 1, got 0"),
    ("polynomial", {"steps": 5, "power": 0.0}, "power must be finite and above 0, got 0.0"),
    ("multi-step", {"milestones": (3, 0)}, "milestone must be a whole number of at least 1, got 0"),
    ("multi-step", {"milestones": (2.5,)}, "milestone must be a whole number of at least 1, got 2.5"),
    ("multi-step", {"milestones": (3,), "gamma": 0.0}, "gamma must be finite and above 0, got 0.0"),
    ("inverse square root", {"rise": 0}, "rise must be a whole number of at least 1, got 0"),
    ("warm-up-stable-decay", {"steps": 5, "rise": 3, "fall": 3}, "rise 3 and fall 3 must fit into steps = 5"),
    ("warm-up-stable-decay", {"steps": 0, "rise": 3, "fall": 3}, "steps must be a whole number of at least 1, got 0"),
    ("warm-up-stable-decay", {"steps": 5, "rise": 0, "fall": 3}, "rise must be a whole number of at least 1, got 0"),
    ("warm-up-stable-decay", {"steps": 5, "rise": 2, "fall": 0}, "fall must be a whole number of at least 1, got 0"),
    (
        "warm-up-stable-decay",
        {"steps": 5, "rise": 2, "fall": 3, "lowest": -0.1},
        "lowest must be from 0 to 1, got -0.1",
    ),
    (
        "warm-up-stable-decay",
        {"steps": 5, "rise": 2, "fall": 3, "start": 0.0},
        "start must be above 0 and at most 1, got 0.0",
    ),
    ("one-cycle", {"steps": 0}, "steps must be a whole number of at least 1, got 0"),
    ("one-cycle", {"steps": 5, "pct_start": 1.0}, "pct_start must be at least 0 and below 1, got 1.0"),
    ("one-cycle", {"steps": 5, "pct_start": -0.1}, "pct_start must be at least 0 and below 1, got -0.1"),
    ("one-cycle", {"steps": 5, "div_factor": 0.0}, "div_factor must be finite and above 0, got 0.0"),
    ("one-cycle", {"steps": 5, "final_div_factor": 0.0}, "final_div_factor must be finite and above 0, got 0.0"),
]


@pytest.mark.parametrize(("name", "constants", "message"), BAD, ids=label)
def test_bad_constants_are_refused(name, constants, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        schedules[name].factor(0, **constants)


def test_one_cycle_ends():
    assert schedules["one-cycle"].factor(10, steps=10) > schedules["one-cycle"].factor(9, steps=10)
    with pytest.raises(ValueError, match=r"^t must be at most steps = 10, got 11$"):
        schedules["one-cycle"].factor(11, steps=10)
