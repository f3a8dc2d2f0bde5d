from dataclasses import replace

import pytest

from dlconcepts.concepts import loss
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "loss.json"
SMALL = {"hidden": (16,), "examples": 150, "epochs": 3, "batch_size": 32}
GRADIENTS = {"examples": 1e-16, "batches": 1e-16, "unweighted": 0.1, "one batch": 3.0}


@pytest.mark.parametrize("label", [*loss.KINDS, loss.arm("cross-entropy", 0.4)])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, label):
    setting = replace(loss.ARMS[label], **SMALL, lr=0.2)
    theirs = by_epoch(loss.in_torch(tiny, setting, seed=3), setting, 150)
    (run,) = train({"a": setting}, [3], tiny)
    for torchs, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(torchs - ours) < 1e-12


def test_what_a_model_is_asked_for_is_found(tiny):
    arms = {label: replace(loss.ARMS[label], **SMALL) for label in ("cross-entropy", "squared error")}
    *runs, certain = loss.measure(arms, tiny, [0, 1])
    assert all(0 <= run.extra["digits never predicted"] < 10 for run in runs)
    assert ["gradients" in run.extra for run in runs] == [True, True, False, False]
    assert max(run.extra["gradients"]["batches"] for run in runs[:2]) < 1e-12
    assert certain.extra == loss.certain_slopes()


def test_the_steepest_slopes_of_the_certain_and_wrong_are_those_on_paper():
    slopes = loss.certain_slopes()
    assert slopes["cross-entropy"] == pytest.approx(1, abs=1e-15)  # p - onehot, p = 1 for the wrong class
    assert slopes["binary cross-entropy"] == pytest.approx(0.1, abs=1e-15)  # the same, a tenth for ten questions
    assert slopes["squared error"] == pytest.approx(2 * 41 / 10)  # -40 where 1 should be
    assert 0 < slopes["squared error of sigmoid"] < 1e-17
    assert slopes["squared error of softmax"] < 1e-17
    assert slopes["absolute error of softmax"] < 1e-17


def test_every_arm_of_a_noisy_loss_differs_from_the_clean_one_in_its_labels_alone():
    for name in loss.NOISY:
        for share in loss.SHARES[1:]:
            assert replace(loss.ARMS[loss.arm(name, share)], label_noise=0.0) == loss.KINDS[name]


def test_the_first_epoch_at_the_level_is_found():
    def run(*curve):
        return Run("a", 0, curves={"validation accuracy": list(curve)})

    assert loss.epochs_to_level(run(0.9, 0.95, 0.94, 0.96)) == 2
    assert loss.epochs_to_level(run(0.9, 0.91)) == 3


def runs(accuracies, slopes=None, gradients=GRADIENTS, level=None, status="ok"):
    """Five seeds of every arm with these test accuracies and, by kind, these epochs until the level."""
    noise = [-0.001, 0.0005, 0.0, 0.001, -0.0005]
    slow = USUAL_LEVEL if level is None else level
    of_arms = [
        Run(
            label,
            seed,
            status,
            None,
            {"validation accuracy": [0.9] * (slow.get(label, 3) - 1) + [0.96] * (9 - slow.get(label, 3))},
            {"test accuracy": a + e * (1 + len(label) % 3)},
            {"digits never predicted": 0, "gradients": gradients},
        )
        for label, a in accuracies.items()
        for seed, e in enumerate(noise)
    ]
    return [*of_arms, Run("certain and wrong", 0, extra=slopes or loss.certain_slopes())]


USUAL_LEVEL = {"cross-entropy": 3, "squared error": 5, "squared error of softmax": 4}
USUAL = {
    **dict.fromkeys(loss.ARMS, 0.95),
    **{"cross-entropy": 0.96, "binary cross-entropy": 0.958, "squared error": 0.94},
    **{label: 0.90 for label in loss.ARMS if label.startswith("absolute error")},
    loss.arm("cross-entropy", 0.2): 0.94,
    loss.arm("cross-entropy", 0.4): 0.93,
}


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def parts(found, statement):
    return {name: part.outcome for name, part in found[f"loss.{statement}"].parts.items()}


def test_a_world_in_which_cross_entropy_is_best_but_for_wrong_labels():
    found = loss.verdicts(runs(USUAL))
    assert outcomes(found) == {"example-and-cost": "conditional", "kinds": "supported", "label-noise": "conditional"}
    assert parts(found, "label-noise") == {
        "squared error of softmax is better at 0 % wrong labels": "refuted",
        "squared error of softmax is better at 20 % wrong labels": "supported",
        "squared error of softmax is better at 40 % wrong labels": "supported",
        "absolute error of softmax is better at 0 % wrong labels": "refuted",
        "absolute error of softmax is better at 20 % wrong labels": "refuted",
        "absolute error of softmax is better at 40 % wrong labels": "refuted",
    }


def test_other_worlds_give_other_verdicts():
    found = loss.verdicts(runs(USUAL, level={"cross-entropy": 5, "squared error": 2, "squared error of softmax": 2}))
    assert outcomes(found)["kinds"] == "conditional"
    found = loss.verdicts(runs(USUAL | {"binary cross-entropy": 0.90}))
    assert parts(found, "kinds")["ten binary questions do as well"] == "refuted"
    other = loss.certain_slopes() | {"squared error of softmax": 0.1, "cross-entropy": 0.5}
    found = loss.verdicts(runs(USUAL, slopes=other))
    assert [*parts(found, "kinds").values()][-2:] == ["refuted", "refuted"]
    found = loss.verdicts(runs(USUAL, gradients=GRADIENTS | {"one batch": 0.01}))
    assert outcomes(found)["example-and-cost"] == "supported"
    found = loss.verdicts(runs(USUAL, gradients=GRADIENTS | {"batches": 1e-3, "examples": 1e-3}))
    assert outcomes(found)["example-and-cost"] == "refuted"
    poor = {label: 0.90 for label in loss.ARMS if label.startswith("cross-entropy")}
    found = loss.verdicts(runs(dict.fromkeys(loss.ARMS, 0.95) | poor))
    assert outcomes(found)["label-noise"] == "supported"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    sick = runs(USUAL, status="diverged")
    found = loss.verdicts(sick)
    assert outcomes(found)["label-noise"] == "not shown"
    assert outcomes(found)["example-and-cost"] == "not shown"
    assert "diverged" in loss.title(found)
    assert render(lambda figure: loss.draw(figure, sick, found))


def test_the_title_says_what_the_verdict_says():
    found = loss.verdicts(runs(USUAL))
    assert "wins with true labels, squared error of softmax with wrong ones" in loss.title(found)
    assert loss.title(found) in loss.alt(found)
    for changed, says in [
        ({loss.arm("cross-entropy", 0.4): 0.99}, "-4.0 points (refuted)"),
        ({"cross-entropy": 0.94}, "+2.0 points (supported)"),
    ]:
        assert says in loss.title(loss.verdicts(runs(USUAL | changed)))


def test_no_loss_runs_at_an_end_of_its_grid():
    for label, row in records.read(COMMITTED).tuning.items():
        assert row["grid"][0] < row["chosen"] < row["grid"][-1], label
