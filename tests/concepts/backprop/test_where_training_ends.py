import pytest
import torch

from dlconcepts.concepts.backprop.where_training_ends import arrival, arrivals, furthest, length
from dlconcepts.concepts.shared.small_network import first_weights, four_numbers, layers
from dlconcepts.images.data_set import Split


def test_a_length_is_over_all_parameters_together():
    assert length([(torch.tensor([3.0]), torch.tensor([0.0])), (), (torch.tensor([[4.0]]),)]) == 5


def test_the_furthest_gradient_decides():
    a, b = torch.ones(2), torch.zeros(3)
    assert furthest([(a, b)], [(a, b + 0.25)]) == 0.25


def test_softmax_regression_comes_to_the_minimum_that_torch_finds(small):
    split = four_numbers(small)["train"]
    split = Split(split.x[:60], torch.arange(60) % 3)  # labels without sense: no set of weights is right about them all
    found = arrivals((4, 3), split, [0, 1], lr=1.0, steps=1500)
    W = torch.zeros(4, 3, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([W, b], max_iter=200, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

    def closure():
        search.zero_grad()
        loss = torch.nn.functional.cross_entropy(split.x @ W + b, split.y)
        loss.backward()
        return loss

    search.step(closure)
    for one in found:
        assert one["loss"] == pytest.approx(closure().item(), abs=1e-9)
        assert one["length"] < 1e-6


def test_nothing_is_learned_in_no_step(small):
    split = four_numbers(small)["train"]
    (one,) = arrivals((4, 4, 3), split, [0], lr=1.0, steps=0)
    network = layers((4, 4, 3))
    params = [tuple(p[0] for p in layer) for layer in first_weights(network, [0], split.x)]
    assert one == arrival(network, params, split)
    assert one["length"] > 0.01
