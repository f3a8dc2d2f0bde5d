"""The concept `optimizer`: verdicts that can come out otherwise, and ours beside torch.optim's."""

# Over 200 lines, and one thing: one concept.

from dataclasses import replace

import pytest
import torch
from matplotlib.figure import Figure

from dlconcepts.concepts import optimizer
from dlconcepts.concepts.optimizer.experiment import ARMS, HIGH, LABELS, LOW, OWN, SHOWN, TUNED
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "optimizer.json"
ACCURACY = {
    LOW: dict(zip(SHOWN, (0.36, 0.82, 0.83, 0.85, 0.94, 0.93, 0.935), strict=True)),
    HIGH: dict(zip(SHOWN, (0.94, 0.97, 0.975, 0.93, 0.5, 0.3, 0.4), strict=True)),
    OWN: dict(zip(SHOWN, (0.963, 0.971, 0.972, 0.955, 0.965, 0.975, 0.974), strict=True)),
}
LEFT = {
    "valley": dict(zip(SHOWN, (-1.5, -6.0, -6.5, -13.0, -13.0, -5.0, -5.0), strict=True)),
    "turned valley": dict(zip(SHOWN, (-1.5, -6.0, -6.5, -1.4, -1.5, -4.0, -4.0), strict=True)),
    "Rosenbrock": dict(zip(SHOWN, (-1.0, -3.0, -2.9, -2.5, -1.0, -3.0, -3.0), strict=True)),
}


def world(accuracy=ACCURACY, left=LEFT, upward=0.0, bent=1e-15, from_torch=1e-15, status="ok"):
    """Five seeds of every arm with these accuracies, and of every way down a surface."""
    found = []
    for seed, noise in enumerate([-0.002, 0.001, 0.0, 0.002, -0.001]):
        for (name, at), label in LABELS.items():
            a = accuracy[at][name] + noise * (1 + len(name) % 3) / 3
            curves = {"validation accuracy": [a]}
            found.append(Run(label, seed, status, None, curves, {"test accuracy": a}, {"rate": 0.1}))
        for surface, drops in left.items():
            for name, shown in SHOWN.items():
                extra = {"rate": 0.1, "left": drops[name] + 30 * noise, "upward": upward if name != "sgd" else 0.0}
                if surface == "valley":
                    extra |= {"from torch": from_torch, "from turned": bent}
                if seed == 0:
                    extra["path"] = {"x": [-1.0, 0.0], "y": [1.0, 0.0]}
                found.append(Run(f"{shown}, {surface}", seed, status, extra=extra))
    return found


def parts(statement, runs):
    found = optimizer.verdicts(runs)[f"optimizer.{statement}"].parts
    return {name: part.outcome for name, part in found.items()}


def at(rate, **changed):
    return ACCURACY | {rate: ACCURACY[rate] | changed}


def test_the_usual_world_gives_the_usual_verdicts():
    found = optimizer.verdicts(world(upward=0.3))
    outcomes = {name.split(".")[1]: verdict.outcome for name, verdict in found.items()}
    assert outcomes == {"search": "conditional", "fair": "supported", "axes": "supported"}


def test_it_is_last_who_is_last():
    usual = f"{LOW} for all: SGD is last"
    assert parts("fair", world())[usual] == "supported"
    assert parts("fair", world(at(LOW, sgd=0.9)))[usual] == "refuted"
    assert parts("fair", world(at(LOW, sgd=0.82, momentum=0.82, nesterov=0.9)))[usual] == "not shown"


def test_at_a_high_rate_sgd_may_lose_to_one_of_the_three():
    usual = f"{HIGH} for all: SGD beats RMSprop, Adam and AdamW"
    assert parts("fair", world())[usual] == "supported"
    assert parts("fair", world(at(HIGH, adamw=0.96)))[usual] == "refuted"


