"""Activation functions at their kinks, far out, and to the last digit."""

# Over 200 lines, and one thing: one table of activations.

import re

import mpmath
import pytest
import torch
from oracles import EXTREMES, FINITE, INF, NAN, alone, relative_error, tensor, to_forty

from dlconcepts.manual.activation import elu, elu_backward, kinks, leaky_relu, prelu, sigmoid, step
from dlconcepts.rules.activation import rules
from dlconcepts.rules.verify import error

CONSTANTS = {"step": {}, "relu": {}, "leaky relu": {"slope": 0.3}, "prelu": {"a": 0.3}, "elu": {"alpha": 2.0}}
every = pytest.mark.parametrize("name", [name for name in rules if name != "prelu"])


def gradients(name, x, constants):
    """(ours, torch's) at the entries of x, with constants or, for prelu, its parameter."""
    x, constants = x.view(-1, 1), dict(constants)
    params = [tensor(constants.pop("a"))] if name == "prelu" else []
    y, saved = rules[name].forward(x, *params, **constants)
    dy = torch.full_like(y, 1.7)
    _, theirs = alone(lambda x: rules[name].reference(x, *params, **constants), x, dy)
    return rules[name].backward(dy, *saved)[0].view(-1) / 1.7, theirs.view(-1) / 1.7


def test_the_table_of_kinks_is_this():
    assert kinks == {
        "step": {0.0: 0.0},
        "relu": {0.0: 0.0},
        "leaky relu": {0.0: "slope"},
        "prelu": {0.0: "a"},
        "elu": {0.0: "alpha"},
    }


@pytest.mark.parametrize("name", CONSTANTS)
def test_at_a_kink_the_gradient_is_the_tables_and_torchs(name):
    for kink, value in kinks[name].items():
        expected = CONSTANTS[name].get(value, value)
        ours, theirs = gradients(name, tensor(kink, -kink), CONSTANTS[name])
        assert ours.tolist() == pytest.approx([expected, expected], abs=1e-15)
        assert theirs.tolist() == pytest.approx([expected, expected], abs=1e-15), (
            f"torch {torch.__version__} takes {theirs.tolist()} at the kink of {name}, we took {expected} from 2.15"
        )


@pytest.mark.parametrize(
    ("name", "below", "above"),
    [("step", 0, 0), ("relu", 0, 1), ("leaky relu", 0.3, 1), ("prelu", 0.3, 1), ("elu", 2, 1)],
)
def test_right_beside_the_kink_each_side_has_its_own_slope(name, below, above):
    zero = tensor(0)[0]
    beside = torch.stack([torch.nextafter(zero, -1 + zero), torch.nextafter(zero, 1 + zero)])
    ours, theirs = gradients(name, beside, CONSTANTS[name])
    assert ours.tolist() == pytest.approx([below, above], abs=1e-15)
    assert theirs.tolist() == pytest.approx([below, above], abs=1e-15)


@every
@pytest.mark.parametrize("x", EXTREMES, ids=str)
def test_far_out_the_value_is_torchs(name, x):
    y, _ = rules[name].forward(tensor(x))
    expected = tensor(NAN) if name == "step" and x != x else rules[name].reference(tensor(x))  # torch's step(NaN) is 0
    assert error(y, expected) <= 1e-13


@every
@pytest.mark.parametrize("x", [*FINITE, INF, -INF], ids=str)
def test_far_out_the_gradient_is_torchs(name, x):
    _, saved = rules[name].forward(tensor(x))
    _, expected = alone(rules[name].reference, tensor(x), tensor(1.7))
    assert error(rules[name].backward(tensor(1.7), *saved)[0], expected) <= 1e-13


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sigmoid", [0, 1, 0, 1]),
        ("tanh", [-1, 1, -1, 1]),
        ("relu", [0, 1000, 0, INF]),
        ("leaky relu", [-10, 1000, -INF, INF]),
        ("elu", [-1, 1000, -1, INF]),
        ("step", [0, 1, 0, 1]),
        ("softplus", [0, 1000, 0, INF]),
    ],
)
def test_nothing_overflows_at_a_thousand_and_beyond(name, values):
    y, _ = rules[name].forward(tensor(-1000, 1000, -INF, INF))
    assert y.tolist() == values
    single, _ = rules[name].forward(tensor(-1000, 1000, -INF, INF).float())
    assert single.tolist() == values


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_a_saturated_unit_has_no_gradient_at_all(name):
    _, saved = rules[name].forward(tensor(-1000, 1000))
    assert rules[name].backward(tensor(1.7, 1.7), *saved)[0].tolist() == [0, 0]


@every
def test_nan_stays_nan_and_its_neighbours_stay_numbers(name):
    y, _ = rules[name].forward(tensor(1, NAN, -1))
    assert y.isnan().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("sigmoid", lambda x: 1 / (1 + mpmath.exp(-x))),
        ("tanh", mpmath.tanh),
        ("elu", lambda x: x if x > 0 else mpmath.expm1(x)),
    ],
    ids=["sigmoid", "tanh", "elu"],
)
def test_every_digit_of_the_value_is_right_in_the_tails_too(name, truth):
    x = to_forty()
    assert relative_error(rules[name].forward(x)[0], truth, x) <= 8


