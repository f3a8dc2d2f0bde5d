# Over 200 lines, and one thing: one concept.

from dataclasses import replace

import pytest
import torch
from sklearn import metrics as sklearn

from dlconcepts.concepts import metrics
from dlconcepts.concepts.metrics import experiment
from dlconcepts.concepts.metrics.answers import RECALLS
from dlconcepts.drawing.render import render
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

NOISE = [-0.001, 0.0005, 0.0, 0.001, -0.0005]  # of five seeds


@pytest.mark.parametrize("hidden", [(16,), (9, 7)])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(small, hidden):
    setting = Setting(hidden=hidden, epochs=3, lr=0.2, schedule="cosine")
    theirs = by_epoch(metrics.in_torch(small, setting, seed=3), setting, 600)
    (run,) = train({"a": setting}, [3], small)
    for loss, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(loss - ours) < 1e-12


@pytest.fixture(scope="module")
def measured(tiny):
    """Two small networks and all that is measured, and each one's own answers to the test digits."""
    told = {}

    def keep(model, network, params, data):
        found = observe(model, network, params, data)
        told[model.label, model.seed] = torch.tensor(found["predicted"])
        return found

    observe, experiment.observe = experiment.observe, keep
    try:
        arms = {metrics.NETWORK: replace(metrics.ARMS[metrics.NETWORK], epochs=4)}
        return metrics.measure(arms, tiny, [0, 1]), told
    finally:
        experiment.observe = observe


def test_trained_networks_have_scikit_learns_numbers(measured, tiny):
    runs, told = measured
    y = tiny.test.y
    for run in (run for run in runs if run.label == metrics.NETWORK):
        predicted = told[run.label, run.seed]
        expected = sklearn.precision_recall_fscore_support(y, predicted, labels=range(10), zero_division=0)[:3]
        for name, values in zip(("precision", "recall", "F1"), expected, strict=True):
            assert run.extra["by digit"][name] == pytest.approx(list(values), abs=1e-15)
        assert run.extra["accuracy"] == run.final["test accuracy"] == sklearn.accuracy_score(y, predicted)
        nine = sklearn.recall_score(y == 9, predicted == 9)
        assert run.extra["nines"]["found"] == pytest.approx(nine)
        alarms = float(((predicted == 9) & (y != 9)).sum() / (y != 9).sum())
        assert run.extra["nines"]["false alarms"] == pytest.approx(alarms, abs=1e-6)
        share = float((y == 9).double().mean())
        assert metrics.wrong(run, share) == pytest.approx(1 - sklearn.accuracy_score(y == 9, predicted == 9), abs=1e-6)
        assert metrics.f1_at(run, share) == pytest.approx(sklearn.f1_score(y == 9, predicted == 9), abs=1e-6)


def test_a_pair_is_two_trainings_of_one_setting(measured):
    runs, told = measured
    for run in (run for run in runs if run.label == metrics.PAIRS):
        one, other = told[metrics.NETWORK, run.seed], told[metrics.AGAIN, metrics.REPEATED + run.seed]
        assert run.extra["agreement"] == float((one == other).double().mean())
        assert 0.2 < run.extra["agreement"] < 1  # beyond chance, and not one training twice


def test_answers_of_no_use_have_scikit_learns_numbers(measured, tiny):
    runs, _ = measured
    y = tiny.test.y
    of = {run.label: run.extra for run in runs}
    one, no = of[metrics.ALWAYS_ONE], of[metrics.ALWAYS_NO]
    assert one["by digit"]["precision"][1] == pytest.approx(float((y == 1).double().mean()))
    assert one["by digit"]["recall"][1] == 1
    assert no["accuracy"] == pytest.approx(float((y != 9).double().mean()))
    assert no["by digit"]["recall"][1] == no["by digit"]["F1"][1] == 0


def test_answers_themselves_do_not_stay_in_the_record(measured):
    assert not any("predicted" in run.extra for run in measured[0])


def test_what_was_measured_is_judged_and_drawn(measured):
    runs, _ = measured
    found = metrics.verdicts(runs)
    assert render(lambda figure: metrics.draw(figure, runs, found))


USUAL = {
    "accuracy": 0.96,
    "close": 0.98,
    "dealt close": 0.98,
    "dealt": 0.1,
    "nearer": 0.0,
    "miscounted": {"accuracy": 0.0, "precision": 1e-16, "recall": 1e-16, "F1": 1e-16},
    "precision": 0.96,
    "agreement": 0.97,
    "always": (1.0, 0.11),
    "curve": [1 - 0.5 * recall**9 for recall in RECALLS],
    "steps": {"recall falls": 0.0, "precision rises": 0.07},
    "macro": 1e-4,
    "validation": 0.001,
    "loss": 0.01,
    "nines": {"found": 0.95, "false alarms": 0.004},
    "names": {"own names": 0.15, "least": 0.12, "most": 0.18, "probabilities move": 1e-17},
    "turned": 0.2,
    "status": "ok",
}


