from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from dlconcepts.concepts import learning_rate
from dlconcepts.concepts.learning_rate import experiment
from dlconcepts.concepts.learning_rate.experiment import ARMS, BOWL, OWN, PATIENT, RATES, RATIOS, SHARED
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "learning_rate.json"
EDGE = "softmax regression: the edge is at 2 / largest eigenvalue"


@pytest.mark.parametrize("schedule", ["constant", *learning_rate.CHANGING])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, schedule):
    setting = Setting(hidden=(16,), epochs=3, batch_size=20, lr=0.2, schedule=schedule)
    theirs = learning_rate.in_torch(tiny, setting, seed=3)
    (run,) = train({"a": setting}, [3], tiny)
    for theirs_of_epoch, ours in zip(by_epoch(theirs, setting, 200), run.curves["training loss"], strict=True):
        assert abs(theirs_of_epoch - ours) < 1e-12


BOWL_ACCURACY = dict(zip(RATES, (0.5, 0.7, 0.88, 0.90, 0.93, 0.955, 0.95, 0.1, 0.1), strict=True))
USUAL = (
    {label: BOWL_ACCURACY[rate] for rate, label in BOWL.items()}
    | {PATIENT: 0.956}
    | {SHARED[name]: 0.945 for name in learning_rate.CHANGING}
    | {OWN[name]: 0.96 for name in OWN}
)
COMES_BACK = [1e-6, 1e-6, 1e-6, 1e3, 1e5, 1e5]


def runs(accuracies=USUAL, status="ok", growth=COMES_BACK, last=0.2, sharpness=2.0, power=1.0, moved=(0.01, 0.1, 1.0)):
    """Five seeds of every arm with these test accuracies, and the seeds' own probes."""
    found = []
    for seed, noise in enumerate([-0.001, 0.0005, 0.0, 0.001, -0.0005]):
        for label, a in accuracies.items():
            rate = next((rate for rate, name in BOWL.items() if name == label), 0.3)
            curves = {
                "validation accuracy": [a],
                "training loss": [1 - a + noise],
                "distance moved": [5 * rate**power * (1 + noise)],
            }
            extra = {"gradient lengths": [0.2 * (a > 0.5), 0.1], "dead units": 0.0 if a > 0.5 else 1.0}
            final = {"test accuracy": a + noise * (1 + len(label) % 3)}
            found.append(Run(label, seed, status, None, curves, final, extra))
        from_start = {"edge": 1.3, "last": last, "rose": 2 * last, "sharpness": sharpness + noise}
        found.append(Run("first steps", seed, extra={"moved": list(moved)}))
        found.append(Run("at a minimum", seed, extra={"edge": 0.6, "gradient": 1e-16, "growth": growth}))
        found.append(Run("from the start", seed, extra=from_start))
    return found


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def parts(statement, world):
    found = learning_rate.verdicts(world)[f"learning_rate.{statement}"].parts
    return {name: part.outcome for name, part in found.items()}


def test_the_usual_world_gives_the_usual_verdicts():
    accuracies = USUAL | {OWN["one-cycle"]: 0.97}
    assert outcomes(learning_rate.verdicts(runs(accuracies, power=0.8))) == {
        "speed": "conditional",
        "high-enough": "supported",
        "low-enough": "conditional",
        "schedules": "conditional",
    }


def test_where_distance_is_in_proportion_the_rate_is_the_speed():
    assert set(parts("speed", runs(power=1.0)).values()) == {"supported"}
    found = parts("speed", runs(power=0.5, moved=(0.01, 0.1, 0.9)))
    assert list(found.values()) == ["refuted", "supported", "refuted"]
    assert parts("speed", runs(power=-0.5))["one epoch: a higher rate goes farther"] == "refuted"


def test_a_rate_is_too_low_only_where_it_costs_something():
    flat = USUAL | {BOWL[rate]: 0.955 for rate in RATES[:6]}
    found = parts("high-enough", runs(flat | {BOWL[0.3]: 0.956, PATIENT: 0.9}))
    assert set(found.values()) == {"refuted"}


def test_the_best_rate_is_chosen_on_validation_and_no_run_of_it_failed():
    world = runs()
    assert RATES[learning_rate.best_rate(world)] == 0.3
    broken = [replace(r, status="diverged") if r.label == BOWL[0.3] and r.seed == 2 else r for r in world]
    assert RATES[learning_rate.best_rate(broken)] == 1.0
    tested = [replace(r, final={"test accuracy": 0.99}) if r.label == BOWL[0.1] else r for r in world]
    assert RATES[learning_rate.best_rate(tested)] == 0.3


