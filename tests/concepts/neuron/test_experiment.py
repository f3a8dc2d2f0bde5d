import json
from dataclasses import replace

import pytest

from dlconcepts.concepts import neuron
from dlconcepts.concepts.neuron.arms import KINDS, WATCHED, without_biases
from dlconcepts.drawing.render import render
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("hidden", "activation"), [((16,), "relu"), ((9, 7), "sigmoid"), ((), "relu")])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(small, hidden, activation, bias):
    setting = Setting(hidden=hidden, activation=activation, bias=bias, epochs=3, lr=0.2, schedule="cosine")
    theirs = by_epoch(neuron.in_torch(small, setting, seed=3), setting, 600)
    (run,) = train({"a": setting}, [3], small)
    for loss, ours in zip(theirs, run.curves["training loss"], strict=True):
        assert abs(loss - ours) < 1e-12


def test_each_kind_has_its_twin_without_biases():
    for kind, setting in KINDS.items():
        assert neuron.ARMS[without_biases(kind)] == replace(setting, bias=False)
    assert all(arm.bias == ("no biases" not in label) for label, arm in neuron.ARMS.items())


@pytest.mark.parametrize(
    "change",
    [{"initial": "he normal"}, {"hidden": ()}, {"bias": False}, {"normalization": "layer norm"}, {"hidden": (5, 4)}],
)
def test_other_settings_are_measured_as_far_as_they_go(tiny, change):
    labels = (WATCHED, "64 sigmoid units, no biases")
    arms = {label: replace(neuron.ARMS[label], **{"epochs": 1, "hidden": (4,)} | change) for label in labels}
    runs = neuron.measure(arms, tiny, [0, 1])
    found = neuron.verdicts(runs)
    json.dumps([run.extra for run in runs], allow_nan=False)
    assert render(lambda figure: neuron.draw(figure, runs, found))
