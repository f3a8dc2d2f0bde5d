"""Backpropagation through whole networks, against torch.autograd."""

import pytest
import torch
from oracles import tensor

from dlconcepts.manual.backprop import backward, forward, parameter_gradients
from dlconcepts.manual.network import Layer
from dlconcepts.rules import rules
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error
from dlconcepts.training.fully_connected import fully_connected

MIDDLE = [Layer(rules["leaky relu"], constants={"slope": 0.3}), fully_connected(4, 2), Layer(rules["huber"])]
NETWORKS = {  # what the first layer is decides how its parameters' gradients are found
    "linear first": [fully_connected(3, 4), *MIDDLE],
    "prelu first": [Layer(rules["prelu"], ((3,),)), fully_connected(3, 4), *MIDDLE],
    "no parameters first": [Layer(rules["tanh"]), fully_connected(3, 4), *MIDDLE],
}
every_network = pytest.mark.parametrize("name", NETWORKS)
every_lead = pytest.mark.parametrize("lead", [(), (2,)], ids=str)


def given(network, lead):
    """Parameters with the target as the last layer's, x, and an upstream gradient for each model."""
    generator = torch.Generator().manual_seed(1)
    params = [tuple(normal(lead + shape, generator) for shape in layer.shapes) for layer in network[:-1]]
    target, x = normal((*lead, 5, 2), generator), normal((*lead, 5, 3), generator)
    return [*params, (target,)], x, normal(lead, generator)


def by_autograd(network, params, x, dloss):
    leaves = [tuple(p.clone().requires_grad_() for p in layer) for layer in params[:-1]]
    y = first = x.clone().requires_grad_()
    for layer, own in zip(network, [*leaves, params[-1]], strict=True):
        y = layer.rule.reference(y, *own, **layer.constants)
    flat = [first, *(p for layer in leaves for p in layer)]
    dx, *found = torch.autograd.grad(y, flat, dloss)
    found = iter(found)
    return y.detach(), dx, [tuple(next(found) for _ in layer) for layer in leaves]


def same(ours, theirs):
    assert [len(layer) for layer in ours] == [len(layer) for layer in theirs]
    assert all(isinstance(layer, tuple) for layer in ours)
    for mine, torchs in zip(ours, theirs, strict=True):
        assert all(error(a, b) <= 1e-12 for a, b in zip(mine, torchs, strict=True))


@every_lead
@every_network
def test_loss_and_gradients_are_torchs(name, lead):
    network = NETWORKS[name]
    params, x, dloss = given(network, lead)
    expected, expected_dx, expected_gradients = by_autograd(network, params, x, dloss)
    loss, tape = forward(network, params, x)
    dx, gradients = backward(network, tape, dloss)
    assert error(loss, expected) <= 1e-13
    assert error(dx, expected_dx) <= 1e-12
    same(gradients, [*expected_gradients, ()])
    same(parameter_gradients(network, tape, dloss), expected_gradients)


def test_the_tape_is_what_each_layer_saved():
    network = [Layer(rules["tanh"]), Layer(rules["relu"])]
    y, tape = forward(network, [(), ()], tensor(-1, 2))
    assert torch.equal(y, tensor(0, 2).tanh())
    assert [len(saved) for saved in tape] == [1, 1]
    assert torch.equal(tape[0][0], tensor(-1, 2))
    assert torch.equal(tape[1][0], y)


def test_a_network_and_what_it_is_given_must_have_the_same_number_of_layers():
    network = NETWORKS["linear first"]
    params, x, dloss = given(network, ())
    _, tape = forward(network, params, x)
    with pytest.raises(ValueError, match="longer than argument 1"):
        forward(network, [*params, ()], x)
    with pytest.raises(ValueError, match="longer than argument 1"):
        backward(network, [(tape[0]), *tape], dloss)


def test_the_first_layers_dx_is_not_asked_for_where_its_parameters_can_do_without():
    network = NETWORKS["linear first"]
    params, x, dloss = given(network, ())
    _, tape = forward(network, params, x)
    first = network[0]._replace(rule=network[0].rule._replace(backward=None))
    same(
        parameter_gradients([first, *network[1:]], tape, dloss),
        [layer for layer in backward(network, tape, dloss)[1][:-1]],
    )