def test_at_own_rates_sgd_may_be_last_still():
    usual = f"each at its {OWN}: SGD is not last"
    assert parts("fair", world())[usual] == "supported"
    assert parts("fair", world(at(OWN, sgd=0.94)))[usual] == "refuted"


def test_who_was_first_may_be_first_again():
    usual = f"each at its {OWN}: who was first at {LOW} is beaten"
    assert parts("fair", world())[usual] == "supported"
    assert parts("fair", world(at(OWN, rmsprop=0.98)))[usual] == "not shown"  # nobody beats it: no pair to compare


def test_own_rates_may_leave_them_as_far_apart():
    usual = f"each at its {OWN}: 10 times closer together than at {LOW}"
    assert parts("fair", world())[usual] == "supported"
    assert parts("fair", world(at(OWN, adagrad=0.8)))[usual] == "refuted"


def test_whom_to_compare_with_is_chosen_on_validation_digits():
    runs = world()
    label = LABELS["adagrad", OWN]
    tested = [replace(run, final={"test accuracy": 0.99}) if run.label == label else run for run in runs]
    found = optimizer.verdicts(tested)["optimizer.fair"].parts[f"each at its {OWN}: SGD is not last"]
    assert found.effect < 0
    broken = [replace(r, status="diverged") if r.label == LABELS["adam", OWN] and r.seed == 1 else r for r in runs]
    assert optimizer.picked(runs, SHOWN, OWN, max) == "adam"
    assert optimizer.picked(broken, SHOWN, OWN, max) == "adamw"


def test_a_search_is_judged_surface_by_surface():
    found = parts("search", world(upward=0.3))
    assert found["valley: SGD finds the lowest place"] == "refuted"
    assert found["valley: Adam finds the lowest place"] == "supported"
    assert found["Rosenbrock: RMSprop finds the lowest place"] == "refuted"
    assert found["valley: nor does any other"] == "refuted"
    assert parts("search", world())["valley: nor does any other"] == "supported"


def test_an_update_that_is_not_torchs_is_refuted():
    assert parts("search", world(from_torch=1e-6))["updates: ours are torch.optim's"] == "refuted"


def test_the_last_of_the_seven_may_not_have_learned():
    usual = "MNIST: the last of the seven has learned, at its own rate"
    assert parts("search", world())[usual] == "supported"
    assert parts("search", world(at(OWN, nesterov=0.7)))[usual] == "refuted"


def test_the_axes_may_matter_to_those_that_should_not_mind_and_not_to_the_others():
    assert set(parts("axes", world()).values()) == {"supported"}
    found = parts("axes", world(left=LEFT | {"turned valley": LEFT["valley"]}, bent=0.1))
    assert found["SGD: the same path, turned"] == "refuted"
    assert found["Adagrad: less far down where the valley lies across"] == "not shown"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    runs = world(status="diverged")
    found = optimizer.verdicts(runs)
    assert {verdict.outcome for verdict in found.values()} == {"not shown"}
    assert render(lambda figure: optimizer.draw(figure, runs, found))


def test_one_seed_shows_its_paths_and_tells_nobody_apart():
    runs, figure = [run for run in world() if run.seed == 0], Figure(layout="constrained")
    optimizer.draw(figure, runs, optimizer.verdicts(runs))
    assert all(len(axes.lines) > 2 for axes in figure.axes[:14])
    assert {text.get_text() for text in figure.axes[-1].texts} == {"1–7"}
    assert render(lambda figure: optimizer.draw(figure, runs, optimizer.verdicts(runs)))


def test_the_title_says_what_the_verdicts_say():
    found = optimizer.verdicts(world())
    assert optimizer.title(found).startswith("One rate for all: SGD last by 46, or 44 ahead of three; own rates: 0.8")
    found = optimizer.verdicts(world(at(OWN, sgd=0.94)))
    assert optimizer.title(found).endswith("(conditional)")
    assert optimizer.title(found) in optimizer.alt(found)