def test_every_digit_of_elus_gradient_is_right_in_the_tail_too():
    x = to_forty()
    _, saved = elu(x, alpha=2.0)
    (dx,) = elu_backward(torch.ones_like(x), *saved)
    assert relative_error(dx, lambda x: 1 if x > 0 else 2 * mpmath.exp(x), x) <= 8


def test_the_step_fires_at_zero_and_has_no_slope_anywhere():
    y, saved = step(tensor(-1e-300, -0.0, 0.0, 1e-300))
    assert y.tolist() == [0, 1, 1, 1]
    assert rules["step"].backward(tensor(1, NAN, INF, -2), *saved)[0].tolist() == [0, 0, 0, 0]


def test_the_sign_of_zero_survives_relu_as_in_torch():
    assert torch.signbit(rules["relu"].forward(tensor(-0.0, 0.0))[0]).tolist() == [True, False]


def test_constants_have_torchs_defaults():
    assert leaky_relu(tensor(-1))[0].item() == -0.01
    assert elu(tensor(-INF))[0].item() == -1
    assert elu(tensor(-INF), alpha=2.5)[0].item() == -2.5


def test_a_slope_may_be_negative_or_one():
    assert leaky_relu(tensor(-2, 2), slope=-0.5)[0].tolist() == [1, 2]
    assert leaky_relu(tensor(-2, 2), slope=1.0)[0].tolist() == [-2, 2]


def test_each_model_has_its_own_slope():
    x = tensor([[-1, 1]], [[-1, 1]])
    assert leaky_relu(x, slope=tensor(0.5, 2))[0].tolist() == [[[-0.5, 1]], [[-2, 1]]]
    assert elu(tensor([[-INF]], [[-INF]]), alpha=tensor(1, 2))[0].tolist() == [[[-1]], [[-2]]]


@pytest.mark.parametrize(("name", "constants"), [("leaky relu", {"slope": INF}), ("elu", {"alpha": INF})])
def test_an_infinite_constant_counts_at_0_where_torchs_elu_has_0(name, constants):
    x = tensor(0.0, -0.0)
    y, _ = rules[name].forward(x, **constants)
    assert y.isnan().all()
    assert rules[name].reference(x, **constants).isnan().all() == (name == "leaky relu")


def test_prelus_slope_learns_from_what_is_not_above_zero():
    x, dy = tensor([-1, 2, 0], [-3, -4, 5]), tensor([10, 20, 30], [40, 50, 60])
    per_feature, saved = prelu(x, tensor(0.5, 1, 2))
    dx, da = rules["prelu"].backward(dy, *saved)
    assert per_feature.tolist() == [[-0.5, 2, 0], [-1.5, -4, 5]]
    assert dx.tolist() == [[5, 20, 60], [20, 50, 60]]
    assert da.tolist() == [-130, -200, 0]
    _, saved = prelu(x, tensor(0.5))
    assert rules["prelu"].backward(dy, *saved)[1].tolist() == [-330]


def test_at_0_prelu_multiplies_by_the_slope_even_an_infinite_one_as_torch_does():
    x, a, dy = tensor([0.0], [-0.0]), tensor(-INF), tensor([INF], [1])
    y, saved = prelu(x, a)
    da = rules["prelu"].backward(dy, *saved)[1]
    expected, expected_da = alone(lambda a: torch.nn.functional.prelu(x, a), a, dy)
    assert error(y, expected) == error(da, expected_da) == 0
    assert y.isnan().all()
    assert da.isnan().all()


def test_prelu_counts_features_along_the_last_axis_and_torch_along_the_second():
    x = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    a = tensor(0.1, 0.2, 0.3)
    ours = torch.stack([prelu(image, a)[0] for image in x])
    theirs = torch.nn.functional.prelu(x.mT, a).mT
    assert error(ours, theirs) <= 1e-13


@pytest.mark.parametrize("a", [(2,), (), (0,)], ids=str)
def test_prelu_refuses_slopes_that_are_neither_one_nor_one_per_feature(a):
    message = f"expected x (..., B, C) with a (..., 1) or (..., C), got (4, 3), {a}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        prelu(torch.zeros(4, 3), torch.zeros(a))


def test_prelu_refuses_a_single_row_and_slopes_of_other_models():
    with pytest.raises(ValueError, match=r"^expected x .* got \(3,\), \(3,\)$"):
        prelu(torch.zeros(3), torch.zeros(3))
    with pytest.raises(ValueError, match=r"^x_models \(2,\) and a_models \(\) must be equal$"):
        prelu(torch.zeros(2, 4, 3), torch.zeros(3))


def test_prelu_takes_an_empty_batch():
    y, saved = prelu(torch.zeros(0, 3), torch.ones(1))
    dx, da = rules["prelu"].backward(y, *saved)
    assert (y.shape, dx.shape, da.tolist()) == ((0, 3), (0, 3), [0])


def test_the_sigmoid_of_float32_reaches_the_smallest_numbers():
    assert sigmoid(torch.tensor([-100.0]))[0].item() == pytest.approx(3.8e-44, rel=0.05)
