from dataclasses import replace

import pytest
import torch

from dlconcepts.concepts import features
from dlconcepts.concepts.features.experiment import (
    ARMS,
    FEW,
    GAPS,
    LEARNERS,
    MANY,
    NEIGHBOURS,
    RULES,
    RUNGS,
    label,
)
from dlconcepts.concepts.features.figure import SWEPT
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.images.classic.heuristics import answers
from dlconcepts.images.data_set import load
from dlconcepts.manual.network import Layer
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.stacks import Model
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "features.json"
SMALL = {"examples": 100, "steps": 9, "batch_size": 25, "lr": 0.2}


@pytest.mark.parametrize("learner", LEARNERS)
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, learner):
    setting = replace(LEARNERS[learner], **SMALL, validate_every=1)
    setting = replace(setting, filters=(2, 3)) if setting.filters else setting
    theirs = by_epoch(features.in_torch(tiny, setting, seed=3), setting, 100)
    (run,) = train({"a": setting}, [3], tiny)
    assert len(theirs) == 3
    for torchs, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(torchs - ours) < 1e-12


def few(learner, **fields):
    return {label(learner, n): replace(LEARNERS[learner], **SMALL | {"examples": n} | fields) for n in (50, 100, 200)}


def test_what_is_measured_is_there(tiny):
    arms = few("linear on measurements") | few("MLP", hidden=(12,)) | few("CNN", filters=(2, 3))
    runs = features.measure(arms, tiny, [0, 1])
    found = {(run.label, run.seed): run for run in runs}
    assert len(found) == len(runs)
    for name in (*few("MLP"), RULES, label(NEIGHBOURS, 50), label(NEIGHBOURS, 200)):
        assert all(0 <= found[name, seed].final["test accuracy"] <= 1 for seed in (0, 1))
    assert (label("CNN", 50), 1) not in found  # half of the seeds
    assert found[RULES, 0].final == found[RULES, 1].final
    assert found[label(NEIGHBOURS, 200), 0].final == found[label(NEIGHBOURS, 200), 1].final
    assert [len(found[label(name, 200), 0].extra["pictures"]) for name in ("MLP", "CNN")] == [9, 2]
    assert (label("CNN", 100), 0) not in found  # with so few images every second size
    assert "pictures" not in found[label("MLP", 50), 0].extra
    assert "pictures" not in found[label("MLP", 200), 1].extra
    assert found[label("MLP", 200), 1].extra["mixed up"] >= 0
    assert found[label("linear on measurements", 200), 0].extra == {}
    for name in GAPS:
        extra = found[name, 0].extra
        assert 0 <= extra["wrong"] <= 50
        assert extra["cut-off"] == pytest.approx(found[name, 1].extra["cut-off"])  # all 200 digits are theirs
        assert ("zeros called sixes" in extra) == (name == SWEPT)
        assert found[name, 1].extra.keys() == {"cut-off", "wrong", "wrong on test"}


def test_zeros_and_sixes_that_pass_for_each_other_are_counted(tiny):
    """A network that calls all zeros six and all else one: the zeros are mixed up, the sixes are not."""
    model = Model("MLP", LEARNERS["MLP"], 1)
    data = replace(tiny, test=replace(tiny.test, x=(tiny.test.y == 0).double()[:, None]))

    class Says:
        @staticmethod
        def forward(x):
            z = torch.zeros(len(x), 10)
            z[:, 1], z[:, 6] = 0.5, x[:, 0]
            return z, ()

    found = features.look_inside(model, [Layer(Says), Layer(None)], [()], data, largest=0, first=0)
    zeros, sixes = ((tiny.test.y == digit).sum() for digit in (0, 6))
    assert found == {"mixed up": pytest.approx(100 * float(zeros / (zeros + sixes)))}


def test_few_images_leave_out_arms_and_steps():
    quick = features.possible(ARMS, 10_000)
    assert label("CNN", 50_000) not in quick
    assert quick[label("CNN", 10_000)].steps == 500
    assert quick[label("CNN", 100)].steps == 100
    assert quick[label("CNN", 300)].steps == 120
    assert features.possible(ARMS, 50_000) == ARMS


def test_learners_of_a_size_differ_in_what_the_question_is_about():
    for n in RUNGS:
        base = ARMS[label("linear on pixels", n)]
        for learner in LEARNERS:
            arm = ARMS[label(learner, n)]
            assert replace(arm, inputs="0 to 1", hidden=(), filters=(), lr=base.lr) == base


