"""Stacks of models, made and taken apart."""

import pytest
import torch

from dlconcepts.manual.network import stack, unstack


def params(*numbers):
    """One model: a layer with two parameters, one without any, one with a single one."""
    return [(torch.full((2, 3), numbers[0]), torch.full((3,), numbers[1])), (), (torch.full((4,), numbers[2]),)]


def test_a_stack_has_the_models_along_a_new_first_dimension():
    stacked = stack([params(1.0, 2.0, 3.0), params(4.0, 5.0, 6.0)])
    assert [[tuple(p.shape) for p in layer] for layer in stacked] == [[(2, 2, 3), (2, 3)], [], [(2, 4)]]
    assert [[p.flatten(1)[:, 0].tolist() for p in layer] for layer in stacked] == [[[1, 4], [2, 5]], [], [[3, 6]]]
    assert all(isinstance(layer, tuple) for layer in stacked)


@pytest.mark.parametrize("m", [0, 1])
def test_unstacking_gives_each_model_back(m):
    models = [params(1.0, 2.0, 3.0), params(4.0, 5.0, 6.0)]
    for found, expected in zip(unstack(stack(models), m), models[m], strict=True):
        assert isinstance(found, tuple)
        assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


def test_models_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="shorter than argument 1"):
        stack([params(1.0, 2.0, 3.0), params(4.0, 5.0, 6.0)[:2]])
    with pytest.raises(ValueError, match="shorter than argument 1"):
        stack([params(1.0, 2.0, 3.0), [params(4.0, 5.0, 6.0)[0][:1], *params(4.0, 5.0, 6.0)[1:]]])
