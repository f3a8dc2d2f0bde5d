from dataclasses import replace

import pytest
import torch

from dlconcepts.concepts import optimizer
from dlconcepts.concepts.optimizer.arms import ARMS, PLAIN, SHOWN
from dlconcepts.evidence import records
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "optimizer.json"


@pytest.mark.parametrize("name", SHOWN)
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, name):
    decay = 0.01 if name in ("adamw", "sgd") else 0.0
    lr = 0.1 if name in PLAIN else 0.01
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


def test_the_paths_of_the_record_are_those_that_the_formulas_lead_along():
    from dlconcepts.concepts.optimizer.descents import path, starts
    from dlconcepts.concepts.optimizer.surface import surfaces

    for run in records.read(COMMITTED).runs:
        if "path" in run.extra and run.label == "Nesterov, Rosenbrock":
            points = path("nesterov", surfaces["Rosenbrock"], starts(surfaces["Rosenbrock"], [0]), run.extra["rate"])
            assert torch.tensor(run.extra["path"]["x"]) == pytest.approx(points[:, 0, 0].float(), abs=1e-4)
