"""Gradient accumulation: small batches' gradients, added up, are the large batch's; and where they are not."""

import pytest
import torch

from dlconcepts.manual import backprop
from dlconcepts.manual.network import Layer
from dlconcepts.rules import rules
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

SHAPES = {"linear": ((6, 5), (5,)), "layer norm": ((5,), (5,)), "batch norm": ((5,), (5,)), "rms norm": ((5,),)}
N = 24


def network(*between):
    layers = ["linear", *between, "tanh"]
    return [*(Layer(rules[name], SHAPES.get(name, ())) for name in layers), Layer(rules["cross-entropy"])]


def given_params(layers):
    generator = torch.Generator().manual_seed(1)
    return [tuple(normal(shape, generator) for shape in layer.shapes) for layer in layers[:-1]]


def data():
    generator = torch.Generator().manual_seed(2)
    return normal((N, 6), generator), torch.randint(5, (N,), generator=generator)


def gradients(layers, params, x, y):
    """Of the mean loss over a batch, in one flat vector."""
    loss, tape = backprop.forward(layers, [*params, (y,)], x)
    found = backprop.parameter_gradients(layers, tape, torch.ones_like(loss))
    return torch.cat([dp.flatten() for layer in found for dp in layer])


def accumulated(layers, params, sizes, weigh):
    """The small batches' gradients, each times its weight, added up one after the other."""
    x, y = data()
    total = 0
    for part_x, part_y in zip(x.split(sizes), y.split(sizes), strict=True):
        total = total + weigh(len(part_x)) * gradients(layers, params, part_x, part_y)
    return total


def off_by(layers, sizes, weigh):
    params = given_params(layers)
    return error(accumulated(layers, params, sizes, weigh), gradients(layers, params, *data()))


@pytest.mark.parametrize("sizes", [[12, 12], [6] * 4, [1] * 24, [24]], ids=lambda sizes: f"{len(sizes)} parts")
@pytest.mark.parametrize("between", [(), ("layer norm",), ("rms norm",)], ids=["plain", "layer norm", "rms norm"])
def test_of_equal_batches_the_mean_gradient_is_the_large_batchs(between, sizes):
    assert off_by(network(*between), sizes, lambda n: 1 / len(sizes)) <= 1e-14


@pytest.mark.parametrize("sizes", [[10, 10, 4], [23, 1]], ids=["10, 10, 4", "23, 1"])
def test_of_an_uneven_last_batch_each_must_count_by_its_examples(sizes):
    """The mean of means gives the last batch's examples more weight than all others have."""
    assert off_by(network(), sizes, lambda n: n / N) <= 1e-14
    assert off_by(network(), sizes, lambda n: 1 / len(sizes)) > 0.01


def test_a_sum_in_place_of_a_mean_needs_no_weights():
    layers = network()
    params, (x, y) = given_params(layers), data()
    summed = [*layers[:-1], layers[-1]._replace(constants={"reduction": "sum"})]
    found = sum(
        gradients(summed, params, a, b) for a, b in zip(x.split([10, 10, 4]), y.split([10, 10, 4]), strict=True)
    )
    assert error(found / N, gradients(layers, params, x, y)) <= 1e-14


@pytest.mark.parametrize("sizes", [[12, 12], [6] * 4], ids=lambda sizes: f"{len(sizes)} parts")
def test_with_batch_norm_small_batches_have_other_statistics_and_so_other_gradients(sizes):
    assert off_by(network("batch norm"), sizes, lambda n: n / N) > 0.01
