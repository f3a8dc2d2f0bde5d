"""Every kind of training beside the same in everyday torch."""

import json

import pytest
import torch

from dlconcepts.bench import kinds, measure, recipes
from dlconcepts.commands import cli
from dlconcepts.images.data_set import Data, Split
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import Model
from dlconcepts.training.train import first


@pytest.mark.parametrize("name", kinds.KINDS)
def test_both_sides_train_the_same_network(name, mnist):
    kind, split = kinds.KINDS[name], Split(mnist.train.x[:128], mnist.train.y[:128])
    fields = {"hidden": (recipes.H,), "lr": recipes.LR, **kind.setting}
    _, ours = first([Model("a", Setting(**fields), 0)], Data("", "", split, split, split), "manual")
    model = kind.model()
    theirs = sorted(p.numel() for p in model.parameters())
    assert sorted(p.numel() for layer in ours.params for p in layer) == theirs
    (group,) = kind.optimizer(model.parameters()).param_groups
    assert group["lr"] == fields["lr"]
    assert group["weight_decay"] == fields.get("weight_decay", 0) + fields.get("l2", 0)
    before = [p.clone() for p in model.parameters()]
    recipes.in_memory(split, 64, lambda: model, kind.optimizer)()
    assert all(not torch.equal(p, q) for p, q in zip(before, model.parameters(), strict=True))


def test_a_row_has_the_ratio_of_each_number_of_models(mnist, monkeypatch):
    monkeypatch.setattr(kinds, "PART", 128)
    row = kinds.compare_kind("momentum", mnist, 1, lambda text: None)
    everyday, *ours = row["seconds"].values()
    assert list(row["times as fast"].values()) == pytest.approx([everyday / spent for spent in ours])
    assert list(row["times as fast"]) == ["one model", "16 at once"]


def test_a_loss_is_called_one():
    row = {"kind": "CNN", "models": 8, "times as fast": {"one model": 0.5, "8 at once": 1.5}}
    _, line = kinds.kinds_table([row]).splitlines()
    assert line.split() == ["CNN", "0.50", "slower", "1.50", "8"]


def test_a_chosen_kind_is_measured_alone(monkeypatch, capsys):
    monkeypatch.setattr(kinds, "PART", 128)
    monkeypatch.setattr(measure, "compare", None)
    monkeypatch.setattr(measure, "scaling", None)
    assert cli.main(["bench", "--kind", "dropout", "--kind", "L2 penalty", "--rounds", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["kind"] for row in found["kinds"]] == ["dropout", "L2 penalty"]


def test_an_unknown_kind_is_refused_with_the_known_ones(capsys):
    assert cli.main(["bench", "--kind", "adam"]) == 2
    assert "--kind 'adam': expected one of plain SGD; " in capsys.readouterr().err
