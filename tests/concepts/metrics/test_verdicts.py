import pytest

from dlconcepts.concepts import metrics
from dlconcepts.concepts.metrics.answers import RECALLS
from dlconcepts.concepts.metrics.arms import ALWAYS_NO, ALWAYS_ONE, NETWORK, PAIRS
from dlconcepts.concepts.metrics.figure import title
from dlconcepts.concepts.metrics.verdicts import f1_at, wrong
from dlconcepts.drawing.render import render
from dlconcepts.evidence.records import Run

NOISE = [-0.001, 0.0005, 0.0, 0.001, -0.0005]  # of five seeds
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
        runs.append(Run(NETWORK, seed, of["status"], None, curves, final, extra if of["status"] == "ok" else {}))
        if of["status"] == "ok":
            pair = {
                "agreement": of["agreement"] + e,
                "by digit": [of["agreement"]] * 10,
                "order turned": of["turned"] + e,
            }
            runs.append(Run(PAIRS, seed, extra=pair))
    agreement, precision = of["always"]
    useless = {"accuracy": 0.11, "agreement": agreement, "by digit": row(0, precision)}
    return [*runs, Run(ALWAYS_ONE, 0, extra=useless), Run(ALWAYS_NO, 0, extra=useless)]


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
    assert wrong(run, 1.0) == pytest.approx(0.05)
    assert wrong(run, 0.0) == pytest.approx(0.004)
    assert f1_at(run, 0.5) == pytest.approx(2 * 0.475 / (0.475 + 0.002 + 0.5))


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    runs = world(status="diverged")
    found = metrics.verdicts(runs)
    assert found["metrics.mae"].outcome == OPEN
    assert "diverged" in title(found)
    assert render(lambda figure: metrics.draw(figure, runs, found))


def test_the_title_says_what_the_verdict_says():
    found = metrics.verdicts(world())
    assert "network 97 %, always 1 100 %. Precision: 96 (mean) and 11 %" in title(found)
    assert title(found) in metrics.alt(found)
