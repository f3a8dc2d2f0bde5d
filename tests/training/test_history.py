from dataclasses import replace

import pytest
import torch

from dlconcepts.training import memory
from dlconcepts.training.history import History, mean_loss
from dlconcepts.training.memory import estimate, need_memory
from dlconcepts.training.setting import Setting
from dlconcepts.training.step import Stack
from dlconcepts.training.train import train

SHORT = Setting(hidden=(64,), batch_size=20, epochs=40, lr=0.3)


def fed(losses, patience):
    """A history fed with validation losses (epochs x models); model m's only weight at epoch e is 10 e + m."""
    history = History(len(losses[0]), patience)
    for epoch, row in enumerate(losses, 1):
        loss = torch.tensor(row, dtype=torch.float64)
        weights = torch.tensor([[10.0 * epoch + m] for m in range(len(row))])
        history.add(loss, loss, loss, loss, Stack([(weights,)], [], {}))
        if history.all_stopped():
            break
    return history


NAN = float("nan")


def test_each_model_stops_after_its_own_patience_with_its_own_best_weights():
    history = fed([[3, 5], [2, 4], [2.5, 3], [2.5, 2], [1, 1.5], [0, 1.6], [0, 1.7]], patience=2)
    assert history.ended.tolist() == [4, 7]
    assert history.best_epoch.tolist() == [2, 5]
    assert history.chosen(None).params[0][0].tolist() == [[20.0], [51.0]]
    assert [len(history.of_model(m)["validation loss"]) for m in (0, 1)] == [4, 7]


def test_a_loss_that_is_no_number_is_never_better():
    history = fed([[3.0], [NAN], [NAN], [NAN]], patience=3)
    assert history.ended.tolist() == [4]
    assert history.best_epoch.tolist() == [1]


def test_without_patience_nothing_stops():
    history = fed([[1.0], [2.0], [3.0]], patience=0)
    assert not history.all_stopped()
    now = Stack([], [], {})
    assert history.chosen(now) is now


def test_early_stopping_ends_a_training_whose_validation_loss_rises(small):
    (whole,) = train({"a": SHORT}, [0], small)
    (stopped,) = train({"a": replace(SHORT, patience=3)}, [0], small)
    losses = stopped.curves["validation loss"]
    assert len(losses) < 40
    assert losses == whole.curves["validation loss"][: len(losses)]
    assert min(losses) == losses[-4]
    assert stopped.final["test loss"] < whole.final["test loss"]


def test_early_stopping_in_a_stack_is_early_stopping_alone(small):
    arms = {str(lr): replace(SHORT, patience=2, epochs=15, lr=lr) for lr in (0.05, 0.3)}
    together = train(arms, [0, 1], small)
    alone = [train({label: arms[label]}, [seed], small)[0] for label in arms for seed in [0, 1]]
    for a, b in zip(together, alone, strict=True):
        assert a.curves["validation loss"] == pytest.approx(b.curves["validation loss"], abs=1e-9)
        assert a.final == pytest.approx(b.final, abs=1e-9)


def test_a_neighbours_training_does_not_break_a_model_that_has_stopped(tiny):
    """A stopped model's weights still move with its stack, maybe to infinity: that is not its own fate."""
    base = Setting(hidden=(8,), activation="identity", batch_size=20, epochs=12, patience=1)
    arms = {"wild": replace(base, lr=5.0), "slow": replace(base, lr=0.01)}
    together = train(arms, [0, 1, 2], tiny)
    alone = [train({label: arms[label]}, [seed], tiny)[0] for label in arms for seed in [0, 1, 2]]
    assert [(run.status, run.diverged_at) for run in together] == [(run.status, run.diverged_at) for run in alone]
    assert [len(run.curves["validation loss"]) for run in together] == [
        len(run.curves["validation loss"]) for run in alone
    ]


def test_a_budget_of_steps_ends_in_the_middle_of_an_epoch(small):
    heard = []
    (run,) = train({"a": replace(SHORT, steps=47)}, [0], small, progress=heard.append)
    assert len(run.curves["training loss"]) == 2  # 30 steps an epoch
    assert sum(heard) == 2
    (longer,) = train({"a": replace(SHORT, steps=60)}, [0], small)
    (epochs,) = train({"a": replace(SHORT, epochs=2)}, [0], small)
    assert longer == epochs
    assert run.curves["training loss"][0] == longer.curves["training loss"][0]


def test_a_stack_that_cannot_fit_is_refused_with_the_estimate(small):
    with pytest.raises(MemoryError, match=r"1 models at once need about \d+\.\d GiB, this machine has"):
        train({"a": replace(SHORT, hidden=(2_000_000, 2_000_000))}, [0], small)


def test_the_estimate_is_of_the_right_size(small):
    setting = replace(SHORT, hidden=(100,))
    weights = 784 * 100 + 100 + 100 * 10 + 10
    at_least = 8 * 16 * 3 * weights
    assert at_least < estimate([setting] * 16, small) < 10 * at_least + 8 * 16 * 1000 * 2000
    assert estimate([replace(setting, optimizer="adam")], small) > estimate([setting], small)
    need_memory([setting] * 16, small)


def test_a_containers_limit_counts_as_memory(tmp_path, monkeypatch):
    machine, limit = memory.available(), tmp_path / "memory.max"
    monkeypatch.setattr(memory, "CONTAINER", [limit])
    assert memory.available() >= machine  # without the limit of a container that these tests may run in
    for text, expected in [("max\n", memory.available()), ("4096\n", 4096)]:
        limit.write_text(text)
        assert memory.available() == expected


def test_the_mean_loss_of_an_epoch_weighs_batches_by_their_examples():
    losses = [torch.tensor([1.0, 4.0]), torch.tensor([2.0, 5.0]), torch.tensor([6.0, 0.0])]
    assert mean_loss(losses, [10, 10, 5]).tolist() == [6 / 2.5, 9 / 2.5]
    assert mean_loss(losses, [10] * 10).tolist() == [3, 3]  # an epoch that its budget cut short
    assert mean_loss(losses[:1], [4]).tolist() == [1, 4]
