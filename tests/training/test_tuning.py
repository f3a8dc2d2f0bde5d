"""Is a comparison fair, and is its judge? Shown on real trainings, small enough to repeat many times."""

from dataclasses import replace

import pytest
import torch

from dlconcepts.evidence.judge import above, paired, values
from dlconcepts.training import one_thread, tuning
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train


def accuracy(run):
    return run.final["test accuracy"]


def test_groups_that_do_not_differ_are_rarely_told_apart(tiny):
    """40 pairs of groups of ten trainings with one setting: start and order differ, and nothing else."""
    seeds = list(range(800))
    runs = train({"a": Setting(hidden=(8,), epochs=1, batch_size=20, lr=0.3)}, seeds, tiny)
    scores = [run.final["test loss"] for run in runs]
    groups = [scores[i : i + 10] for i in range(0, 800, 10)]
    outcomes = [
        above("test loss", [a - b for a, b in zip(one, other, strict=True)]).outcome
        for one, other in zip(groups[::2], groups[1::2], strict=True)
    ]
    assert len(set(scores)) == 800
    assert outcomes.count("supported") <= 0.06 * 40
    assert outcomes.count("refuted") <= 0.06 * 40


def test_a_shared_learning_rate_favours_adam_and_tuning_dissolves_it(mnist):
    """The comparison that many a figure shows: SGD and Adam at .001, Adam's default, after one epoch."""
    data = mnist.first(6000)
    base = Setting(hidden=(32,), epochs=1, lr=0.001)
    arms = {"sgd": base, "adam": replace(base, optimizer="adam")}
    seeds = [0, 1, 2, 3, 4]

    def adam_less_sgd(settings):
        runs = train(settings, seeds, data)
        return above("adam - sgd", paired(values(runs, "adam", accuracy), values(runs, "sgd", accuracy)))

    confounded = adam_less_sgd(arms)
    assert confounded.outcome == "supported"
    assert confounded.effect > 0.3
    grid = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    table = tuning.tune(arms, dict.fromkeys(arms, ("lr", grid)), data)
    fair = adam_less_sgd(tuning.apply(arms, table))
    assert table["sgd"]["chosen"] > 20 * table["adam"]["chosen"]
    assert abs(fair.effect) < confounded.effect / 10


@pytest.mark.long
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_number_of_threads_would_not_change_a_training(small, optimizer, monkeypatch):
    setting = Setting(hidden=(32,), steps=200, batch_size=30, optimizer=optimizer, lr=0.01)
    curves = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(one_thread, "THREADS", threads)
        (run,) = train({"a": setting}, [0], small)
        curves.append(torch.tensor([*run.curves.values()], dtype=torch.float64))
    assert max(float((curve - curves[0]).abs().max()) for curve in curves) <= 1e-12


@pytest.mark.long
def test_the_number_of_threads_would_not_change_a_verdict(mnist, monkeypatch):
    data = mnist.first(1000)
    base = Setting(hidden=(16,), epochs=1, lr=0.1)
    arms = {"relu": base, "sigmoid": replace(base, activation="sigmoid"), "faster": replace(base, lr=0.11)}
    outcomes = set()
    for threads in (1, 2, 3):
        monkeypatch.setattr(one_thread, "THREADS", threads)
        runs = train(arms, [0, 1, 2, 3, 4], data)
        relu = values(runs, "relu", accuracy)
        found = [paired(relu, values(runs, other, accuracy)) for other in ("sigmoid", "faster")]
        outcomes.add(tuple(above("difference", effects).outcome for effects in found))
    assert len(outcomes) == 1
    assert outcomes.pop()[0] == "supported"
