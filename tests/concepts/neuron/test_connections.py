import pytest
import torch
from scipy.stats import spearmanr

from dlconcepts.concepts.neuron import connections, removed_connections
from dlconcepts.manual.backprop import forward
from dlconcepts.training.build import build
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting


def network_of(small, **setting):
    network = build([Setting(**setting)], small.train.x)
    return network, start(network, 0, small.train.x)


def changed(params, layer, i, j, value):
    """The parameters with one weight set to a value."""
    W = params[layer][0].clone()
    W[i, j] = value
    return [(W, *p[1:]) if k == layer else p for k, p in enumerate(params)]


def test_an_effect_is_what_the_whole_network_does_without_the_connection(small):
    for setting in [{"hidden": (6,)}, {"hidden": (6, 5), "activation": "tanh"}, {"hidden": (5, 4), "bias": False}]:
        network, params = network_of(small, **setting)
        x, places = small.test.x[:40], connections.weighted(network)
        p = forward(network[:-1], params, x)[0].softmax(-1)
        for layer in places:
            rows, columns = connections.sample(params[layer][0], 60, torch.Generator().manual_seed(1))
            found = connections.effects(network, params, x, layer, rows, columns)
            for i, j, effect in zip(rows, columns, found, strict=True):
                q = forward(network[:-1], changed(params, layer, i, j, 0.0), x)[0].softmax(-1)
                assert abs(float((p - q).abs().sum(-1).mean()) / 2 - float(effect)) < 1e-14
            assert float(found.max()) > 1e-4


def test_raising_is_adding_to_one_units_sum(small):
    network, params = network_of(small, hidden=(6, 5))
    x = small.test.x[:20]
    rows, columns = connections.sample(params[0][0], 12, torch.Generator().manual_seed(1))
    before, _ = forward(network[:-1], params, x)
    ups = changes = 0
    for i, j in zip(rows, columns, strict=True):
        bias = params[0][1].clone()
        bias[j] += 0.5 * params[0][0][i, j]  # the same for the unit as its input raised by 0.5
        after, _ = forward(network[:-1], [(params[0][0], bias), *params[1:]], x)
        ups, changes = ups + int((after > before + 1e-12).sum()), changes + int(((after - before).abs() > 1e-12).sum())
    of_sum, of_scores = connections.raised(network, params, x, 0, rows, columns, 0.5)
    assert of_sum == pytest.approx(float((params[0][0][rows, columns] > 0).double().mean()))
    assert 0 < of_scores < 1
    assert of_scores == pytest.approx(ups / changes)


def test_negative_weights_never_raise_a_sum_and_positive_ones_always(small):
    network, params = network_of(small, hidden=(6,))
    rows, columns = connections.sample(params[0][0], 500, torch.Generator().manual_seed(1))
    negative = params[0][0][rows, columns] < 0
    for wanted, share in [(negative, 0.0), (~negative, 1.0)]:
        found = connections.raised(network, params, small.test.x[:10], 0, rows[wanted], columns[wanted], 0.5)
        assert found[0] == share


def test_connections_are_drawn_once_each(small):
    W = torch.rand(7, 5)
    rows, columns = connections.sample(W, 100, torch.Generator().manual_seed(0))
    assert sorted((5 * rows + columns).tolist()) == list(range(35))
    assert len(connections.sample(W, 9, torch.Generator().manual_seed(0))[0]) == 9


def test_what_is_gone_is_0_and_nothing_else_changes(small):
    network, params = network_of(small, hidden=(6,))
    size = connections.sizes(network, params)
    gone = size.argsort()[:1000]
    left = connections.without(network, params, gone)
    weights = torch.cat([left[i][0].flatten() for i in connections.weighted(network)])
    first = torch.cat([params[i][0].flatten() for i in connections.weighted(network)])
    assert int((weights == 0).sum()) == 1000
    assert torch.equal(weights[weights != 0], first[weights != 0])
    assert weights[weights != 0].abs().min() >= size[gone].max()
    assert all(torch.equal(a[1], b[1]) for a, b in zip(left, params, strict=True) if a)


def test_all_connections_gone_leave_the_biases(small):
    network, params = network_of(small, hidden=(6,))
    size = connections.sizes(network, params)
    left = connections.without(network, params, size.argsort())
    z, _ = forward(network[:-1], left, small.test.x[:9])
    assert torch.equal(z, params[-1][1].expand_as(z))
    always = float((small.test.y == params[-1][1].argmax()).double().mean())
    assert connections.removed_by(network, params, small.test, size.argsort(), (0.0, 1.0)) == [
        connections.accuracy(network, params, small.test),
        always,
    ]


def test_ranks_are_scipys_and_none_where_nothing_has_an_effect():
    a, b, c = torch.rand(3, 30, dtype=torch.float64)
    assert removed_connections.ranks(a, b, c) == {"|w|": spearmanr(a, c)[0], "|w| std": spearmanr(b, c)[0]}
    assert removed_connections.ranks(a, b, 0 * c) == {"|w|": None, "|w| std": None}
    assert removed_connections.near_zero(a, b, 0 * c) is None
    assert abs(removed_connections.near_zero(a, b, torch.ones(30)) - 1) < 1e-12
    assert removed_connections.near_zero(torch.arange(30.0), b, (torch.arange(30) > 2).double()) == 0


def test_what_is_found_in_a_network_without_hidden_layer_is_found_too(small):
    network, params = network_of(small, hidden=(4,))
    found = removed_connections.looked_into(network, params, params, small, torch.Generator().manual_seed(0))
    assert found["biases moved"] == [0, 0]
    assert set(found["removed"]) == {"none", "smallest first", "at random", "largest first"}
    assert len(removed_connections.shown(network, params, params)["pictures"]) == 3
