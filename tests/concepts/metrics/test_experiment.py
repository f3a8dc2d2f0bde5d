from dataclasses import replace

import pytest
import torch
from sklearn import metrics as sklearn

from dlconcepts.concepts import metrics
from dlconcepts.concepts.metrics import experiment
from dlconcepts.concepts.metrics.arms import AGAIN, ALWAYS_NO, ALWAYS_ONE, NETWORK, PAIRS
from dlconcepts.concepts.metrics.experiment import REPEATED
from dlconcepts.concepts.metrics.verdicts import f1_at, wrong
from dlconcepts.drawing.render import render
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train


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
        arms = {NETWORK: replace(metrics.ARMS[NETWORK], epochs=4)}
        return metrics.measure(arms, tiny, [0, 1]), told
    finally:
        experiment.observe = observe


def test_trained_networks_have_scikit_learns_numbers(measured, tiny):
    runs, told = measured
    y = tiny.test.y
    for run in (run for run in runs if run.label == NETWORK):
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
        assert wrong(run, share) == pytest.approx(1 - sklearn.accuracy_score(y == 9, predicted == 9), abs=1e-6)
        assert f1_at(run, share) == pytest.approx(sklearn.f1_score(y == 9, predicted == 9), abs=1e-6)


def test_a_pair_is_two_trainings_of_one_setting(measured):
    runs, told = measured
    for run in (run for run in runs if run.label == PAIRS):
        one, other = told[NETWORK, run.seed], told[AGAIN, REPEATED + run.seed]
        assert run.extra["agreement"] == float((one == other).double().mean())
        assert 0.2 < run.extra["agreement"] < 1  # beyond chance, and not one training twice


def test_answers_of_no_use_have_scikit_learns_numbers(measured, tiny):
    runs, _ = measured
    y = tiny.test.y
    of = {run.label: run.extra for run in runs}
    one, no = of[ALWAYS_ONE], of[ALWAYS_NO]
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
