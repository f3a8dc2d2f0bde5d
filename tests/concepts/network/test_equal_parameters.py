from torch import nn

from dlconcepts.concepts.network.equal_parameters import equally_many, parameters


def test_parameters_are_counted_as_torch_has_them():
    model = nn.Sequential(nn.Linear(4, 7), nn.Linear(7, 5), nn.Linear(5, 3))
    assert parameters(4, (7, 5), 3) == sum(p.numel() for p in model.parameters())
    assert parameters(4, (), 3) == 15


def test_the_nearest_width_is_taken():
    for depth in (1, 2, 5):
        hidden = equally_many(9_000, depth, 784, 10)
        assert hidden == (hidden[0],) * depth
        off = [abs(parameters(784, (hidden[0] + more,) * depth, 10) - 9_000) for more in (-1, 0, 1)]
        assert off[1] == min(off)
    assert equally_many(1, 3, 784, 10) == (1, 1, 1)
