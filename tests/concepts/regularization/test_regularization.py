from dataclasses import replace

import pytest

from dlconcepts.concepts import regularization
from dlconcepts.concepts.regularization.experiment import ARMS, PLAIN, PROXIMAL, WAYS
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "regularization.json"
SMALL = {"hidden": (16, 12), "examples": 150, "epochs": 3, "batch_size": 40, "lr": 0.2}
TORCHS = ("none", "L1", "L2", "elastic net", "weight decay", "label smoothing", "shifted images")
STRONGER = {"l1": 30, "l2": 30, "weight_decay": 30}  # so that three epochs show them


@pytest.mark.parametrize("label", TORCHS)
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, label):
    setting = replace(ARMS[label], **SMALL)
    setting = replace(setting, **{name: getattr(setting, name) * factor for name, factor in STRONGER.items()})
    theirs = by_epoch(regularization.in_torch(tiny, setting, seed=3), setting, 150)
    run, plain = train({"a": setting, "none": replace(ARMS["none"], **SMALL)}, [3], tiny)
    for torchs, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(torchs - ours) < 1e-12
    assert label == "none" or abs(theirs[-1] - plain.curves["training loss"][-1]) > 1e-6


def test_what_a_model_is_asked_for_is_found(tiny):
    labels = ("none", "L1", PLAIN, PROXIMAL)
    arms = {label: replace(ARMS[label], **SMALL) for label in labels}
    none, l1, plain, proximal = regularization.measure(arms, tiny, [0])
    assert none.extra["penalty"].keys() >= {"L1 norm", "norm pulls"}
    assert "penalty" not in l1.extra
    assert plain.extra["zeros"] < proximal.extra["zeros"]
    weights = 784 * 16 + 16 * 12 + 12 * 10
    shown = sum(plain.extra["histogram"])
    assert 0.5 * weights < shown <= weights
    assert len(proximal.extra["histogram"]) == regularization.BINS


def test_the_training_accuracy_is_that_of_the_models_own_digits(tiny):
    arm = replace(ARMS["none"], hidden=(16,), examples=50, epochs=40, batch_size=10)
    (run,) = regularization.measure({"none": arm}, tiny, [0])
    assert run.extra["training accuracy"] == 1  # 50 digits are learned by heart; of all 200 it is less
    assert regularization.gap(run) == pytest.approx(100 - regularization.accuracy(run))
    assert regularization.gap(run) > 5


def test_an_arm_differs_from_none_in_its_own_fields_alone():
    plain = Setting().plain()
    own = {"l1", "l2", "proximal_l1", "weight_decay", "patience", "dropout", "label_smoothing", "shift"}
    for label, arm in ARMS.items():
        assert replace(arm, **{name: plain[name] for name in own}) == ARMS["none"], label


def runs(test, training=None, zeros=(0.001, 0.6), error=1e-15, status="ok"):
    """Five seeds of every arm with these accuracies; 1 on its own training digits where nothing else is said."""
    noise = [-0.001, 0.0005, 0.0, 0.001, -0.0005]
    facts = {"L1 norm": error, "L2 norm": error, "squared L2 norm": error, "lambda N(w)": 5.0}
    pulls = {"norm pulls": 1.0, "norm pulls at half": 1.0, "square pulls": 20.0, "square pulls at half": 10.0}
    share = {PLAIN: zeros[0], PROXIMAL: zeros[1]}
    curves = {"training loss": [0.5, 0.1], "validation loss": [0.6, 0.7]}
    return [
        Run(
            label,
            seed,
            status,
            None,
            curves,
            {"test accuracy": a + e * (1 + len(label) % 3)},
            {
                **{"training accuracy": (training or {}).get(label, 1.0), "zeros": share.get(label, 0.0)},
                **{"histogram": [1, 5, 1], "exact zeros": 3, "penalty": facts | pulls},
            },
        )
        for label, a in test.items()
        for seed, e in enumerate(noise)
    ]


BETTER = dict.fromkeys(ARMS, 0.92) | {"none": 0.90, "shifted images": 0.93}


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def test_a_world_in_which_every_way_helps():
    found = regularization.verdicts(runs(BETTER))
    assert outcomes(found) == {"overcomes": "supported", "penalty": "conditional", "l1-sparse": "conditional"}
    assert (
        regularization.title(found)
        == "Against over-fitting 8 of 8 ways help, shifted images most: +3.0 points of test accuracy"
    )
    assert regularization.title(found) in regularization.alt(found)


def test_a_narrower_gap_without_a_gain_is_conditional():
    found = regularization.verdicts(runs(BETTER | {"L1": 0.88}, training={"L1": 0.90}))
    parts = found["regularization.overcomes"].parts
    assert parts["L1: a narrower gap"].outcome == "supported"
    assert parts["L1: more test digits right"].outcome == "refuted"
    assert outcomes(found)["overcomes"] == "conditional"


def test_a_world_in_which_nothing_helps():
    found = regularization.verdicts(runs(dict.fromkeys(ARMS, 0.88) | {"none": 0.90}))
    assert outcomes(found)["overcomes"] == "refuted"
    assert "no way" in regularization.title(found)


def test_sparsity_is_judged_for_either_kind_of_step():
    assert outcomes(regularization.verdicts(runs(BETTER, zeros=(0.5, 0.6))))["l1-sparse"] == "supported"
    assert outcomes(regularization.verdicts(runs(BETTER, zeros=(0.0, 0.0))))["l1-sparse"] == "refuted"


def test_a_wrong_gradient_refutes_the_formula():
    parts = regularization.verdicts(runs(BETTER, error=1e-6))["regularization.penalty"].parts
    assert {part.outcome for name, part in parts.items() if "gradient" in name} == {"refuted"}
    assert parts["lambda is the term"].outcome == "refuted"
    assert parts["the L2 norm pulls at w / 2 as hard as at w"].outcome == "supported"
    assert parts["so does Ridge's penalty, its square"].outcome == "refuted"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    sick = runs(BETTER, status="diverged")
    found = regularization.verdicts(sick)
    assert set(outcomes(found).values()) == {"not shown"}
    assert "diverged" in regularization.title(found)
    assert render(lambda figure: regularization.draw(figure, sick, found))


def test_all_arms_run_at_the_rate_that_is_best_without_regularization():
    record = records.read(COMMITTED)
    assert {setting["lr"] for setting in record.settings.values()} == {record.tuning["none"]["chosen"]}


def test_each_way_is_tuned_but_early_stopping():
    assert set(WAYS) - regularization.TUNED.keys() == {"early stopping"}
