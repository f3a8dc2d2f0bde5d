from dataclasses import replace

import pytest

from dlconcepts.concepts import batch_size
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "batch_size.json"
NOISE = [-0.001, 0.0005, 0.0, 0.001, -0.0005]  # of five seeds


@pytest.mark.parametrize("budget", [{"epochs": 3}, {"steps": 25}], ids=str)
@pytest.mark.parametrize(("B", "schedule"), [(32, "cosine"), (250, "constant")])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(small, B, schedule, budget):
    setting = Setting(hidden=(16,), batch_size=B, lr=0.2, schedule=schedule, **budget)
    theirs = by_epoch(batch_size.in_torch(small, setting, seed=3), setting, 600)
    (run,) = train({"a": setting}, [3], small)
    for loss, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(loss - ours) < 1e-12


def accuracies(small_in_epochs=0.96, large_in_epochs=0.92, small_in_steps=0.8, large_in_steps=0.93):
    """A straight line over the sizes between what the smallest and the largest reach within a budget."""
    ends = {"epochs": (small_in_epochs, large_in_epochs), "steps": (small_in_steps, large_in_steps)}
    return {
        label: a + (b - a) * batch_size.SIZES.index(arm.batch_size) / 4
        for label, arm in batch_size.ARMS.items()
        for a, b in [ends["steps" if arm.steps else "epochs"]]
    }


USUAL = {
    "accuracy": accuracies(),
    "exponents": {"first weights": -0.5, "trained": -0.5, batch_size.ONCE: -0.5},
    "counted": {str(B): [[B, 5000 // B]] + [[5000 % B, 1]] * (5000 % B > 0) for B in batch_size.SIZES},
    "deviation": 1e-16,
    "bytes": lambda B: {"activations": 3312 * B, "parameters": 101632},
    "speed": lambda B: min(B, 512) * 1000.0,
    "status": "ok",
}


def world(**changed):
    """Five seeds of every arm, and what was counted, added up and timed."""
    of = {**USUAL, **changed}

    def noise(name, B, e):
        bent = ((1024 - B) / 1023) ** 0.5 if name == batch_size.ONCE else 1
        return 9 * B ** (of["exponents"][name] + e) * bent

    runs = [
        Run(
            label,
            seed,
            of["status"],
            final={"test accuracy": a + e},
            extra={"noise": {n: {str(B): noise(n, B, e) for B in batch_size.EVERY} for n in of["exponents"]}}
            if label == batch_size.WATCHED and of["status"] == "ok"
            else {},
        )
        for label, a in of["accuracy"].items()
        for seed, e in enumerate(NOISE)
    ]
    extra = {"examples": 5000, "counted": of["counted"], "deviation": of["deviation"]}
    saved = {name: {str(B): of["bytes"](B) for B in (1, *batch_size.SPEEDS)} for name in batch_size.NETWORKS}
    rows = [{str(B): of["speed"](B) * (1 + e) for B in batch_size.SPEEDS} for e in NOISE]
    return [
        *runs,
        *(Run("definition", seed, extra=extra) for seed in range(5)),
        Run("memory", 0, extra=saved, timing={"peak": {"2": None}}),
        *(Run("throughput", turn, timing={"examples per second": row}) for turn, row in enumerate(rows)),
    ]


def outcomes(**changed):
    """What is found in a world: each statement's outcome, and those of its parts in order."""
    found = batch_size.verdicts(world(**changed))
    return {name.split(".")[1]: (v.outcome, [part.outcome for part in v.parts.values()]) for name, v in found.items()}


YES, NO, OPEN = "supported", "refuted", "not shown"


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes() == {
        "definition": (YES, [YES, YES]),
        "memory": (YES, [YES, YES]),
        "noise": ("conditional", [YES, YES, YES, NO, YES]),
        "budget": (YES, [YES] * 4),
        "throughput": (YES, [YES, YES]),
    }


def test_a_batch_of_another_size_or_gradient_is_no_batch():
    wrong = {**USUAL["counted"], "8": [[7, 625]]}
    assert outcomes(counted=wrong)["definition"] == ("conditional", [NO, YES])
    assert outcomes(deviation=1e-6)["definition"] == ("conditional", [YES, NO])


def test_memory_that_stays_or_weights_that_grow_refute():
    constant = outcomes(bytes=lambda B: {"activations": 3312, "parameters": 101632})
    assert constant["memory"] == ("conditional", [NO, YES])
    assert outcomes(bytes=lambda B: {"activations": B, "parameters": B})["memory"] == ("conditional", [YES, NO])


@pytest.mark.parametrize("exponent", [-1.0, -0.6, -0.4, 0.0])
def test_noise_that_falls_otherwise_refutes(exponent):
    found = outcomes(exponents=dict.fromkeys(USUAL["exponents"], exponent))
    assert found["noise"][0] in (NO, "conditional")
    assert found["noise"][1][:3] == [NO] * 3
    assert found["noise"][1][4] == NO


def test_the_budget_decides_only_where_the_order_turns():
    assert outcomes(accuracy=accuracies(small_in_steps=0.95))["budget"] == ("conditional", [YES, NO] * 2)
    assert outcomes(accuracy=accuracies(large_in_epochs=0.97))["budget"] == ("conditional", [NO, YES] * 2)
    assert outcomes(accuracy=accuracies(0.9, 0.95, 0.95, 0.9))["budget"] == (NO, [NO] * 4)
    assert outcomes(accuracy=accuracies(0.9265, 0.92, 0.9, 0.9))["budget"][1][0] == YES
    assert outcomes(accuracy=accuracies(0.9235, 0.92, 0.9, 0.9))["budget"][1][0] == NO


def test_a_speed_that_does_not_rise_or_never_ends_is_told():
    assert outcomes(speed=lambda B: 1000.0)["throughput"] == ("conditional", [NO, YES])
    assert outcomes(speed=lambda B: 1000.0 * B)["throughput"] == ("conditional", [YES, NO])


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    runs = world(status="diverged")
    found = batch_size.verdicts(runs)
    assert {found[f"batch_size.{name}"].outcome for name in ("noise", "budget")} == {OPEN}
    assert "diverged" in batch_size.title(found)
    assert render(lambda figure: batch_size.draw(figure, runs, found))


def test_the_title_says_what_the_verdict_says():
    found = batch_size.verdicts(world())
    assert "batches of 8 win by 4.0 points" in batch_size.title(found)
    assert "batches of 2048 by 13.0" in batch_size.title(found)
    assert batch_size.title(found) in batch_size.alt(found)
    found = batch_size.verdicts(world(accuracy=accuracies(small_in_steps=0.95)))
    assert "+4.0 points in as many epochs (supported), +2.0 in as many steps (refuted)" in batch_size.title(found)


def test_the_rate_that_is_scaled_is_the_middle_sizes_own():
    table = records.read(COMMITTED).tuning
    for budget, rate in batch_size.ONE_RATE.items():
        assert table[batch_size.arm(budget, batch_size.MIDDLE)]["chosen"] == rate


def test_arms_differ_in_batch_size_and_rate_alone():
    for budget, base in batch_size.BUDGETS.items():
        for label, arm in batch_size.ARMS.items():
            if label.startswith(f"same {budget}"):
                assert replace(arm, batch_size=base.batch_size, lr=base.lr) == base


def test_scaled_rates_are_in_proportion_to_the_size():
    for label, arm in batch_size.ARMS.items():
        if label.endswith("scaled"):
            rate = batch_size.ONE_RATE["steps" if arm.steps else "epochs"]
            assert arm.lr / arm.batch_size == pytest.approx(rate / batch_size.MIDDLE)
