import json
from dataclasses import replace

import pytest

from dlconcepts.concepts import neuron
from dlconcepts.concepts.neuron.removed_connections import SHARES
from dlconcepts.drawing.render import render
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

NOISE = [-0.001, 0.0005, 0.0, 0.001, -0.0005]  # of five seeds


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("hidden", "activation"), [((16,), "relu"), ((9, 7), "sigmoid"), ((), "relu")])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(small, hidden, activation, bias):
    setting = Setting(hidden=hidden, activation=activation, bias=bias, epochs=3, lr=0.2, schedule="cosine")
    theirs = by_epoch(neuron.in_torch(small, setting, seed=3), setting, 600)
    (run,) = train({"a": setting}, [3], small)
    for loss, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(loss - ours) < 1e-12


def test_each_kind_has_its_twin_without_biases():
    for kind, setting in neuron.KINDS.items():
        assert neuron.ARMS[neuron.without_biases(kind)] == replace(setting, bias=False)
    assert all(arm.bias == ("no biases" not in label) for label, arm in neuron.ARMS.items())


FAITHFUL = {"none": 0.96, "smallest first": 0.96, "at random": 0.9, "largest first": 0.3}
USUAL = {
    "gain": dict.fromkeys(neuron.KINDS, 0.01),
    "sums": {"by hand": 1e-15, "by torch": 1e-15, "parameters amiss": 0, "intercept": 1e-16},
    "active": {"64 ReLU units": 0.6, "64 ReLU units, no biases": 0.0, "64 sigmoid units, no biases": 1.0},
    "moved": 4.0,
    "below one": 1.0,
    "ranks": {"|w|": 0.6, "|w| std": 0.9},
    "near zero": 0.02,
    "size": 0.4,
    "dark moved": 0.0,
    "rises": [0.0, 0.5],
    "removed": FAITHFUL,
    "falls": 1.0,
    "own batch": 0.002,
    "all examples": 0.3,
    "all at once": 0.0,
    "status": "ok",
}


def looked_into(of, e, first):
    """What is found in one network that is watched."""
    ranks = {name: value + e for name, value in of["ranks"].items()}
    found = {
        "sums": of["sums"],
        "biases moved": [of["moved"] + e, 1.0],
        "never lit": {"count": 67, "moved": of["dark moved"], "size": of["size"] + e},
        "ranks": {"first layer": ranks, "last layer": ranks},
        "near zero": of["near zero"] + e,
        "rises": [of["rises"][0], of["rises"][1] + e],
        "removed": {name: v if name == "none" else [v + e] * len(SHARES) for name, v in of["removed"].items()},
    }
    shown = {
        "pictures": {name: [[0.1, -0.2], [0.3, 0.4]] for name in ("first weights", "trained", "largest tenth")},
        "tried": {"|w|": [0.1, 0.2, 0.3], "|w| std": [0.0, 0.02, 0.1], "effect": [0.0, 1e-6, 1e-3]},
    }
    return found | (shown if first else {})


def world(**changed):
    """Five seeds of every arm, what was seen in them, and the single steps."""
    of = {**USUAL, **changed}
    runs = []
    for label in neuron.ARMS:
        kind = label.removesuffix(", no biases")
        for seed, e in enumerate(NOISE):
            extra = {"below one": [of["below one"]] * (1 if kind == "no hidden layer" else 2)}
            extra |= {"active at zero": of["active"].get(label, 0.5)}
            extra |= looked_into(of, e, seed == 0) if label == neuron.WATCHED else {}
            gain = of["gain"][kind] + e if label == kind else 0
            final = {"test accuracy": 0.9 + gain + e}
            curves = {"training loss": [1.5, 1.5 - of["falls"] + e]}
            runs.append(Run(label, seed, of["status"], None, curves, final, extra if of["status"] == "ok" else {}))
    steps = {"batches": of["all examples"], neuron.ALL_AT_ONCE: of["all at once"]}
    return runs + [
        Run(f"single steps, {name}", seed, extra={"own batch": of["own batch"] + e / 9, "all examples": share + e / 9})
        for name, share in steps.items()
        for seed, e in enumerate(NOISE)
    ]


def outcomes(**changed):
    """What is found in a world: each statement's outcome, and those of its parts in order."""
    found = neuron.verdicts(world(**changed))
    return {name.split(".")[1]: (v.outcome, [part.outcome for part in v.parts.values()]) for name, v in found.items()}


YES, NO, OPEN, IT_DEPENDS = "supported", "refuted", "not shown", "conditional"


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes() == {
        "weighted-sum": (YES, [YES] * 3),
        "bias-zero-input": (IT_DEPENDS, [YES, NO, NO] + [YES] * 4),
        "bias-intercept": (IT_DEPENDS, [YES, NO]),
        "brings-down": (YES, [YES] * 5),
        "training-lowers-loss": (IT_DEPENDS, [YES, YES, NO, YES]),
        "magnitude-influence": (IT_DEPENDS, [NO, YES, NO, YES, YES, YES]),
        "near-zero-no-effect": (IT_DEPENDS, [YES, YES, YES, YES, NO]),
        "negative-decreases": (IT_DEPENDS, [YES, NO]),
    }


