"""The network that every number can be read of: its inputs, its shape, its training, the pass that is drawn."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from dlconcepts.concepts.shared import small_network
from dlconcepts.concepts.shared.small_network import (
    DIGITS,
    WIDTHS,
    four_numbers,
    layers,
    of_digits,
    quarters,
    train_small,
)
from dlconcepts.images.data_set import Split
from dlconcepts.manual.backprop import forward
from dlconcepts.manual.network import unstack
from dlconcepts.training.gradients import autograd, manual


@pytest.fixture(scope="module")
def parts(small):
    return four_numbers(small)


@pytest.fixture(scope="module")
def trained(parts):
    network = layers()
    return network, train_small(network, [0, 1], parts["train"])


def test_quarters_are_told_apart():
    image = torch.zeros(28, 28)
    image[:14, 14:] = 1  # upper right
    image[20, 3] = 0.5  # lower left
    assert quarters(image.reshape(1, 784)).tolist() == [[0, 1, pytest.approx(0.5 / 196), 0]]


def test_only_the_three_digits_are_left_and_their_labels_count_from_0():
    split = of_digits(Split(torch.arange(5.0)[:, None], torch.tensor([6, 2, 0, 1, 6])))
    assert split.x.flatten().tolist() == [0, 2, 3, 4]
    assert [DIGITS[k] for k in split.y] == [6, 0, 1, 6]


def test_inputs_are_standardized_on_training_digits_alone(parts, small):
    x = parts["train"].x
    assert x.mean(0).abs().max() < 1e-12
    assert (x.std(0, correction=0) - 1).abs().max() < 1e-12
    assert parts["test"].x.mean(0).abs().max() > 1e-3
    assert len(parts["test"]) == sum(int((small.test.y == digit).sum()) for digit in DIGITS)


def test_it_has_136_parameters(trained):
    network, (params, _) = trained
    own = unstack(params, 0)
    assert [tuple(layer[0].shape) for layer in own if layer] == list(pairwise(WIDTHS))
    assert sum(p.numel() for layer in own for p in layer) == 136
    assert small_network.parameters_expected() == (111, 25)
    assert small_network.parameters_expected((4, 3)) == (12, 3)
    assert len(network) == 2 * 6  # the last layer has no activation, and the loss takes its place


def test_it_learns_what_it_learns_alone_and_with_autograd(parts, trained):
    network, (params, losses) = trained
    short = replace(small_network.TRAINED, steps=50)
    for seeds, source in [([1], manual), ([0, 1], autograd)]:
        _, found = train_small(network, seeds, parts["train"], source, short)
        assert (found[:, -1] - losses[:50, 1]).abs().max() < 1e-12
    z, _ = forward(network[:-1], unstack(params, 0), parts["train"].x)
    assert (z.argmax(-1) == parts["train"].y).double().mean() > 0.8


def test_torchs_own_model_notices_a_wrong_gradient_or_output(parts, trained):
    network, (params, _) = trained
    own = unstack(params, 0)
    assert small_network.as_in_torch(network, own, parts["train"]) < 1e-12
    broken = [network[0], layer_with_slope_of(network[1], 1.01), *network[2:]]
    assert small_network.as_in_torch(broken, own, parts["train"]) > 1e-4


def layer_with_slope_of(layer, factor):
    """The same layer, its backward wrong by a factor."""
    rule = layer.rule._replace(backward=lambda dy, *saved: tuple(factor * d for d in layer.rule.backward(dy, *saved)))
    return layer._replace(rule=rule)


def test_the_first_wrong_answer_is_found(parts, trained):
    network, (params, _) = trained
    own, split = unstack(params, 0), parts["train"]
    z, _ = forward(network[:-1], own, split.x)
    i = small_network.first_wrong(network, own, split)
    assert z[i].argmax() != split.y[i]
    assert bool((z[:i].argmax(-1) == split.y[:i]).all())
    right = Split(split.x, z.argmax(-1))
    assert small_network.first_wrong(network, own, right) == 0


def test_the_pass_that_is_drawn_fits_together(small, trained):
    network, (params, _) = trained
    shown = small_network.shown_pass(small, network, unstack(params, 0))
    assert [len(row) for row in shown["values"]] == [len(row) for row in shown["slopes"]] == list(WIDTHS)
    assert sum(len(row) for W in shown["weights"] for row in W) == 111
    assert sum(map(len, shown["biases"])) == 25
    assert (len(shown["image"]), len(shown["image"][0])) == (28, 28)
    for x, z_slopes, dW in [(shown["values"][-2], shown["slopes"][-1], shown["weight slopes"][-1])]:
        assert torch.allclose(torch.tensor(dW), torch.outer(torch.tensor(x), torch.tensor(z_slopes)), atol=1e-5)
    p = shown["probabilities"]
    assert sum(p) == pytest.approx(1, abs=1e-5)
    assert -torch.tensor(p[DIGITS.index(shown["digit"])]).log() == pytest.approx(shown["loss"], abs=1e-4)
    answered = max(zip(p, DIGITS, strict=True))[1]
    assert answered != shown["digit"]