@pytest.mark.parametrize("name", SHOWN)
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, name):
    decay = 0.01 if name in ("adamw", "sgd") else 0.0
    lr = 0.1 if name in optimizer.PLAIN else 0.01
    setting = Setting(
        hidden=(16,), epochs=3, batch_size=20, lr=lr, optimizer=name, weight_decay=decay, schedule="cosine"
    )
    theirs = by_epoch(optimizer.in_torch(tiny, setting, seed=3), setting, 200)
    (run,) = train({"a": setting}, [3], tiny)
    assert run.curves["training loss"][-1] < run.curves["training loss"][0]
    for of_torch, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(of_torch - ours) < 1e-10


def test_a_small_run_measures_all_that_is_judged(tiny):
    arms = {label: replace(arm, hidden=(4,), epochs=1, batch_size=50) for label, arm in ARMS.items()}
    found = optimizer.measure(arms, tiny, [0, 1])
    assert len(found) == 2 * (len(ARMS) + 3 * len(SHOWN))
    assert set(optimizer.verdicts(found)) == {f"optimizer.{name}" for name in ("search", "fair", "axes")}
    assert {run.extra["rate"] for run in found if run.label in ARMS} == {0.001, 0.3, 0.1}


def test_every_optimizer_of_the_table_is_compared_and_only_adamw_decays():
    from dlconcepts.rules.optimizer import optimizers

    assert list(SHOWN) == list(optimizers)
    for (name, rate), label in LABELS.items():
        same = replace(ARMS[label], optimizer="sgd", lr=0.1, weight_decay=0.0)
        assert same == replace(optimizer.BASE, lr=0.1)
        assert ARMS[label].weight_decay == (0.01 if name == "adamw" else 0.0)
        if rate != OWN:
            assert ARMS[label].lr == optimizer.RATES[rate]


def test_each_is_tuned_with_the_same_effort():
    assert {len(grid) for _, grid in TUNED.values()} == {7}
    spans = [grid[-1] / grid[0] for _, grid in TUNED.values()]
    assert spans == pytest.approx([spans[0]] * 7)
    assert set(TUNED) == {LABELS[name, OWN] for name in SHOWN}


def test_no_own_rate_of_the_record_lies_at_an_end_of_its_grid():
    for row in records.read(COMMITTED).tuning.values():
        assert row["grid"][0] < row["chosen"] < row["grid"][-1]


def test_the_figure_shows_the_records_numbers():
    record, figure = records.read(COMMITTED), Figure(layout="constrained")
    optimizer.draw(figure, record.runs, record.found())
    multiples, (rates, own, places) = figure.axes[:14], figure.axes[14:]
    run = next(r for r in record.runs if r.label == "SGD, valley" and r.seed == 0)
    assert list(multiples[0].lines[1].get_xdata()) == run.extra["path"]["x"]
    scores = [100 * r.final["test accuracy"] for r in record.runs if r.label == LABELS["sgd", OWN]]
    assert own.lines[1].get_xdata()[0] == pytest.approx(sum(scores) / 10)
    assert len(rates.lines) == 2 * 21
    columns = [[text.get_text() for text in places.texts[i : i + 7]] for i in (0, 7, 14)]
    assert columns[0] == ["7", "6", "5", "4", "1", "2", "3"]
    assert columns[2] == ["6", "4", "1–3", "7", "5", "1–3", "1–3"]


def test_the_paths_of_the_record_are_those_that_the_formulas_lead_along():
    from dlconcepts.concepts.optimizer.descents import path, starts
    from dlconcepts.concepts.optimizer.surface import surfaces

    for run in records.read(COMMITTED).runs:
        if "path" in run.extra and run.label == "Nesterov, Rosenbrock":
            points = path("nesterov", surfaces["Rosenbrock"], starts(surfaces["Rosenbrock"], [0]), run.extra["rate"])
            assert torch.tensor(run.extra["path"]["x"]) == pytest.approx(points[:, 0, 0].float(), abs=1e-4)
