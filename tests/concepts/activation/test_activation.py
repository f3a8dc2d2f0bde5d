from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from dlconcepts.concepts import activation
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "activation.json"


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("name", activation.NAMES.values())
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, name, schedule):
    setting = Setting(hidden=(16, 12), activation=name, epochs=3, batch_size=32, lr=0.2, schedule=schedule)
    theirs = activation.in_torch(tiny, setting, seed=3)
    (run,) = train({"a": setting}, [3], tiny)
    for theirs_of_epoch, ours in zip(by_epoch(theirs, setting, 200), run.curves["training loss"], strict=True):
        assert abs(theirs_of_epoch - ours) < 1e-12


def test_the_same_start_other_than_torchs_own(tiny):
    setting = replace(activation.ARMS["GELU, 6 deep"], hidden=(8,) * 6, epochs=1, batch_size=32)
    (run,) = train({"a": setting}, [3], tiny)
    assert (
        abs(by_epoch(activation.in_torch(tiny, setting, 3), setting, 200)[0] - run.curves["training loss"][0]) < 1e-12
    )


def runs(accuracies, collapse=1e-15, agreement=0.9, status="ok", reaching=0.5, dead=0.0):
    """Five seeds of every arm with these test accuracies, and the same on validation."""
    noise = [-0.001, 0.0005, 0.0, 0.001, -0.0005]
    return [
        Run(label, seed, status, None, {"validation accuracy": [a]}, {"test accuracy": a + e * size}, extra)
        for label, a in accuracies.items()
        for silent in [0.6 if label == "ReLU" else 0.0]
        for gradients in [{"gradients before": [reaching if "sigmoid" in label else 1.0, 0.5, 1.0]}]
        for extra in [{"silent": silent, "collapse": collapse, "agreement": agreement, "dead": dead, **gradients}]
        for size in [1 + len(label) % 3]
        for seed, e in enumerate(noise)
    ]


DEEP = {label: 0.965 for labels in activation.CHOICES.values() for label in labels.values()}
FIRST = {label: 0.92 for label in activation.FIRST} | {"sigmoid": 0.97, "tanh": 0.975, "ReLU": 0.98}
USUAL = FIRST | DEEP | {"sigmoid, 6 deep": 0.11}


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes(activation.verdicts(runs(USUAL))) == {
        "nonlinear-needed": "supported",
        "linear-never-images": "refuted",
        "is-linear-regression": "conditional",
        "gate": "conditional",
        "choice": "conditional",
    }


def test_other_worlds_give_other_verdicts():
    found = outcomes(activation.verdicts(runs(USUAL | {"ReLU": 0.80})))
    assert found["nonlinear-needed"] == "conditional"
    found = outcomes(activation.verdicts(runs(USUAL, collapse=1e-3, agreement=0.999)))
    assert (found["nonlinear-needed"], found["is-linear-regression"]) == ("conditional", "conditional")
    found = outcomes(activation.verdicts(runs(USUAL | {"softmax regression": 0.3})))
    assert found["linear-never-images"] == "supported"


def choice(**world):
    accuracies = USUAL | world.pop("accuracies", {})
    return {name: part.outcome for name, part in activation.choice(runs(accuracies, **world)).items()}


def test_what_depends_on_the_choice_is_judged_at_each_depth():
    found = choice(reaching=0.001, dead=0.1)
    for depth in (2, 6):
        assert found[f"{depth} hidden layers: the best gains on ReLU"] == "refuted"
        assert found[f"{depth} hidden layers: smooth or kinked, GELU gains on ReLU"] == "refuted"
        assert found[f"{depth} hidden layers: sigmoid's gradient vanishes"] == "supported"
        assert found[f"{depth} hidden layers: ReLU leaves units dead"] == "supported"
    assert found["2 hidden layers: sigmoid loses against ReLU"] == "refuted"
    assert found["6 hidden layers: sigmoid loses against ReLU"] == "supported"


def test_other_choices_give_other_verdicts():
    found = choice(accuracies={"GELU, 2 deep": 0.985, "ELU, 6 deep": 0.99, "sigmoid, 6 deep": 0.97})
    assert found["2 hidden layers: the best gains on ReLU"] == "supported"
    assert found["2 hidden layers: smooth or kinked, GELU gains on ReLU"] == "supported"
    assert found["6 hidden layers: the best gains on ReLU"] == "supported"
    assert found["6 hidden layers: smooth or kinked, GELU gains on ReLU"] == "refuted"
    assert found["6 hidden layers: sigmoid loses against ReLU"] == "refuted"
    assert found["6 hidden layers: sigmoid's gradient vanishes"] == "refuted"
    assert found["6 hidden layers: ReLU leaves units dead"] == "refuted"


def test_the_best_is_chosen_on_validation_and_never_diverged():
    world = runs(USUAL | {"tanh, 2 deep": 0.97, "SiLU, 2 deep": 0.98})
    assert activation.best(world, 2) == "SiLU"
    broken = [replace(r, status="diverged") if r.label == "SiLU, 2 deep" and r.seed == 1 else r for r in world]
    assert activation.best(broken, 2) == "tanh"
    tested = [replace(r, final={"test accuracy": 0.99}) if r.label == "ReLU, 2 deep" else r for r in world]
    assert activation.best(tested, 2) == "SiLU"


def test_a_gradient_of_nothing_has_lost_no_number_of_powers():
    of = lambda lengths: activation.lost(Run("a", 0, extra={"gradients before": lengths}))  # noqa: E731
    assert of([0.01, 3.0, 1.0]) == pytest.approx(2)
    assert of([0.0, 1.0]) is None


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    found = activation.verdicts(runs(USUAL, status="diverged"))
    assert set(outcomes(found).values()) == {"not shown"}
    assert "diverged" in activation.title(found)
    assert render(lambda figure: activation.draw(figure, runs(USUAL, status="diverged"), found))


def test_the_title_says_what_the_verdict_says():
    found = activation.verdicts(runs(USUAL))
    assert "gains 6.0 points" in activation.title(found)
    assert activation.title(found) in activation.alt(found)
    found = activation.verdicts(runs(USUAL | {"ReLU": 0.90}))
    assert "-2.0 points of accuracy (refuted)" in activation.title(found)


def test_relu_reaches_what_is_known_of_it():
    record = records.read(COMMITTED)
    relu = [run.final["test accuracy"] for run in record.runs if run.label == "ReLU"]
    assert sum(relu) / len(relu) >= 0.973


def test_the_table_of_the_figure_holds_the_records_means():
    record, figure = records.read(COMMITTED), Figure(layout="constrained")
    activation.draw(figure, record.runs, record.found())
    shown = [text.get_text() for text in figure.axes[-1].texts]
    for depth, column in ((2, 0), (6, 1)):
        for name, label in activation.CHOICES[depth].items():
            found = [100 * run.final["test accuracy"] for run in record.runs if run.label == label]
            row = list(activation.NAMES).index(name)
            assert shown[column * len(activation.NAMES) + row] == f"{sum(found) / len(found):.1f}"


def test_arms_differ_in_what_the_question_is_about():
    base = activation.ARMS["ReLU"]
    for label in ("sigmoid", "tanh", "linear, 1 hidden"):
        arm = activation.ARMS[label]
        assert replace(arm, activation="relu") == base
    for depth, labels in activation.CHOICES.items():
        base = activation.ARMS[f"ReLU, {depth} deep"]
        assert base.hidden == (64,) * depth
        assert all(replace(activation.ARMS[label], activation="relu") == base for label in labels.values())
