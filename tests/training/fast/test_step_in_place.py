"""One step in place subtracts the gradients of the plain rules."""

import pytest
import torch

from dlconcepts.manual.network import Layer, initial, stack
from dlconcepts.rules.activation import rules as activations
from dlconcepts.rules.normalization import rules as norms
from dlconcepts.training.build import first_statistics
from dlconcepts.training.fast.layout import end_to_end, turned, views_of
from dlconcepts.training.fast.learners import ModelByModel, PlainDescent
from dlconcepts.training.fast.network import fast_network, has_fast_parts
from dlconcepts.training.fully_connected import mlp
from dlconcepts.training.gradients import manual
from dlconcepts.training.setting import Setting

LAYER_NORM = Layer(norms["layer norm"], ((7,), (7,)))
BATCH_NORM = Layer(norms["batch norm"], ((7,), (7,)), evaluation=norms["batch norm"])


def learner(name, params):
    return PlainDescent(params) if name == "at once" else ModelByModel(params, [Setting()] * len(params[0][0]))


def random_params(network, M, random):
    """Scales and shifts of norms too are no longer what they begin with."""
    params = stack([[initial(layer, random) for layer in network[:-1]] for _ in range(M)])
    return [tuple(p + 0.1 * torch.randn(p.shape, generator=random, dtype=p.dtype) for p in layer) for layer in params]


@pytest.mark.parametrize("M", [1, 3])
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("name", ["at once", "model by model"])
@pytest.mark.parametrize("norm", [None, LAYER_NORM, BATCH_NORM], ids=["none", "layer", "batch"])
def test_a_step_subtracts_the_gradients_of_the_plain_rules(M, shared, name, norm):
    random = torch.Generator().manual_seed(0)
    network = mlp([20, 7, 5, 4], "tanh", "cross-entropy")
    network[3] = Layer(activations["leaky relu"], constants={"slope": torch.arange(M, dtype=torch.float64)})
    network[1:1] = [norm] if norm else []
    params = random_params(network, M, random)
    x, y = torch.randn(M, 6, 20, generator=random, dtype=torch.float64), torch.randint(4, (M, 6), generator=random)
    if shared:
        x, y = x[:1].expand(M, 6, 20), y[:1].expand(M, 6)
    lr = torch.linspace(0.1, 0.3, M, dtype=torch.float64)
    expected, gradients, _ = manual(network, params, x, y)
    fast = fast_network(network, learner(name, params), first_statistics(network, params), shared)
    assert (fast.step(x, y, lr, {}) - expected).abs().max() < 1e-14
    after = fast.learner.params
    for p, dp, q in zip(*[[t for layer in part for t in layer] for part in (params, gradients, after)], strict=True):
        assert (p - lr.view(-1, *[1] * (p.ndim - 1)) * dp - q).abs().max() < 1e-14
    assert sum(float(dp.abs().max()) > 1e-4 for layer in gradients for dp in layer) >= 6


@pytest.mark.parametrize("name", ["at once", "model by model"])
def test_inputs_that_are_left_out_count_as_0_and_their_weights_stay(name):
    random = torch.Generator().manual_seed(0)
    network = mlp([20, 7, 4], "relu", "cross-entropy")
    params = random_params(network, 2, random)
    x, y = torch.randn(1, 6, 20, generator=random, dtype=torch.float64), torch.randint(4, (1, 6), generator=random)
    x[..., 13:] = 0
    x, y, lr = x.expand(2, 6, 20), y.expand(2, 6), torch.tensor([0.1, 0.2], dtype=torch.float64)
    narrow, full = (fast_network(network, learner(name, params), {}, shared=True) for _ in range(2))
    for _ in range(3):
        assert (narrow.step(x[..., :13], y, lr, {}) - full.step(x, y, lr, {})).abs().max() < 1e-14
    W, V = narrow.learner.params[0][0], full.learner.params[0][0]
    assert (W - V).abs().max() < 1e-14
    assert W[:, 13:].equal(params[0][0][:, 13:])
    assert not W[:, :13].equal(params[0][0][:, :13])


def test_parameters_keep_their_numbers_where_they_come_to_lie():
    random = torch.Generator().manual_seed(0)
    params = random_params(
        [*mlp([20, 7, 4], "relu", "hinge")[:1], BATCH_NORM, *mlp([7, 4], "relu", "hinge")], 3, random
    )
    rows, placed = end_to_end(params)
    for form in (turned(params), placed, views_of(rows, params)):
        for layer, own in zip(form, params, strict=True):
            assert all(torch.equal(p, q) for p, q in zip(layer, own, strict=True))
    rows += 1
    assert (placed[0][0] - params[0][0] - 1).abs().max() < 1e-15
    assert sum(p[0].numel() for layer in params for p in layer) == rows.shape[1]


def test_weights_that_do_not_lie_side_by_side_are_refused_rather_than_left_as_they_were():
    network = mlp([20, 7, 4], "relu", "cross-entropy")
    plain = PlainDescent(random_params(network, 2, torch.Generator().manual_seed(0)))
    plain.params = end_to_end(plain.params)[1]
    with pytest.raises(RuntimeError, match="view"):
        fast_network(network, plain, {}, shared=True)


def test_a_network_that_does_not_begin_with_weighted_sums_takes_the_plain_way():
    network = mlp([20, 7, 4], "relu", "cross-entropy")
    assert has_fast_parts(network)
    assert not has_fast_parts([Layer(activations["tanh"]), *network])
