"""Reduce-on-plateau against torch's, its whole state after every epoch."""

import math

import pytest
import torch

from dlconcepts.manual.plateau import Plateau, reduce_on_plateau


def label(value):
    return " ".join(f"{n}={v}" for n, v in value.items()) if isinstance(value, dict) else "message"


def falling(n):
    return [1 / (k + 1) for k in range(n)]


LOSSES = {
    "falling": falling(40),
    "flat": [1.0] * 60,
    "falling, then flat": falling(10) + [0.1] * 50,
    "not a number": [1.0, *[math.nan] * 40],
    "not a number at once": [math.nan] * 40,
    "just below the threshold": [(1 - 0.9e-4) ** k for k in range(60)],
    "just beyond the threshold": [(1 - 1.1e-4) ** k for k in range(60)],
    "negative and flat": [-1.0] * 40,
    "up and down": [1 + math.sin(k) for k in range(100)],
    "infinite": [math.inf] * 30 + [1.0] * 30,
}
PLATEAUS = [
    {},
    {"patience": 0},
    {"patience": 3, "factor": 0.5},
    {"patience": 2, "cooldown": 3},
    {"patience": 1, "min_lr": 0.02, "factor": 0.3},
    {"patience": 1, "threshold": 0.5},
    {"patience": 0, "threshold": 0.0},
    {"patience": 0, "eps": 0.05, "factor": 0.6},
    {"patience": 0, "cooldown": 1, "factor": 0.9},
    {"patience": 1, "factor": 0.0},
]


@pytest.mark.parametrize("constants", PLATEAUS, ids=label)
@pytest.mark.parametrize("losses", LOSSES)
def test_reduce_on_plateau_is_torchs_epoch_by_epoch(losses, constants):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **constants)
    state = Plateau(0.1)
    for loss in LOSSES[losses]:
        scheduler.step(loss)
        state = reduce_on_plateau(state, loss, **constants)
        theirs = (scheduler.best, scheduler.num_bad_epochs, scheduler.cooldown_counter)
        assert (optimizer.param_groups[0]["lr"], *theirs) == state


def test_the_rate_is_cut_after_patience_and_one_bad_epochs():
    state = reduce_on_plateau(Plateau(1.0), 5.0, patience=2)
    rates = []
    for _ in range(4):
        state = reduce_on_plateau(state, 5.0, patience=2)
        rates.append(state.lr)
    assert rates == [1.0, 1.0, 0.1, 0.1]


def test_a_cut_of_eps_or_less_is_not_made():
    assert reduce_on_plateau(Plateau(1e-8, best=0.0), 1.0, patience=0).lr == 1e-8
    assert reduce_on_plateau(Plateau(1.0, best=0.0), 1.0, patience=0, factor=0.5, eps=0.5).lr == 1.0
    assert reduce_on_plateau(Plateau(1.0, best=0.0), 1.0, patience=0, factor=0.5, eps=0.49).lr == 0.5


BAD_PLATEAUS = [
    ({"factor": 1.0}, "factor must be at least 0 and below 1, got 1.0"),
    ({"threshold": 1.0}, "threshold must be at least 0 and below 1, got 1.0"),
    ({"threshold": -0.1}, "threshold must be at least 0 and below 1, got -0.1"),
    ({"patience": -1}, "patience must be finite and at least 0, got -1"),
    ({"cooldown": -1}, "cooldown must be finite and at least 0, got -1"),
    ({"min_lr": -0.1}, "min_lr must be finite and at least 0, got -0.1"),
    ({"eps": -0.1}, "eps must be finite and at least 0, got -0.1"),
]


@pytest.mark.parametrize(("constants", "message"), BAD_PLATEAUS, ids=label)
def test_bad_constants_of_a_plateau_are_refused(constants, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        reduce_on_plateau(Plateau(0.1), 1.0, **constants)
    with pytest.raises(ValueError, match=r"^lr must be finite and at least 0, got -1.0$"):
        reduce_on_plateau(Plateau(-1.0), 1.0)
