import torch

from dlconcepts.concepts.shared import inside_network
from dlconcepts.manual.backprop import forward
from dlconcepts.training.build import build
from dlconcepts.training.gradients import autograd
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


def network_of(small, **setting):
    network = build([Setting(**setting)], small.train.x)
    return network, start(network, 0, small.train.x)


def test_gradients_have_autograds_length_layer_by_layer(small):
    network, params = network_of(small, hidden=(6, 5), activation="gelu")
    found = inside_network.gradient_lengths(network, params, small.train.x, small.train.y)
    _, expected, _ = autograd(network, params, small.train.x, small.train.y)
    layers = [torch.cat([dp.flatten() for dp in layer]).norm() for layer in expected if layer]
    assert len(found) == 3
    assert torch.allclose(torch.tensor(found, dtype=torch.float64), torch.stack(layers), rtol=1e-12)


def test_hidden_values_are_what_each_activation_hands_on(small):
    network, params = network_of(small, hidden=(6, 5))
    first, second = inside_network.hidden_values(network, params, small.test.x)
    assert torch.equal(first, forward(network[:2], params[:2], small.test.x)[0])
    assert torch.equal(second, forward(network[:4], params[:4], small.test.x)[0])
    assert inside_network.hidden_values(*network_of(small, hidden=()), small.test.x) == []


def test_silent_values_and_dead_units_are_counted():
    hidden = [torch.tensor([[0.0, 1.0], [0.0, 0.0]]), torch.tensor([[0.0, 1.0], [1.0, -1.0]])]
    assert inside_network.silent_share(hidden) == (0.75 + 0.25) / 2
    assert inside_network.dead_share(hidden) == 0.25
    assert inside_network.silent_share([]) is inside_network.dead_share([]) is None


def test_the_network_at_first_has_the_seeds_first_weights(small):
    network, params = inside_network.at_first(
        Setting(hidden=(6,), normalization="batch norm", dropout=0.5), 3, small.train.x
    )
    expected = start(build([Setting(hidden=(6,), dropout=0.5)], small.train.x), 3, small.train.x)
    assert torch.equal(params[0][0], expected[0][0])
    z, _ = forward(network[:-1], params, small.test.x)
    assert z.shape == (500, 10)
