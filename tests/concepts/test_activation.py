from dataclasses import replace

import pytest
import torch

from dlconcepts import gallery, plot, records, tuning
from dlconcepts.build import build
from dlconcepts.concepts import activation
from dlconcepts.everyday import by_epoch
from dlconcepts.manual.backprop import forward
from dlconcepts.records import Run
from dlconcepts.seeding import start
from dlconcepts.setting import Setting
from dlconcepts.train import train

COMMITTED = records.FOLDER / "activation.json"


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("name", ["identity", "sigmoid", "tanh", "relu"])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(small, name, schedule):
    setting = Setting(hidden=(16, 12), activation=name, epochs=3, batch_size=32, lr=0.2, schedule=schedule)
    theirs = activation.in_torch(small, setting, seed=3)
    (run,) = train({"a": setting}, [3], small)
    for theirs_of_epoch, ours in zip(by_epoch(theirs, setting, 600), run.curves["training loss"], strict=True):
        assert abs(theirs_of_epoch - ours) < 1e-12


def test_a_linear_stack_is_one_map_and_a_relu_network_is_not(small):
    for name, smallest, largest in [("identity", 0, 1e-12), ("relu", 1e-3, 10)]:
        setting = Setting(hidden=(16, 16), activation=name)
        network = build([setting], small.train.x)
        deviation = activation.collapse_error(network, start(network, 0, small.train.x), small.test.x)
        assert smallest <= deviation <= largest


def test_linear_regression_leaves_a_residual_that_no_pixel_explains(small):
    outputs = activation.linear_regression(replace(small, test=small.train))
    x, target = activation.with_ones(small.train.x), torch.eye(10, dtype=torch.float64)[small.train.y]
    # 600 residuals a column, and X^T X squares the condition: measured 7e-7
    assert (x.mT @ (outputs - target)).abs().max() < 1e-5
    assert (outputs - target).square().mean() < 0.01


def test_silent_units_are_counted(small):
    network = build([Setting(hidden=(16,))], small.train.x)
    params = start(network, 0, small.train.x)
    hidden, _ = forward(network[:2], params[:2], small.test.x)
    assert activation.silent_share(network, params, small.test.x) == float((hidden == 0).double().mean())
    assert activation.silent_share(build([Setting(hidden=())], small.train.x), [], small.test.x) is None


def runs(accuracies, collapse=1e-15, agreement=0.9, status="ok"):
    """Five seeds of every arm with these test accuracies."""
    noise = [-0.001, 0.0005, 0.0, 0.001, -0.0005]
    return [
        Run(label, seed, status, None, {}, {"test accuracy": a + e * (1 + len(label) % 3)}, extra)
        for label, a in accuracies.items()
        for silent in [0.6 if label == "ReLU" else 0.0]
        for extra in [{"silent": silent, "collapse": collapse, "agreement": agreement}]
        for seed, e in enumerate(noise)
    ]


USUAL = {label: 0.92 for label in activation.ARMS} | {"sigmoid": 0.97, "tanh": 0.975, "ReLU": 0.98}


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes(activation.verdicts(runs(USUAL))) == {
        "nonlinear-needed": "supported",
        "linear-never-images": "refuted",
        "is-linear-regression": "conditional",
        "gate": "conditional",
    }


def test_other_worlds_give_other_verdicts():
    found = outcomes(activation.verdicts(runs(USUAL | {"ReLU": 0.80})))
    assert found["nonlinear-needed"] == "conditional"
    found = outcomes(activation.verdicts(runs(USUAL, collapse=1e-3, agreement=0.999)))
    assert (found["nonlinear-needed"], found["is-linear-regression"]) == ("conditional", "conditional")
    found = outcomes(activation.verdicts(runs(USUAL | {"softmax regression": 0.3})))
    assert found["linear-never-images"] == "supported"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    found = activation.verdicts(runs(USUAL, status="diverged"))
    assert set(outcomes(found).values()) == {"not shown"}
    assert "diverged" in activation.title(found)
    assert plot.render(lambda figure: activation.draw(figure, runs(USUAL, status="diverged"), found))


def test_the_title_says_what_the_verdict_says():
    found = activation.verdicts(runs(USUAL))
    assert "gains 6.0 points" in activation.title(found)
    assert activation.title(found) in activation.alt(found)
    found = activation.verdicts(runs(USUAL | {"ReLU": 0.90}))
    assert "-2.0 points of accuracy (refuted)" in activation.title(found)


def test_the_committed_record_is_judged_as_the_code_judges_it():
    record = records.read(COMMITTED)
    assert activation.verdicts(record.runs) == record.verdicts
    assert record.environment["budget"] == "full"
    assert record.environment["seeds"] == list(range(10))
    assert {run.seed for run in record.runs}.isdisjoint(tuning.SEEDS)


def test_the_figure_is_drawn_from_the_record_to_the_byte(tmp_path):
    record = records.read(COMMITTED)
    first = gallery.draw(record, gallery.Request(out=tmp_path))[0].read_bytes()
    assert gallery.draw(record, gallery.Request(out=tmp_path))[0].read_bytes() == first


def test_relu_reaches_what_is_known_of_it():
    record = records.read(COMMITTED)
    relu = [run.final["test accuracy"] for run in record.runs if run.label == "ReLU"]
    assert sum(relu) / len(relu) >= 0.973


def test_arms_differ_in_what_the_question_is_about():
    base = activation.ARMS["ReLU"]
    for label in ("sigmoid", "tanh", "linear, 1 hidden"):
        arm = activation.ARMS[label]
        assert replace(arm, activation="relu") == base