def runs(accuracies, wrong=8.0, status="ok"):
    """Five seeds of everything, with these test accuracies in percent by learner (alone or with a size)."""
    noise = [-0.001, 0.0005, 0.0, 0.001, -0.0005]
    found, picture = [], [[0.1] * 28, [-0.5] * 28] * 14
    for learner in (*LEARNERS, NEIGHBOURS, RULES):
        for n in (None,) if learner == RULES else RUNGS:
            name = RULES if n is None else label(learner, n)
            value = accuracies.get((learner, n), accuracies[learner]) / 100
            size = 1 + len(learner) % 3
            for seed, e in enumerate(noise):
                inside = n == 50_000 and learner in ("MLP", "CNN")
                extra = {"pictures": [picture] * 9, "mixed up": 0.1} if inside else {}
                found.append(Run(name, seed, status, final={"test accuracy": value + e * size}, extra=extra))
    for name in GAPS:
        for seed, e in enumerate(noise):
            extra = {"cut-off": 0.4, "wrong": wrong + e, "wrong on test": wrong - e}
            extra |= {"zeros called sixes": [0.0, 50.0], "sixes called zeros": [60.0, 0.0]}
            found.append(Run(name, seed, status, extra=extra | {"zeros": [picture] * 5, "sixes": [picture] * 5}))
    return found


USUAL = {
    **{"linear on measurements": 73.0, "linear on pixels": 85.0, "linear on HOG": 96.0, "MLP": 93.0, "CNN": 95.0},
    **{NEIGHBOURS: 91.0, RULES: 82.0, ("CNN", 50_000): 98.9, ("CNN", 10_000): 98.0},
}


def outcomes(found):
    return {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}


def test_the_usual_world_gives_the_usual_verdicts():
    found = features.verdicts(runs(USUAL))
    assert outcomes(found) == {
        "rules-fail": "supported",
        "ambiguous": "supported",
        "extraction-matters": "supported",
        "raw-rarely-works": "conditional",
        "only-methods": "supported",
        "learned-win": "conditional",
    }
    assert features.title(found) == "The CNN is shown to beat hand-made HOG from 10,000 digits on, the MLP nowhere"
    assert features.title(found) in features.alt(found)


@pytest.mark.parametrize(
    ("statement", "outcome", "world", "wrong"),
    [
        ("rules-fail", "refuted", {RULES: 99.5}, 8.0),
        ("rules-fail", "conditional", {("MLP", 100): 75.0}, 8.0),
        ("ambiguous", "refuted", {}, 0.5),
        ("extraction-matters", "refuted", {"linear on HOG": 70.0, "linear on measurements": 90.0}, 8.0),
        ("extraction-matters", "conditional", {"linear on measurements": 90.0}, 8.0),
        ("raw-rarely-works", "supported", {NEIGHBOURS: 89.0}, 8.0),
        ("raw-rarely-works", "refuted", {"linear on pixels": 91.0}, 8.0),
        ("only-methods", "refuted", {NEIGHBOURS: 99.0}, 8.0),
        ("only-methods", "conditional", {(NEIGHBOURS, 50_000): 97.0}, 8.0),
        ("learned-win", "supported", {"MLP": 97.0, "CNN": 97.0}, 8.0),
        ("learned-win", "refuted", {"linear on HOG": 99.5}, 8.0),
    ],
)
def test_other_worlds_give_other_verdicts(statement, outcome, world, wrong):
    assert outcomes(features.verdicts(runs(USUAL | world, wrong)))[statement] == outcome


def test_the_title_tells_where_the_lines_cross():
    def said(**world):
        return features.title(features.verdicts(runs(USUAL | world)))

    assert said(MLP=97.0).endswith("the MLP at every size")
    assert "HOG only with 50,000 digits, the MLP nowhere" in features.title(
        features.verdicts(runs(USUAL | {("CNN", 10_000): 95.0}))
    )
    found = features.verdicts(runs(USUAL | {("CNN", 100): 97.0}))
    assert "HOG at 3 of 6 sizes," in features.title(found)


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    sick = runs(USUAL, status="diverged")
    found = features.verdicts(sick)
    assert set(outcomes(found).values()) == {"not shown"}
    assert "diverged" in features.title(found)
    assert render(lambda figure: features.draw(figure, sick, found))


def test_one_seed_is_drawn_without_a_band():
    one = [run for run in runs(USUAL) if run.seed == 0]
    assert render(lambda figure: features.draw(figure, one, features.verdicts(one)))


def test_all_sizes_run_at_the_rate_that_is_best_at_a_size_near_by():
    record = records.read(COMMITTED)
    for learner in LEARNERS:
        for n in RUNGS:
            near = label(learner, MANY if n >= MANY else FEW)
            assert record.settings[label(learner, n)]["lr"] == record.tuning[near]["chosen"]


def test_the_rules_in_the_record_are_those_of_the_package():
    test = load().test
    found = float((answers(test.x) == test.y).double().mean())
    assert {run.final["test accuracy"] for run in records.read(COMMITTED).runs if run.label == RULES} == {found}
