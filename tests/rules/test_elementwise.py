"""The functions of single entries, on drawn tensors; and the numbers that their rules are verified on."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import SHAPES, alone, drawn, tensor, tensors

from dlconcepts.rules.activation import rules
from dlconcepts.rules.elementwise import elementwise, model_by_model
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

ELEMENTWISE = [name for name in rules if name != "prelu"]  # prelu has a parameter and features
every = pytest.mark.parametrize("name", ELEMENTWISE)


def test_a_network_finds_every_activation_in_one_table():
    assert set(rules) == {
        *("identity", "step", "sigmoid", "tanh", "relu", "leaky relu", "prelu", "elu"),
        *("gelu", "gelu tanh", "silu", "softplus", "selu", "hard sigmoid", "hardswish", "mish"),
    }


@every
@given(data=st.data())
@drawn
def test_any_tensor_in_any_layout_gives_what_torch_gives(name, data):
    x = data.draw(tensors())
    rule = rules[name]
    dy = normal(tuple(x.shape), torch.Generator().manual_seed(1))
    y, saved = rule.forward(x)
    expected, expected_dx = alone(rule.reference, x, dy)
    assert error(y, expected) <= rule.bound
    assert error(rule.backward(dy, *saved)[0], expected_dx) <= rule.bound


@every
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_shape_keeps_its_shape(name, shape):
    x = normal(shape, torch.Generator().manual_seed(1))
    y, saved = rules[name].forward(x)
    (dx,) = rules[name].backward(torch.ones_like(y), *saved)
    assert y.shape == dx.shape == shape
    assert y.dtype == dx.dtype == torch.float64


@pytest.mark.parametrize(("name", "constant"), [("leaky relu", "slope"), ("elu", "alpha"), ("softplus", "beta")])
def test_numbers_per_model_must_fit_the_models(name, constant):
    with pytest.raises(ValueError, match=r"models \(2,\) and leading \(3,\) must be equal"):
        rules[name].forward(torch.zeros(3, 4, 5), **{constant: tensor(1, 2)})


def test_each_model_has_its_own_constants_in_the_reference_and_shares_the_plain_ones():
    def line(x, factor=1.0, shift=0.0):
        assert isinstance(factor, float)
        assert isinstance(shift, float)
        return factor * x + shift

    x = tensor([1, 2], [3, 4])
    assert torch.equal(model_by_model(line)(x), x)
    assert torch.equal(model_by_model(line)(x, factor=tensor(2, 3), shift=1), tensor([3, 5], [10, 13]))
    assert torch.equal(model_by_model(line)(x, factor=torch.tensor(5), shift=1), 5 * x + 1)


def test_samples_stay_away_from_the_kinks_or_sit_on_them_with_three_kinds_of_constants():
    samples = list(elementwise(2.0, slope=0.5)((2, 2), torch.Generator().manual_seed(1)))
    smooth, sharp = [s for s in samples if s.smooth], [s for s in samples if not s.smooth]
    assert all(bool((s.inputs[0] - 2).abs().min() >= 0.0099) for s in smooth)
    assert [s.inputs[0].tolist() for s in sharp] == [torch.full((2, 2, 2, 2), 2.0).tolist()] * 3
    own = [[1 * 0.5, 1.25 * 0.5], [1.5 * 0.5, 1.75 * 0.5]]
    constants = [s.constants for s in sharp]
    assert constants[:2] == [{}, {"slope": 0.5}]
    assert constants[2]["slope"].tolist() == own
    assert {tuple(s.inputs[0].shape) for s in smooth} == {(2, 2, 1, 5), (2, 2, 1, 8), (2, 2, 4, 3)}
    assert all(s.inputs[0].dtype == torch.float64 for s in samples)
    wide = next(s.inputs[0] for s in smooth if s.inputs[0].shape[-1] == 8)
    assert (wide.min(), wide.max()) == (-30, 30)
    assert len(list(elementwise()((), torch.Generator()))) == 3
