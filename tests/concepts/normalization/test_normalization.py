from dataclasses import replace

import pytest

from dlconcepts.concepts import normalization
from dlconcepts.concepts.normalization.experiment import GLITCHES, LABELS, LAYERS, OWN, RATES, SHARED, SMALL
from dlconcepts.drawing.render import render
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

NOISE = [-0.001, 0.0005, 0.0, 0.001, -0.0005]


@pytest.mark.parametrize("form", ["0 to 1", "standardized", "glitches, quantiles by pixel"])
@pytest.mark.parametrize("norm", ["none", "batch norm", "layer norm"])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, norm, form):
    setting = Setting(hidden=(12,), epochs=2, batch_size=32, lr=0.1, schedule="cosine", normalization=norm, inputs=form)
    theirs = by_epoch(normalization.in_torch(tiny, setting, seed=3), setting, 200)
    (run,) = train({"a": setting}, [3], tiny)
    for theirs_of_epoch, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(theirs_of_epoch - ours) < 1e-12


def test_measuring_gives_what_the_verdicts_need(tiny):
    arms = {label: replace(arm, hidden=(8,), batch_size=50) for label, arm in normalization.ARMS.items()}
    found = normalization.measure(arms, tiny, [0, 1])
    verdicts = normalization.verdicts(found)
    assert verdicts["normalization.minmax"].parts["training pixels, min-max"].outcome == "supported"
    assert verdicts["normalization.minmax"].parts["standardized pixels"].outcome == "refuted"
    layers = verdicts["normalization.layers"].parts
    assert layers["batch norm: refuses a batch of one"].outcome == "supported"
    assert layers["layer norm: takes it"].outcome == "supported"
    assert layers["layer norm: they do not"].outcome == "supported"
    (shown,) = [run.extra for run in found if run.label == "batch norm" and run.seed == 0]
    assert sum(shown["before"]) == pytest.approx(1, abs=1e-4)
    assert shown["before"] != shown["after"]
    assert all("before" not in run.extra for run in found if run.seed == 1)
    assert render(lambda figure: normalization.draw(figure, found, verdicts))


def test_networks_without_a_hidden_layer_are_measured_and_drawn_too(tiny):
    arms = {label: replace(arm, hidden=(), batch_size=100) for label, arm in normalization.ARMS.items()}
    found = normalization.measure(arms, tiny, [0, 1])
    assert render(lambda figure: normalization.draw(figure, found, normalization.verdicts(found)))


def test_every_rate_is_counted_for_the_progress_bar(tiny):
    arms = {label: replace(arm, hidden=(4,), batch_size=100) for label, arm in normalization.ARMS.items()}
    done = []
    normalization.measure(arms, tiny, [0], progress=done.append)
    assert sum(done) == len(arms) + sum(normalization.MORE.values())


def rates(best, worst_at):
    """A run over all rates whose accuracy is `best` but at the rates listed."""
    return [None if lr in worst_at else best for lr in RATES]


def runs(scores, narrow=RATES[:3], status="ok", hand=None, mixed=0.3):
    """Five seeds of every arm with these test accuracies; networks without norm learn nothing at the narrow rates."""
    made = []
    for seed, e in enumerate(NOISE):
        for label in normalization.ARMS:
            batch = label == "batch norm"
            extra = {"refuses one": batch, "company": mixed if batch else 0.0, "changed": mixed if batch else 0.0}
            accuracy = scores.get(label, 0.9) + e * (1 + len(label) % 3)
            made.append(Run(label, seed, status, final={"test accuracy": accuracy}, extra=extra))
        for name in LAYERS:
            reached = rates(95.0, [] if name != "no norm" else narrow[: 3 - seed % 2])
            made.append(Run(f"{name}, all rates", seed, status, extra={"accuracy": reached}))
    fine = {"ends": 0.0, "inverse": 1e-16, "new images": 6.0, "standardized": 200.0}
    return [*made, Run("scaled by hand", 0, extra=hand or fine)]


USUAL = {
    LABELS["0 to 255", SHARED]: 0.11,
    LABELS["0 to 255", SMALL]: 0.8,
    LABELS["0 to 255", OWN]: 0.85,
    LABELS[GLITCHES[0], SHARED]: 0.5,
    LABELS[GLITCHES[0], OWN]: 0.85,
}


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes(normalization.verdicts(runs(USUAL))) == {
        "minmax": "conditional",
        "speeds-up": "supported",
        "unknown-distribution": "conditional",
        "layers": "supported",
    }


def test_other_worlds_give_other_verdicts():
    found = outcomes(normalization.verdicts(runs(USUAL | {LABELS["0 to 255", OWN]: 0.92})))
    assert found["speeds-up"] == "conditional"
    found = outcomes(normalization.verdicts(runs({LABELS["0 to 255", rate]: 0.95 for rate in (SHARED, SMALL, OWN)})))
    assert (found["speeds-up"], found["unknown-distribution"]) == ("refuted", "supported")
    worst = {LABELS[form, rate]: 0.5 for form, rate in LABELS if "min-max" in form}
    assert outcomes(normalization.verdicts(runs(worst)))["unknown-distribution"] == "refuted"
    assert outcomes(normalization.verdicts(runs(USUAL, narrow=())))["layers"] == "conditional"
    found = normalization.verdicts(runs(USUAL, mixed=0.0))["normalization.layers"].parts
    assert found["batch norm: in training the others of a batch matter"].outcome == "refuted"
    inside = dict.fromkeys(("ends", "inverse", "new images", "standardized"), 0.0)
    assert outcomes(normalization.verdicts(runs(USUAL, hand=inside)))["minmax"] == "supported"
    wrong = {"ends": 0.1, "inverse": 0.1, "new images": 1.0, "standardized": 1.0}
    assert outcomes(normalization.verdicts(runs(USUAL, hand=wrong)))["minmax"] == "refuted"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    made = runs(USUAL, status="diverged")
    found = normalization.verdicts(made)
    assert {found[f"normalization.{name}"].outcome for name in ("speeds-up", "unknown-distribution")} == {"not shown"}
    assert "diverged" in normalization.title(found)
    assert render(lambda figure: normalization.draw(figure, made, found))


def test_the_title_says_what_the_verdict_says():
    found = normalization.verdicts(runs(USUAL))
    assert "+79 points at rate 0.1, +10 at 0.001, +5.0 at each form's own" in normalization.title(found)
    assert normalization.title(found) in normalization.alt(found)


def test_the_arms_differ_in_form_rate_and_layer_alone():
    base = normalization.ARMS["no norm"]
    assert all(
        replace(arm, inputs="0 to 1", normalization="none", lr=base.lr) == base for arm in normalization.ARMS.values()
    )
    assert set(normalization.TUNED) == {label for label in normalization.ARMS if label.endswith(OWN)}
