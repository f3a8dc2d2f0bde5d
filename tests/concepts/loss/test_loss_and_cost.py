import pytest
import torch

from dlconcepts.concepts.loss.loss_and_cost import cost_gradient, own_losses, parts_and_whole, sizes
from dlconcepts.manual.network import Layer
from dlconcepts.rules.loss import rules as losses
from dlconcepts.training.build import build
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


@pytest.fixture
def parts(tiny):
    network = build([Setting(hidden=(6,))], tiny.train.x)
    return network, start(network, 0, tiny.train.x), tiny.train.x, tiny.train.y


def test_weighted_by_their_sizes_unequal_batches_have_the_costs_gradient_and_unweighted_not(parts):
    found = parts_and_whole(*parts, batch_size=60)  # 60, 60, 60 and 20
    assert found["batches"] < 1e-14
    assert found["examples"] < 1e-14
    assert found["unweighted"] > 1e-3
    equal = parts_and_whole(*parts, batch_size=50)
    assert equal["unweighted"] < 1e-14


def test_one_batch_is_further_off_the_smaller_it_is_and_all_at_once_not_at_all(parts):
    small, large, whole = (parts_and_whole(*parts, batch_size=B)["one batch"] for B in (5, 50, 200))
    assert small > 2 * large > 0.1
    assert whole == 0


def test_the_costs_gradient_is_autograds(parts):
    network, params, x, y = parts
    leaves = [tuple(p.clone().requires_grad_() for p in layer) for layer in params]
    z = torch.relu(x @ leaves[0][0] + leaves[0][1]) @ leaves[2][0] + leaves[2][1]
    loss = torch.nn.functional.cross_entropy(z, y)
    theirs = torch.autograd.grad(loss, [p for layer in leaves for p in layer])
    cost, ours = cost_gradient(network, params, x, y)
    assert abs(float(cost - loss.detach())) < 1e-14
    assert (ours - torch.cat([g.flatten() for g in theirs])).abs().max() < 1e-14


def test_each_example_has_its_own_loss(parts):
    network, params, x, y = parts
    own = own_losses(network, params, x, y)
    alone, _ = cost_gradient(network, params, x[3:4], y[3:4])
    assert own.shape == y.shape
    assert float(own[3]) == pytest.approx(float(alone), abs=1e-14)


def test_a_squared_error_has_a_loss_for_every_output(parts):
    network, params, x, y = parts
    network = [*network[:-1], Layer(losses["mean squared error"])]
    rows = torch.nn.functional.one_hot(y, 10).double()
    assert own_losses(network, params, x, rows).shape == (200, 10)
    assert parts_and_whole(network, params, x, rows, batch_size=60)["examples"] < 1e-14


def test_sizes_add_up():
    assert sizes(10, 4).tolist() == [4, 4, 2]
    assert sizes(8, 4).tolist() == [4, 4]
