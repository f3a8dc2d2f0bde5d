from dataclasses import replace
from math import log10

import pytest
import torch
from matplotlib.figure import Figure

from dlconcepts.concepts import backprop
from dlconcepts.concepts.backprop import experiment
from dlconcepts.concepts.backprop.experiment import (
    ARMS,
    AUTOGRAD,
    CONVEX,
    HAND,
    KINDS,
    SMALL,
    STEP_SIZES,
    STEPS,
    WATCHED,
)
from dlconcepts.concepts.backprop.one_weight import one_weight
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "backprop.json"


@pytest.mark.parametrize("fields", [{"hidden": (16,)}, {"hidden": (9, 8)}, {"inputs": "0 to 255", "lr": 0.001}])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, fields):
    setting = replace(Setting(epochs=3, batch_size=32, lr=0.2), **fields)
    theirs = backprop.in_torch(tiny, setting, seed=3)
    (run,) = train({"a": setting}, [3], tiny)
    for theirs_of_epoch, ours in zip(by_epoch(theirs, setting, 200), run.curves["training loss"], strict=True):
        assert abs(theirs_of_epoch - ours) < 1e-12


CENTRAL = [h**2 + 1e-16 / h for h in STEP_SIZES]
ONE_SIDED = [h + 1e-16 / h for h in STEP_SIZES]
SLOPES = {"off autograd": 1e-15, "off paths": 1e-15, "central": CENTRAL, "one-sided": ONE_SIDED}
SLOPES |= {"single": [1e-4] * 12, "order": {"last": 1e-16, "before": 0.9, "loss": 0.0}}
END = {"loss": 0.2, "length": 0.3, "off autograd": 1e-15, "order": {"last": 1e-16, "before": 0.7, "loss": 0.0}}
USUAL = {f"{kind}, own rate": 0.95 for kind in KINDS} | {f"{kind}, rate 1": 0.5 for kind in KINDS}
USUAL |= {HAND: 0.9, AUTOGRAD: 0.9}


def runs(accuracies=None, slopes=None, end=None, apart=1e-15, lengths=(0.3, 0.003), spread=(0.1, 1e-5), status="ok"):
    """Five seeds of every arm and of every probe; lengths and spreads: the small network's, softmax regression's."""
    found, accuracies = [], USUAL | (accuracies or {})
    for seed, noise in enumerate([-0.4, 0.2, 0.3, 0.4, -0.5]):
        for label, a in accuracies.items():
            extra = END | (end or {}) if label == WATCHED else {}
            extra = extra and extra | {"loss": extra["loss"] * (1 + 0.1 * noise)}
            final = {"test accuracy": a + noise * 1e-3 * (label not in (HAND, AUTOGRAD))}
            found.append(Run(label, seed, status, final=final, extra=extra))
        found.append(Run(SMALL, seed, extra=varied(SLOPES | (slopes or {}), noise)))
        for name, length, width in zip((SMALL, CONVEX), lengths, spread, strict=True):
            extra = {"length": length * (1 + noise / 5), "loss": 0.2 * (1 + width * noise)}
            found.append(Run(f"{name}, all digits", seed, extra=extra))
        found.append(Run(STEPS, seed, extra={"apart": apart}))
    return found


def varied(slopes, noise):
    """Every seed's errors a little others."""
    factor = 1 + noise / 10
    return slopes | {name: [factor * e for e in slopes[name]] for name in ("central", "one-sided", "single")}


def outcomes(**world):
    return {name.split(".")[1]: verdict.outcome for name, verdict in backprop.verdicts(runs(**world)).items()}


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes() == {
        "chain-rule": "supported",
        "order": "refuted",
        "subtract": "refuted",
        "local-minimum": "conditional",
        "training-equal": "supported",
    }


@pytest.mark.parametrize(
    "slopes",
    [
        {"off autograd": 1e-6},
        {"off paths": 1e-6},
        {"central": [1e-6 + e for e in CENTRAL]},
        {"central": ONE_SIDED},
        {"one-sided": CENTRAL},
        {"central": [1e-9] * len(STEP_SIZES)},
    ],
)
def test_slopes_that_are_off_are_noticed(slopes):
    assert outcomes(slopes=slopes)["chain-rule"] == "conditional"


def test_other_worlds_give_other_verdicts():
    same = {"last": 1e-16, "before": 1e-6, "loss": 0.0}
    assert outcomes(slopes={"order": same}, end={"order": same})["order"] == "supported"
    other = {
        "last": 1e-3,
        "before": 0.9,
        "loss": 0.0,
    }  # where the last gradients differ, nothing is said of those before
    assert outcomes(slopes={"order": other}, end={"order": other})["order"] == "not shown"
    as_good = {f"{kind}, rate 1": 0.95 for kind in KINDS}
    assert outcomes(accuracies=as_good)["subtract"] == "supported"
    assert outcomes(accuracies={"one hidden layer, rate 1": 0.95})["subtract"] == "conditional"
    arrived = {"lengths": (1e-5, 1e-5), "spread": (1e-6, 1e-6)}
    assert (
        outcomes(end={"length": 1e-4}, **arrived)["local-minimum"] == "conditional"
    )  # one gradient gone, losses apart
    assert outcomes(lengths=(0.3, 0.3), spread=(0.3, 0.3))["local-minimum"] == "refuted"
    assert outcomes(apart=1e-3)["training-equal"] == "conditional"
    assert outcomes(accuracies={HAND: 0.89})["training-equal"] == "conditional"