@pytest.mark.parametrize(("what", "part"), [("by hand", 0), ("by torch", 1), ("parameters amiss", 2)])
def test_a_sum_or_count_that_differs_refutes(what, part):
    assert outcomes(sums={**USUAL["sums"], what: 1})["weighted-sum"][1][part] == NO


def test_biases_that_cost_accuracy_or_change_nothing_are_told():
    gains = dict(zip(neuron.KINDS, [0.01, -0.01, 0.0, 0.01], strict=True))
    assert outcomes(gain=gains)["bias-zero-input"][1][3:] == [YES, NO, OPEN, YES]


def test_every_unit_active_with_biases_and_none_without_would_support():
    active = {"64 ReLU units": 1.0, "64 ReLU units, no biases": 0.0, "64 sigmoid units, no biases": 0.0}
    assert outcomes(active=active)["bias-zero-input"] == (YES, [YES] * 7)
    awake = {**active, "64 ReLU units, no biases": 0.1}
    assert outcomes(active=awake)["bias-zero-input"][1][0] == NO


def test_a_bias_that_stays_would_be_a_constant():
    assert outcomes(moved=0.005)["bias-intercept"] == (YES, [YES, YES])
    assert outcomes(sums={**USUAL["sums"], "intercept": 0.1})["bias-intercept"] == (NO, [NO, NO])


def test_weights_above_one_do_not_bring_down():
    assert outcomes(**{"below one": 0.9})["brings-down"] == (NO, [NO] * 5)


def test_a_loss_that_rises_refutes_step_by_step():
    assert outcomes(falls=-0.5)["training-lowers-loss"][1] == [NO, YES, NO, YES]
    every = outcomes(**{"own batch": 0.2, "all examples": 0.0, "all at once": 0.4})
    assert every["training-lowers-loss"][1] == [YES, NO, YES, NO]


def test_influence_that_does_not_follow_size_is_told():
    alike = dict.fromkeys(FAITHFUL, 0.9)
    assert outcomes(removed=alike)["magnitude-influence"][1][4:] == [NO, NO]
    assert outcomes(ranks={"|w|": 0.9, "|w| std": 0.95})["magnitude-influence"] == (YES, [YES] * 6)


def test_what_is_near_zero_may_matter():
    assert outcomes(removed={**FAITHFUL, "smallest first": 0.9})["near-zero-no-effect"][1][1:3] == [NO, NO]
    assert outcomes(**{"near zero": 0.5})["near-zero-no-effect"][1][0] == NO
    assert outcomes(size=0.01)["near-zero-no-effect"] == (YES, [YES] * 5)
    assert outcomes(**{"dark moved": 1e-9})["near-zero-no-effect"][1][3] == NO


def test_a_negative_weight_would_have_to_lower_every_score():
    assert outcomes(rises=[0.0, 0.0])["negative-decreases"] == (YES, [YES, YES])
    assert outcomes(rises=[0.1, 0.5])["negative-decreases"] == (NO, [NO, NO])


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    runs = world(status="diverged")
    found = neuron.verdicts(runs)
    assert found["neuron.magnitude-influence"].outcome == OPEN
    assert "diverged" in neuron.title(found)
    assert render(lambda figure: neuron.draw(figure, runs, found))


def test_networks_that_cannot_be_looked_into_leave_nothing_to_judge():
    """As with --set hidden= or --set bias=false."""
    runs = [replace(run, extra={}) if run.label in neuron.ARMS else run for run in world()]
    found = neuron.verdicts(runs)
    assert found["neuron.weighted-sum"].outcome == OPEN
    assert render(lambda figure: neuron.draw(figure, runs, found))


def test_the_title_says_what_the_verdict_says():
    found = neuron.verdicts(world())
    assert "50 % of weights: worth 0.0 points; largest 1 %: 60 more than a random 1 %" in neuron.title(found)
    assert neuron.title(found) in neuron.alt(found)


@pytest.mark.parametrize(
    "change",
    [{"initial": "he normal"}, {"hidden": ()}, {"bias": False}, {"normalization": "layer norm"}, {"hidden": (5, 4)}],
)
def test_other_settings_are_measured_as_far_as_they_go(tiny, change):
    labels = (neuron.WATCHED, "64 sigmoid units, no biases")
    arms = {label: replace(neuron.ARMS[label], **{"epochs": 1, "hidden": (4,)} | change) for label in labels}
    runs = neuron.measure(arms, tiny, [0, 1])
    found = neuron.verdicts(runs)
    json.dumps([run.extra for run in runs], allow_nan=False)
    assert render(lambda figure: neuron.draw(figure, runs, found))
