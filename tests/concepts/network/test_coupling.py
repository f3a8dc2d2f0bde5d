import pytest
import torch

from dlconcepts.concepts.network import coupling
from dlconcepts.manual.network import Layer
from dlconcepts.rules.softmax import rules as softmaxes
from dlconcepts.training.build import build
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


def test_softmax_hears_of_others_as_much_as_of_itself():
    z = torch.randn(50, 4, dtype=torch.float64)
    found = coupling.share_of_others([Layer(softmaxes["softmax"])], [()], z)
    jacobian = torch.autograd.functional.jacobian(lambda z: z.softmax(-1).sum(0), z).abs().mean(1)  # (K, I)
    assert found == pytest.approx(float(1 - jacobian.diagonal().sum() / jacobian.sum()), rel=1e-12)
    assert found == pytest.approx(0.5)


def test_only_what_looks_at_the_whole_layer_couples_its_units():
    found = coupling.within_a_layer(torch.randn(60, 8))
    assert found["activations"] < 1e-12
    assert found["batch norm"] < 1e-12  # it couples examples
    assert found["layer norm"] > 0.1


def network_of(small, **fields):
    network = build([Setting(**fields)], small.train.x)
    return network[:-1], start(network, 0, small.train.x)


def test_a_slope_is_autograds(small):
    network, params = network_of(small, hidden=(6,), activation="tanh")
    x = small.train.x[:3].clone().requires_grad_()
    out = x
    for layer, p in zip(network, params, strict=True):
        out = layer.rule.reference(out, *p)
    for k, dx in enumerate(coupling.slopes_of_each(network, params, x.detach())):
        (expected,) = torch.autograd.grad(out[:, k].sum(), x, retain_graph=True)
        assert (dx - expected).abs().max() < 1e-12


def test_a_cut_connection_and_a_deaf_output_are_counted(small):
    network, params = network_of(small, hidden=(6,), activation="tanh")
    assert coupling.missing(params) == coupling.unreached(network, params, small.train.x[:20]) == 0
    (W, b), nothing, (V, c) = params
    V = V.clone()
    V[:, 2] = 0
    assert coupling.missing([(W, b), nothing, (V, c)]) == 6
    assert coupling.unreached(network, [(W, b), nothing, (V, c)], small.train.x[:20]) == 784


def test_a_convolution_is_not_fully_connected(small):
    network, params = network_of(small, filters=(2,))
    x = small.train.x[:5].unflatten(-1, (1, 28, 28))
    convolution, kernel = network[:1], params[:1]
    y, tape = coupling.forward(convolution, kernel, x)
    dy = torch.zeros_like(y)
    dy[:, 0, 10, 10] = 1
    dx, _ = coupling.backward(convolution, tape, dy)
    assert int((dx[0] != 0).sum()) == 9  # of 784 pixels