def test_a_rate_that_the_grid_does_not_reach_shows_nothing():
    lowest_best = USUAL | {BOWL[RATES[1]]: 0.99}
    assert parts("high-enough", runs(lowest_best))["a tenth of the best rate is too low"] == "not shown"


def test_what_too_high_a_rate_does_depends_on_the_world():
    usual = parts("low-enough", runs())
    assert list(usual.values()) == ["supported", "refuted", "supported", "refuted", "supported", "refuted"]
    world = runs(USUAL | {BOWL[3.0]: 0.94}, growth=[1e-6] * 4 + [9.0, 9.0], last=1.6, sharpness=0.5)
    for run in world:
        if run.label == BOWL[0.03]:
            run.curves["training loss"] = [0.001]
        if run.label == BOWL[3.0]:
            run.extra["gradient lengths"] = [0.3, 0.1]
    found = parts("low-enough", world)
    assert list(found.values()) == ["refuted", "supported", "refuted", "supported", "refuted", "supported"]


def test_a_descent_that_never_goes_away_shows_no_edge():
    assert parts("low-enough", runs(growth=[1e-6] * len(RATIOS)))[EDGE] == "not shown"


def test_each_schedule_is_judged_at_the_same_peak_and_at_its_own():
    found = parts("schedules", runs(USUAL | {OWN["one-cycle"]: 0.97, OWN["step"]: 0.94}))
    assert len(found) == 12
    assert found["cosine, same peak"] == "refuted"
    assert found["one-cycle, own peak"] == "supported"
    assert found["step, own peak"] == "refuted"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    world = runs(status="diverged")
    found = learning_rate.verdicts(world)
    assert outcomes(found)["high-enough"] == outcomes(found)["schedules"] == "not shown"
    assert render(lambda figure: learning_rate.draw(figure, world, found))


def test_the_title_says_what_the_verdict_says():
    found = learning_rate.verdicts(runs())
    assert "too high from 2 / curvature on" in learning_rate.title(found)
    assert learning_rate.title(found) in learning_rate.alt(found)
    found = learning_rate.verdicts(runs(growth=[9.0] * len(RATIOS)))
    assert "(not shown)" in learning_rate.title(found)


def test_a_small_run_measures_all_that_is_judged(tiny, monkeypatch):
    monkeypatch.setattr(experiment, "STEPS", 5)
    monkeypatch.setattr(experiment, "WIDE_STEPS", 5)
    monkeypatch.setattr(experiment, "SMALL", replace(learning_rate.SMALL, examples=20))
    arms = {label: replace(arm, hidden=(4,), epochs=1) for label, arm in ARMS.items()}
    found = learning_rate.measure(arms, tiny, [0, 1])
    assert {run.label for run in found} == {*ARMS, "first steps", "at a minimum", "from the start"}
    assert set(learning_rate.verdicts(found)) == {
        f"learning_rate.{name}" for name in ("speed", "high-enough", "low-enough", "schedules")
    }
    (one,) = (run for run in found if run.label == BOWL[0.1] and run.seed == 1)
    assert len(one.extra["gradient lengths"]) == 2
    assert 0 <= one.extra["dead units"] <= 1


def test_the_figure_shows_the_records_numbers():
    record, figure = records.read(COMMITTED), Figure(layout="constrained")
    learning_rate.draw(figure, record.runs, record.found())
    bowl, edge, schedules = figure.axes
    means = [
        100 * sum(r.final["test accuracy"] for r in record.runs if r.label == label) / 10 for label in BOWL.values()
    ]
    assert list(bowl.lines[0].get_ydata()) == pytest.approx(means)
    assert list(edge.lines[0].get_ydata()) == next(r for r in record.runs if r.label == "at a minimum").extra["growth"]
    assert [label.get_text() for label in schedules.get_yticklabels()] == list(OWN)


def test_at_the_minimum_of_the_record_nothing_pulls():
    record = records.read(COMMITTED)
    pulls = [run.extra["gradient"] for run in record.runs if run.label == "at a minimum"]
    assert len(pulls) == 10
    assert max(pulls) < 1e-10


def test_arms_differ_in_what_the_question_is_about():
    for rate, label in BOWL.items():
        assert replace(ARMS[label], lr=0.1) == replace(learning_rate.BASE, lr=0.1)
        assert ARMS[label].lr == rate
    for name in learning_rate.CHANGING:
        assert replace(ARMS[SHARED[name]], schedule="constant") == ARMS[SHARED["constant"]]
    assert ARMS[PATIENT].lr * 10 == pytest.approx(ARMS[BOWL[0.3]].lr)
    assert ARMS[PATIENT].epochs == 10 * ARMS[BOWL[0.3]].epochs
