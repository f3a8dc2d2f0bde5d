"""Every rule inside torch's transforms: vmap, derivatives of functions, compilers, fake tensors, autocast."""

from functools import partial

import pytest
import torch
from torch._subclasses import FakeTensorMode
from torch.func import grad, jacrev, jvp, vmap

from dlconcepts.rules import rules
from dlconcepts.rules.rule import Sample, cast, normal
from dlconcepts.rules.verify import by_hand, error

NO_SLOPE = {"step"}
every_rule = pytest.mark.parametrize("name", rules)


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def cases(name, lead=()):
    """The rule's samples, one for each set of constants, with an upstream gradient each."""
    found = {}
    for sample in rules[name].samples(lead, generator()):
        if sample.smooth:
            found.setdefault(tuple(sample.constants), sample)
    for sample in found.values():
        y, _ = rules[name].forward(*sample.inputs, **sample.constants)
        yield sample, normal(tuple(y.shape), generator(2))


def own(sample):
    """The constants that are one number per model, and the others."""
    tensors = {n: c for n, c in sample.constants.items() if isinstance(c, torch.Tensor)}
    return tensors, {n: c for n, c in sample.constants.items() if n not in tensors}


def both_ways(rule, plain, tensors, dy, *inputs):
    """y and all gradients, for constants of both kinds."""
    sample = Sample(inputs, tensors | plain)
    return rule.forward(*inputs, **sample.constants)[0], *by_hand(rule, sample, dy)


@every_rule
def test_vmap_over_models_gives_what_the_stack_gives(name):
    rule = rules[name]
    for sample, dy in cases(name, (3,)):
        tensors, plain = own(sample)
        found = vmap(partial(both_ways, rule, plain))(tensors, dy, *sample.inputs)
        for a, b in zip(found, both_ways(rule, plain, tensors, dy, *sample.inputs), strict=True):
            assert error(a, b) <= rule.bound


@pytest.mark.filterwarnings("ignore:.torch.jit.script")  # torch's own jvp calls it
@every_rule
def test_derivatives_of_the_forward_as_a_function_are_the_backwards(name):
    """grad and jacrev go back through the forward, jvp goes through it forwards."""
    rule = rules[name]
    for sample, dy in cases(name) if name not in NO_SLOPE else []:
        ours = by_hand(rule, sample, dy)
        leaves, rest = sample.inputs[: len(ours)], sample.inputs[len(ours) :]
        arguments = tuple(range(len(ours)))

        def y(*leaves, rest=rest, constants=sample.constants):
            return rule.forward(*leaves, *rest, **constants)[0]

        def loss(*leaves, y=y, dy=dy):
            return (dy * y(*leaves)).sum()

        backwards = grad(loss, arguments)(*leaves)
        jacobians = jacrev(y, arguments)(*leaves)
        for a, b, J in zip(ours, backwards, jacobians, strict=True):
            assert error(a, b) <= rule.bound
            assert error(a, torch.tensordot(dy, J, dims=dy.ndim)) <= rule.bound
        directions = tuple(normal(tuple(x.shape), generator(3)) for x in leaves)
        _, forwards = jvp(y, leaves, directions)
        along = sum((dx * v).sum() for dx, v in zip(ours, directions, strict=True))
        assert error((dy * forwards).sum(), along) <= 1e-12


@pytest.mark.parametrize("backend", ["aot_eager", pytest.param("inductor", marks=pytest.mark.long)])
@every_rule
def test_a_compiler_takes_forward_and_backward_whole(name, backend):
    rule = rules[name]
    sample, dy = max(cases(name), key=lambda case: len(case[0].constants))  # one, since a compilation takes a second
    torch.compiler.reset()

    def formula(dy, *inputs):
        return both_ways(rule, sample.constants, {}, dy, *inputs)

    found = torch.compile(formula, backend=backend, fullgraph=True)(dy, *sample.inputs)
    for a, b in zip(found, formula(dy, *sample.inputs), strict=True):
        assert error(a, b) <= rule.bound


def shapes_of(rule, sample, dy):
    return [(x.shape, x.dtype) for x in both_ways(rule, sample.constants, {}, dy, *sample.inputs)]


@every_rule
def test_tensors_without_values_get_the_right_shapes(name):
    rule = rules[name]
    for sample, dy in cases(name):
        expected = shapes_of(rule, sample, dy)
        meta = Sample(tuple(x.to("meta") for x in sample.inputs), on(sample.constants, lambda x: x.to("meta")))
        assert shapes_of(rule, meta, dy.to("meta")) == expected
        with FakeTensorMode() as mode:
            fake = Sample(tuple(map(mode.from_tensor, sample.inputs)), on(sample.constants, mode.from_tensor))
            assert shapes_of(rule, fake, mode.from_tensor(dy)) == expected


def on(constants, move):
    return {n: move(c) if isinstance(c, torch.Tensor) else c for n, c in constants.items()}


@every_rule
def test_autocast_changes_nothing(name):
    rule = rules[name]
    for sample, dy in cases(name):
        single, dy = cast(sample, torch.float32), dy.float()
        expected = both_ways(rule, single.constants, {}, dy, *single.inputs)
        with torch.autocast("cpu", torch.bfloat16):
            found = both_ways(rule, single.constants, {}, dy, *single.inputs)
        assert all(torch.equal(a, b) and a.dtype == b.dtype for a, b in zip(found, expected, strict=True))


@every_rule
def test_numbers_per_model_never_change_the_type(name):
    rule = rules[name]
    for sample, dy in cases(name, (3,)):
        tensors, plain = own(sample)
        shared = {n for n, c in tensors.items() if c.ndim > 1}  # weights of classes, which have z's type
        tensors = {n: c.float() if n in shared else c for n, c in tensors.items()}
        inputs = cast(sample, torch.float32).inputs
        for x in both_ways(rule, plain, tensors, dy.float(), *inputs):
            assert x.dtype == torch.float32