def world(**changed):
    """Five seeds of networks and pairs of them, and the answers of no use."""
    of = {**USUAL, **changed}

    def row(e, precision, k=10):
        return {name: [precision + e] * k for name in ("precision", "recall", "F1")}

    runs = []
    for seed, e in enumerate(NOISE):
        extra = {
            "accuracy": of["accuracy"] + e,
            "by digit": row(e, of["precision"]),
            "miscounted": of["miscounted"],
            "macro": of["macro"],
            "closeness": {"as it is": of["close"] + e, "dealt anew": of["dealt close"] + e},
            "dealt anew": of["dealt"] + e,
            "wrong answers nearer": of["accuracy"] + e + of["nearer"],
            "curves": [[value + e for value in of["curve"]]] * 10,
            "steps": [of["steps"]] * 10,
            "nines": {name: value * (1 + e) for name, value in of["nines"].items()},
            "other names": of["names"],
        }
        curves = {
            "validation accuracy": [0.9, of["accuracy"] + of["validation"]],
            "validation loss": [1, 0.1 + e / 100],
        }
        final = {"test accuracy": of["accuracy"] + e, "test loss": 0.1 / (1 + of["loss"])}
        runs.append(
            Run(metrics.NETWORK, seed, of["status"], None, curves, final, extra if of["status"] == "ok" else {})
        )
        if of["status"] == "ok":
            pair = {
                "agreement": of["agreement"] + e,
                "by digit": [of["agreement"]] * 10,
                "order turned": of["turned"] + e,
            }
            runs.append(Run(metrics.PAIRS, seed, extra=pair))
    agreement, precision = of["always"]
    useless = {"accuracy": 0.11, "agreement": agreement, "by digit": row(0, precision)}
    return [*runs, Run(metrics.ALWAYS_ONE, 0, extra=useless), Run(metrics.ALWAYS_NO, 0, extra=useless)]


def outcomes(**changed):
    """What is found in a world: each statement's outcome, and those of its parts in order."""
    found = metrics.verdicts(world(**changed))
    return {name.split(".")[1]: (v.outcome, [part.outcome for part in v.parts.values()]) for name, v in found.items()}


YES, NO, OPEN, IT_DEPENDS = "supported", "refuted", "not shown", "conditional"


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes() == {
        "accuracy": (IT_DEPENDS, [YES, YES, YES, YES, NO, NO]),
        "precision": (IT_DEPENDS, [YES, YES, YES, YES, NO]),
        "recall": (IT_DEPENDS, [YES, YES, YES, NO]),
        "f1": (IT_DEPENDS, [YES, NO, YES, YES]),
        "imbalance": (IT_DEPENDS, [NO, NO, YES, YES]),
        "mae": (IT_DEPENDS, [NO, NO, YES]),
    }


@pytest.mark.parametrize(
    ("name", "statement"), [("accuracy", "accuracy"), ("precision", "precision"), ("recall", "recall"), ("F1", "f1")]
)
def test_a_formula_that_counts_otherwise_refutes(name, statement):
    assert outcomes(miscounted={**USUAL["miscounted"], name: 1e-3})[statement][1][0] == NO


def test_accuracy_would_be_closeness_if_both_always_went_together():
    together = outcomes(dealt=0.95, nearer=0.01)
    assert together["accuracy"] == (YES, [YES] * 6)
    assert outcomes(close=0.5, **{"dealt close": 0.5})["accuracy"][1][1] == NO
    assert outcomes(accuracy=0.5)["accuracy"][1][2] == NO


def test_precision_would_be_repeatability_if_both_always_went_together():
    assert outcomes(always=(1.0, 1.0))["precision"] == (YES, [YES] * 5)
    assert outcomes(agreement=0.6)["precision"][1][1] == NO
    assert outcomes(precision=0.6)["precision"][1][2] == NO


def test_recall_that_costs_nothing_or_falls_is_told():
    assert outcomes(curve=[0.5 + recall / 10 for recall in RECALLS])["recall"][1][2] == NO
    assert outcomes(steps={"recall falls": 0.1, "precision rises": 0.0})["recall"][1] == [YES, NO, YES, YES]


def test_validation_that_misleads_is_told():
    assert outcomes(validation=0.02)["f1"][1][2] == NO
    assert outcomes(loss=-0.3)["f1"][1][3] == NO
    assert outcomes(macro=0.0)["f1"] == (YES, [YES] * 4)


def test_who_wins_depends_on_how_rare_nines_are():
    assert outcomes(nines={"found": 0.95, "false alarms": 1e-5})["imbalance"][1] == [NO, NO, NO, YES]
    assert outcomes(nines={"found": 0.5, "false alarms": 0.2})["imbalance"][1] == [YES, YES, YES, YES]


def test_an_error_that_no_name_moves_would_be_a_metric():
    same = {"own names": 0.15, "least": 0.15, "most": 0.15, "probabilities move": 0.0}
    assert outcomes(names=same, turned=0.001)["mae"] == (YES, [YES] * 3)
    assert outcomes(names={**same, "probabilities move": 0.1})["mae"][1][2] == NO


def test_wrong_answers_are_those_missed_and_the_false_alarms():
    run = world()[4]
    assert metrics.wrong(run, 1.0) == pytest.approx(0.05)
    assert metrics.wrong(run, 0.0) == pytest.approx(0.004)
    assert metrics.f1_at(run, 0.5) == pytest.approx(2 * 0.475 / (0.475 + 0.002 + 0.5))


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    runs = world(status="diverged")
    found = metrics.verdicts(runs)
    assert found["metrics.mae"].outcome == OPEN
    assert "diverged" in metrics.title(found)
    assert render(lambda figure: metrics.draw(figure, runs, found))


def test_the_title_says_what_the_verdict_says():
    found = metrics.verdicts(world())
    assert "network 97 %, always 1 100 %. Precision: 96 (mean) and 11 %" in metrics.title(found)
    assert metrics.title(found) in metrics.alt(found)
