import torch

from dlconcepts.concepts.shared.every_number import handed_on, rows, values_and_slopes, weight_slopes
from dlconcepts.concepts.shared.small_network import first_weights, four_numbers, layers
from dlconcepts.manual.backprop import forward
from dlconcepts.training.gradients import autograd


def one_network(small):
    network, split = layers(), four_numbers(small)["train"]
    params = [tuple(p[0] for p in layer) for layer in first_weights(network, [3], split.x)]
    return network, params, split.x[:5], split.y[:5]


def test_every_slope_on_the_way_is_autograds(small):
    network, params, x, y = one_network(small)
    values, slopes = values_and_slopes(network, params, x, y)
    assert slopes[-1] == 1
    for i, (value, slope) in enumerate(zip(values[:-1], slopes[:-1], strict=True)):
        leaf = value.clone().requires_grad_()
        out = leaf
        for layer, p in zip(network[i:], [*params[i:], (y,)], strict=True):
            out = layer.rule.reference(out, *p, **layer.constants)
        (expected,) = torch.autograd.grad(out, leaf)
        assert (slope - expected).abs().max() < 1e-12


def test_each_layers_weight_slopes_come_from_its_own_input_and_the_slopes_behind_it(small):
    network, params, x, y = one_network(small)
    found = weight_slopes(network, params, *values_and_slopes(network, params, x, y))
    _, expected, _ = autograd(network, params, x, y)
    for (dW, db), (W, b) in zip(found, filter(None, expected), strict=True):
        assert (dW - W).abs().max() < 1e-12
        assert (db - b).abs().max() < 1e-12


def test_what_layers_hand_on_ends_with_the_outputs_sums(small):
    network, params, x, y = one_network(small)
    values, _ = values_and_slopes(network, params, x, y)
    found = handed_on(values, params)
    assert [part.shape[-1] for part in found] == [4, 4, 5, 6, 4, 3, 3]
    assert torch.equal(found[1], forward(network[:2], params[:2], x)[0])
    assert torch.equal(found[-1], forward(network[:-1], params, x)[0])


def test_rows_are_plain_and_rounded():
    assert rows([torch.tensor([[0.12345678, 1.0]], dtype=torch.float64)], 3) == [[[0.123, 1.0]]]
