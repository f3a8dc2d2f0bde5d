"""A batch norm's answers in training mode, beside those in evaluation."""

import pytest
import torch

from dlconcepts.concepts.shared.train_and_eval_modes import (
    answers_changed,
    as_in_training,
    changed_answers,
    company,
    refuses_one,
)
from dlconcepts.manual.backprop import forward
from dlconcepts.manual.network import stack, unstack
from dlconcepts.training.build import build, evaluation, evaluation_params, first_statistics
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


def evaluated(data, name, **fields):
    """A network as it is evaluated, before any training, and its parameters."""
    network = build([Setting(hidden=(16,), normalization=name, **fields)], data.train.x)
    params = stack([start(network, 0, data.train.x)])
    return evaluation(network), unstack(evaluation_params(params, first_statistics(network, params)), 0)


def test_in_training_mode_a_batch_norm_takes_the_batchs_own_statistics(small):
    network, params = evaluated(small, "batch norm")
    layers, own = as_in_training(network, params)
    hidden, _ = forward(layers[:2], own[:2], small.test.x)
    assert hidden.mean(0).abs().max() < 1e-12
    before, _ = forward(network[:2], params[:2], small.test.x)  # mean 0 and variance 1 as running statistics: as it is
    assert before.mean(0).abs().max() > 0.1


def test_only_a_batch_norm_refuses_one_example_and_mixes_a_batch(small):
    x = small.test.x[:100]
    found = {name: evaluated(small, name) for name in ("none", "batch norm", "layer norm")}
    assert [refuses_one(*found[name], x) for name in found] == [False, True, False]
    assert company(*found["batch norm"], x, 2) > 0.01
    assert company(*found["layer norm"], x, 1) < 1e-12
    assert company(*found["none"], x, 1) < 1e-12
    assert changed_answers(*found["batch norm"], x, 4) > 0.1
    assert changed_answers(*found["layer norm"], x, 4) == 0


def test_images_are_asked_in_training_mode_too(small):
    network, params = evaluated(small, "batch norm", filters=(2,))
    x = small.test.x[:20].unflatten(-1, (1, 28, 28))
    layers, own = as_in_training(network, params)
    channels, _ = forward(layers[:2], own[:2], x)
    assert channels.mean((0, 2, 3)).abs().max() < 1e-12


@pytest.mark.parametrize("name", ["none", "layer norm"])
def test_without_a_batch_norm_training_mode_changes_nothing(small, name):
    network, params = evaluated(small, name)
    layers, own = as_in_training(network, params)
    a, _ = forward(network[:-1], params, small.test.x)
    b, _ = forward(layers[:-1], own, small.test.x)
    assert torch.equal(a, b)


def changed(data, **fields):
    setting = Setting(hidden=(16,), **fields)
    network = build([setting], data.train.x)
    params = stack([start(network, 0, data.train.x)])
    own = unstack(evaluation_params(params, first_statistics(network, params)), 0)
    return answers_changed(evaluation(network), own, setting, 0, data.test.x, 50)


def test_dropout_and_batch_norm_change_answers_in_training_and_nothing_else_does(small):
    assert changed(small) == changed(small, normalization="layer norm") == 0
    assert changed(small, normalization="batch norm") > 0.1
    assert changed(small, dropout=0.9) > changed(small, dropout=0.1) > 0


def test_the_answers_are_asked_of_the_network_that_was_trained_beside_others(small):
    """A stack with dropout in one model has the layer in all of them, with an empty tuple for its parameters."""
    setting = Setting(hidden=(16,))
    network = build([setting, Setting(hidden=(16,), dropout=0.5)], small.train.x)
    params = start(network, 0, small.train.x)
    assert answers_changed(evaluation(network), params, setting, 0, small.test.x, 50) == 0
