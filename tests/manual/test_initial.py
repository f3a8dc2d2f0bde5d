"""Initial weights against torch.nn.init, bit for bit from the same generator."""

import math

import pytest
import torch
from torch import nn

from dlconcepts.manual import initial
from dlconcepts.manual.network import Layer
from dlconcepts.manual.network import initial as layers_initial
from dlconcepts.training.fully_connected import mlp

SHAPES = [(784, 32), (5, 3), (6, 3, 5, 5), (2, 4, 1, 3), (3, 2, 7)]
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)
every_scheme = pytest.mark.parametrize("scheme", initial.schemes)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def of_torch(function, shape, **constants):
    return function(torch.empty(shape, dtype=torch.float64), generator=generator(), **constants)


def fan(shape):
    """How torch calls what is our fan_in: W (I, O) is the transpose of what torch.nn.init takes it for."""
    return "fan_out" if len(shape) == 2 else "fan_in"


@every_shape
def test_fans_are_torchs_of_the_layout_it_expects(shape):
    theirs = torch.empty(shape).mT if len(shape) == 2 else torch.empty(shape)
    assert initial.fans(shape) == nn.init._calculate_fan_in_and_fan_out(theirs)


@pytest.mark.parametrize("gain", [1.0, 5 / 3, 0.5])
@every_shape
def test_xavier_is_torchs_bit_for_bit(shape, gain):
    uniform, normal = (initial.schemes[f"xavier {kind}"](shape, generator(), gain) for kind in ("uniform", "normal"))
    assert torch.equal(uniform, of_torch(nn.init.xavier_uniform_, shape, gain=gain))
    assert torch.equal(normal, of_torch(nn.init.xavier_normal_, shape, gain=gain))


@pytest.mark.parametrize("name", ["uniform", "xavier uniform", "xavier normal"])
def test_the_gain_is_1_unless_given(name):
    scheme = initial.schemes[name]
    assert torch.equal(scheme((7, 5), generator()), scheme((7, 5), generator(), 1.0))


@every_shape
def test_he_is_torchs_bit_for_bit(shape):
    for kind, function in {"uniform": nn.init.kaiming_uniform_, "normal": nn.init.kaiming_normal_}.items():
        theirs = of_torch(function, shape, mode=fan(shape), nonlinearity="relu")
        assert torch.equal(initial.schemes[f"he {kind}"](shape, generator()), theirs)
        theirs = of_torch(function, shape, mode=fan(shape), a=0.3)
        assert torch.equal(initial.schemes[f"he {kind}"](shape, generator(), initial.leaky_relu_gain(0.3)), theirs)


@every_shape
def test_the_default_is_the_one_of_torchs_layers(shape):
    limit = 1 / math.sqrt(initial.fans(shape)[0])
    theirs = of_torch(nn.init.uniform_, shape, a=-limit, b=limit)
    W = initial.schemes["uniform"](shape, generator())
    assert torch.equal(W, theirs)
    assert torch.equal(initial.schemes["uniform"](shape, generator(), 2.0), 2 * theirs)


@pytest.mark.parametrize(
    ("shapes", "module", "constants"),
    [(((50, 2000), (2000,)), nn.Linear, (50, 2000)), (((2000, 3, 5, 5), (2000,)), nn.Conv2d, (3, 2000, 5))],
    ids=["linear", "convolution"],
)
def test_weights_and_biases_have_the_limits_of_torchs_layers(shapes, module, constants):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = module(*constants, dtype=torch.float64).requires_grad_(False)
    rng = generator()
    W, b = initial.parameters(shapes, rng)
    for x, of_torch in ((W, theirs.weight), (b, theirs.bias)):
        assert float(x.abs().max()) == pytest.approx(float(of_torch.abs().max()), rel=0.01)  # 2,000 draws reach 99.9 %
        assert float(x.std()) == pytest.approx(float(of_torch.std()), rel=0.05)
    again, limit = generator(), 1 / math.sqrt(initial.fans(shapes[0])[0])
    assert torch.equal(W, initial.uniform(shapes[0], limit, again))
    assert torch.equal(b, initial.uniform(shapes[1], limit, again))


def test_gains_are_torchs():
    for name, gain in initial.gains.items():
        assert gain == nn.init.calculate_gain({"identity": "linear"}.get(name, name))
    for slope in (0.0, 0.01, 0.3, 1.0):
        assert initial.leaky_relu_gain(slope) == nn.init.calculate_gain("leaky_relu", slope)
    assert initial.leaky_relu_gain() == nn.init.calculate_gain("leaky_relu")


@every_scheme
def test_a_layer_is_drawn_by_the_scheme_it_names(scheme):
    layer = mlp([7, 5, 3], "relu", "cross-entropy")[0]
    W, b = layers_initial(layer, generator(), scheme)
    assert torch.equal(W, initial.schemes[scheme]((7, 5), generator()))
    assert (b.shape, b.dtype) == ((5,), torch.float64)
    assert bool((b == 0).all()) == (scheme != "uniform")
    doubled, _ = layers_initial(layer, generator(), scheme, gain=2.0)
    assert torch.allclose(doubled / initial.schemes[scheme]((7, 5), generator(), 1.0), torch.full_like(W, 2.0))


def test_the_default_of_a_layer_is_uniform():
    layer = mlp([7, 5, 3], "relu", "cross-entropy")[0]
    for ours, theirs in zip(
        layers_initial(layer, generator()), layers_initial(layer, generator(), "uniform"), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_layers_without_weights_start_as_doing_nothing():
    layer = mlp([7, 5, 3], "relu", "cross-entropy")[1]
    assert layers_initial(layer, generator()) == ()
    scale, shift = layers_initial(Layer(layer.rule, ((5,), (5,))), generator(), "he normal")
    assert torch.equal(scale, torch.ones(5, dtype=torch.float64))
    assert torch.equal(shift, torch.zeros(5, dtype=torch.float64))
    assert scale.dtype == shift.dtype == torch.float64  # torch.equal compares values alone


@every_scheme
def test_the_same_seed_draws_the_same_weights_and_another_seed_others(scheme):
    shapes = ((7, 5), (5,))
    first, again, other = (initial.parameters(shapes, generator(seed), scheme)[0] for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_bad_requests_are_refused():
    with pytest.raises(
        ValueError,
        match=r"^scheme must be one of uniform, xavier uniform, xavier normal, he uniform, he normal, got glorot$",
    ):
        initial.parameters(((7, 5), (5,)), generator(), "glorot")
    with pytest.raises(ValueError, match=r"^weights have at least two dimensions, got shape \(5,\)$"):
        initial.fans((5,))
