from dataclasses import replace

import pytest

from dlconcepts.concepts import epochs
from dlconcepts.concepts.epochs.experiment import ALL, FEW
from dlconcepts.drawing.render import render
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

NOISE = [-0.001, 0.0005, 0.0, 0.001, -0.0005]


def test_ours_and_torchs_learn_the_same_epoch_by_epoch(small):
    setting = Setting(hidden=(16,), epochs=4, examples=150, batch_size=32, lr=0.3)
    theirs = by_epoch(epochs.in_torch(small, setting, seed=3), setting, 150)
    (run,) = train({"a": setting}, [3], small)
    for theirs_of_epoch, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(theirs_of_epoch - ours) < 1e-12


def test_a_stopped_training_is_the_beginning_of_the_other(tiny):
    base = Setting(hidden=(8,), epochs=30, batch_size=20, lr=1.0)
    whole, stopped = train({"whole": base, "stopped": replace(base, patience=2)}, [0], tiny)
    end = epochs.length(stopped)
    assert end < 30
    assert stopped.curves == {name: curve[:end] for name, curve in whole.curves.items()}
    for digits in (FEW, ALL):
        assert replace(epochs.ARMS[f"{digits}, stopped"], patience=0) == epochs.ARMS[digits]


def test_measuring_gives_what_the_verdicts_need(tiny):
    arms = {label: replace(arm, hidden=(8,), examples=0, epochs=6) for label, arm in epochs.ARMS.items()}
    found = epochs.measure(arms, tiny, [0, 1])
    assert all(0.2 < run.extra["training accuracy"] <= 1 for run in found if run.label in arms)
    verdicts = epochs.verdicts(found)
    assert [part.outcome for part in verdicts["epochs.definition"].parts.values()] == [*["supported"] * 3, "refuted"]
    assert render(lambda figure: epochs.draw(figure, found, verdicts))


def test_the_end_of_a_way_is_the_last_fifth_of_its_epochs():
    assert epochs.in_the_end([5.0] * 10) == pytest.approx(0.2)
    assert epochs.in_the_end([7.0, 1, 0, 0, 0, 0, 0, 0, 1, 1]) == pytest.approx(0.2)
    assert epochs.changes([1.0, 3.0, 2.5]) == [2.0, 0.5]
    assert epochs.in_the_end(epochs.changes([1.0])) == 0


def test_one_epoch_alone_is_measured_and_drawn_too(tiny):
    arms = {label: replace(arm, hidden=(8,), examples=0, epochs=1) for label, arm in epochs.ARMS.items()}
    found = epochs.measure(arms, tiny, [0, 1])
    assert render(lambda figure: epochs.draw(figure, found, epochs.verdicts(found)))


def falling(n, turn=None, rising=0.01):
    """A loss that halves from epoch to epoch until it turns."""
    loss = [2.0 * 0.5**t for t in range(turn or n)]
    return loss + [loss[-1] + rising * (t + 1) for t in range(n - len(loss))]


def runs(
    end=None, stopped=None, turn=10, moved=None, heart=1.0, waited=20, status="ok", passes=lambda B: -(-1000 // B)
):
    """Five seeds of every arm: what training to the end and what stopping reaches on test digits."""
    end, stopped = end or {"loss": 0.5, "accuracy": 0.9}, stopped or {"loss": 0.4, "accuracy": 0.89}
    made = []
    for seed, e in enumerate(NOISE):
        for label in epochs.ARMS:
            stops = label.endswith("stopped")
            n, last = (waited, stopped) if stops else (50, end)
            curves = {
                "training loss": falling(n),
                "validation loss": falling(n, turn),
                "validation accuracy": [0.8] * n,
                "distance moved": (moved or [1 / t for t in range(1, 51)])[:n],
            }
            final = {"test loss": last["loss"] + e * (1 + stops), "test accuracy": last["accuracy"] + e * (1 + stops)}
            made.append(Run(label, seed, status, None, curves, final, {"training accuracy": heart}))
        for B in epochs.SIZES:
            counted = dict.fromkeys(("forward", "backward", "updates"), passes(B))
            made.append(Run(f"counted, batches of {B}", seed, extra={"least": 1, "most": 1, **counted}))
    return made


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def test_the_usual_world_gives_the_usual_verdicts():
    found = epochs.verdicts(runs())
    assert outcomes(found) == {"definition": "conditional", "convergence": "conditional", "overfitting": "conditional"}
    parts = {name: part.outcome for name, part in found["epochs.convergence"].parts.items()}
    assert parts == {
        "the training loss": "supported",
        "the weights": "refuted",
        "the validation loss, at its lowest": "refuted",
    }
    parts = [part.outcome for part in found["epochs.overfitting"].parts.values()]
    assert parts == ["supported", "supported", "refuted", "supported"] * 2


def test_other_worlds_give_other_verdicts():
    settled = runs(turn=50, moved=[0.5**t for t in range(50)])
    assert outcomes(epochs.verdicts(settled))["convergence"] == "supported"
    better = runs(end={"loss": 0.3, "accuracy": 0.95}, heart=0.9, waited=48)
    assert outcomes(epochs.verdicts(better))["overfitting"] == "refuted"
    worse = runs(end={"loss": 0.6, "accuracy": 0.8})
    assert outcomes(epochs.verdicts(worse))["overfitting"] == "supported"
    assert outcomes(epochs.verdicts(runs(passes=lambda B: 1)))["definition"] == "conditional"
    found = epochs.verdicts(runs(passes=lambda B: 7))["epochs.definition"].parts
    assert found["as many forward passes, backward passes and updates as batches"].outcome == "refuted"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    made = runs(status="diverged")
    found = epochs.verdicts(made)
    assert (found["epochs.convergence"].outcome, found["epochs.overfitting"].outcome) == ("not shown", "not shown")
    assert "diverged" in epochs.title(found)
    assert render(lambda figure: epochs.draw(figure, made, found))


def test_the_title_says_what_the_verdict_says():
    found = epochs.verdicts(runs())
    assert epochs.title(found) == "Past the best epoch test loss rises by 0.10, accuracy moves +1.0 points"
    assert epochs.title(found) in epochs.alt(found)
    found = epochs.verdicts(runs(end={"loss": 0.3, "accuracy": 0.8}))
    assert epochs.title(found) == "From the best epoch to the last: test loss -0.10, accuracy -9.0 points"