def test_a_model_that_diverged_knows_as_much_as_guessing():
    assert backprop.knows(Run("a", 0, "diverged", 7, final={"test accuracy": None})) == 10
    assert backprop.knows(Run("a", 0, final={"test accuracy": 0.95})) == 95


def test_seeds_are_held_against_the_others_mean():
    assert backprop.apart([1.0, 2.0, 3.0]) == [pytest.approx(1 - 1 / 2.5), 0, pytest.approx(1)]
    assert backprop.apart([1.0, None, 3.0]) == [None] * 3
    assert backprop.powers([0.01, None, 0.0]) == [-2, None, log10(backprop.NOTHING)]


def test_where_all_diverged_less_is_shown_and_the_figure_is_drawn():
    found = backprop.verdicts(runs(status="diverged"))
    assert found["backprop.local-minimum"].outcome == "conditional"
    assert found["backprop.local-minimum"].parts["784-32-10, batches: the gradient is gone"].outcome == "not shown"
    assert render(lambda figure: backprop.draw(figure, runs(status="diverged"), found))


def test_the_title_says_what_the_verdicts_say():
    found = backprop.verdicts(runs())
    assert "autograd's to 1e-15" in backprop.title(found)
    assert backprop.title(found) in backprop.alt(found)
    assert "(refuted)" in backprop.title(backprop.verdicts(runs(slopes={"off autograd": 1e-6})))
    assert "not shown" in backprop.title(backprop.verdicts(runs(slopes={"off autograd": None})))


def test_arms_differ_in_what_the_question_is_about():
    assert ARMS[HAND] == ARMS[AUTOGRAD]
    for kind in KINDS:
        assert replace(ARMS[f"{kind}, rate 1"], lr=0.1) == ARMS[f"{kind}, own rate"]
        assert ARMS[f"{kind}, rate 1"].lr == 1


def test_each_of_the_two_arms_has_its_own_source_whatever_is_asked_for(tiny, monkeypatch):
    used = {}

    def spy(settings, seeds, data, gradients="manual", **options):
        used.update(dict.fromkeys(settings, gradients))
        return []

    monkeypatch.setattr(experiment, "train", spy)
    for name in ("small_networks", "at_the_end", "side_by_side"):
        monkeypatch.setattr(experiment, name, lambda *_: [])
    backprop.measure(ARMS, tiny, [0], gradients="autograd")
    assert (used[HAND], used[AUTOGRAD], used[WATCHED]) == ("manual", "autograd", "autograd")


def test_what_is_looked_at_in_a_trained_network_is_right(tiny):
    setting = Setting(hidden=(8,), batch_size=50, epochs=1)
    (run,) = train({WATCHED: setting}, [1], tiny, observe=backprop.observe)
    assert run.extra["off autograd"] < 1e-12
    assert run.extra["order"]["last"] < 1e-12 < run.extra["order"]["before"]
    model = torch.nn.Sequential(torch.nn.Linear(784, 8), torch.nn.ReLU(), torch.nn.Linear(8, 10))
    model = backprop.everyday_torch.begin(model, setting, tiny, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    examples = backprop.everyday_torch.examples(tiny, setting, 1)
    backprop.everyday_torch.fit(model, torch.nn.functional.cross_entropy, optimizer, examples)
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(tiny.train.x), tiny.train.y)
    loss.backward()
    length = float(sum(p.grad.square().sum() for p in model.parameters()).sqrt())
    assert run.extra["loss"] == pytest.approx(loss.item(), abs=1e-12)
    assert run.extra["length"] == pytest.approx(length, abs=1e-12)


@pytest.mark.parametrize(
    "override", [{"normalization": "batch norm"}, {"hidden": ()}, {"filters": (2,)}, {"loss": "hinge"}]
)
def test_other_settings_are_not_looked_into(tiny, override):
    setting = replace(Setting(hidden=(8,), batch_size=50, epochs=1), **override)
    (run,) = train({WATCHED: setting}, [1], tiny, observe=backprop.observe)
    assert run.extra == {}


def test_the_figure_writes_the_records_numbers():
    record, figure = records.read(COMMITTED), Figure(layout="constrained")
    backprop.draw(figure, record.runs, record.found())
    (drawn,) = [run.extra["drawn"] for run in record.runs if "drawn" in run.extra]
    one, said = one_weight(drawn), " ".join(text.get_text() for text in figure.axes[0].texts).replace("−", "-")
    assert f"= {one.dw():.3f}" in said
    assert f"{drawn['by autograd'][-2][one.a][one.b]:.5f} by autograd" in said
    assert one.dw() == pytest.approx(drawn["by autograd"][-2][one.a][one.b], abs=1e-4)
