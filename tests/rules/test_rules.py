"""Every row of the table of rules, held to the same standard: a new rule is tested by being a row."""

import pytest
import torch

from dlconcepts.manual.targets import onehot
from dlconcepts.rules import rules
from dlconcepts.rules.loss import rules as losses
from dlconcepts.rules.rule import Sample, cast, normal
from dlconcepts.rules.verify import DIFFERENCES_BOUND, LEADS, by_hand, compare, error

FLOAT32_BOUND = {1e-13: 4e-6, 1e-12: 1e-5}  # 32 eps entry by entry; products add up more terms
RETURNS_ITS_INPUT = {"identity"}  # by definition, and torch.nn.Identity does the same
FLAT = {"step"}
every_rule = pytest.mark.parametrize("name", rules)
every_lead = pytest.mark.parametrize("lead", LEADS, ids=str)


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def upstream(rule, sample, seed=2):
    y, _ = rule.forward(*sample.inputs, **sample.constants)
    return normal(tuple(y.shape), generator(seed)).to(y.dtype)


@every_lead
@every_rule
def test_forward_and_gradients_equal_torch_and_finite_differences(name, lead):
    rule = rules[name]
    for seed in range(3):
        for sample in rule.samples(lead, generator(seed)):
            for gradient, autograd, differences in compare(rule, sample, generator(seed + 10)):
                assert autograd <= rule.bound, f"{name}: {gradient} differs from torch by {autograd:.1e}"
                assert (differences or 0) <= DIFFERENCES_BOUND, f"{name}: {gradient} by differences {differences:.1e}"


@every_rule
def test_some_sample_is_smooth_and_every_gradient_is_somewhere_not_zero(name):
    rule = rules[name]
    samples = list(rule.samples((3,), generator()))
    found = [by_hand(rule, sample, upstream(rule, sample)) for sample in samples]
    assert any(sample.smooth for sample in samples)
    for i, gradient in enumerate(zip(*found, strict=True)):
        assert name == "step" or any(dx.abs().max() > 0 for dx in gradient if dx.numel()), f"{name}: input {i}"


@every_lead
@every_rule
def test_float32_is_as_good_as_float32_can_be(name, lead):
    rule = rules[name]
    for sample in rule.samples(lead, generator()):
        single = cast(sample, torch.float32)
        for gradient, autograd, _ in compare(rule, Sample(single.inputs, single.constants, smooth=False), generator()):
            assert autograd <= FLOAT32_BOUND[rule.bound], f"{name}: {gradient} differs from torch by {autograd:.1e}"


def layouts(x):
    """The same numbers, laid out in memory in other ways."""
    yield "transposed", x.mT.contiguous().mT if x.ndim > 1 else x
    yield "strided", torch.stack([x, x + 1 if x.dtype != torch.bool else ~x], -1).flatten(-2)[..., ::2] if x.ndim else x
    yield "flipped", x.flip(0).contiguous().flip(0) if x.ndim else x
    wide = torch.cat([x, x], -1) if x.ndim else x
    yield "a part of a larger tensor", wide[..., : x.shape[-1]] if x.ndim else x


@every_lead
@every_rule
def test_the_layout_in_memory_does_not_matter(name, lead):
    rule = rules[name]
    for sample in rule.samples(lead, generator()):
        dy = upstream(rule, sample)
        expected = (rule.forward(*sample.inputs, **sample.constants)[0], *by_hand(rule, sample, dy))
        for others in zip(*(layouts(x) for x in sample.inputs), strict=True):
            kind = others[0][0]
            moved = Sample(tuple(x for _, x in others), sample.constants)
            strange_dy = dict(layouts(dy))[kind]
            found = (rule.forward(*moved.inputs, **moved.constants)[0], *by_hand(rule, moved, strange_dy))
            for a, b in zip(found, expected, strict=True):
                assert error(a, b) <= rule.bound, f"{name}: {kind}"


@every_rule
def test_one_batch_expanded_over_the_models_counts_as_each_models_own(name):
    rule = rules[name]
    for sample in rule.samples((), generator()):
        x, *rest = (value.expand(3, *value.shape) for value in sample.inputs)
        expanded = Sample((x, *(value.clone() for value in rest)), sample.constants)
        own = Sample((x.clone(), *expanded.inputs[1:]), sample.constants)
        dy = upstream(rule, own)
        for a, b in zip(by_hand(rule, expanded, dy), by_hand(rule, own, dy), strict=True):
            assert error(a, b) <= rule.bound


@every_lead
@every_rule
def test_nothing_given_is_changed_and_nothing_returned_is_an_input(name, lead):
    rule = rules[name]
    for sample in rule.samples(lead, generator()):
        given = [*sample.inputs, *(c for c in sample.constants.values() if isinstance(c, torch.Tensor))]
        copies, versions = [x.clone() for x in given], [x._version for x in given]
        y, saved = rule.forward(*sample.inputs, **sample.constants)
        dy = normal(tuple(y.shape), generator())
        kept = [x.clone() for x in saved if isinstance(x, torch.Tensor)]
        dy_copy = dy.clone()
        gradients = rule.backward(dy, *saved)
        assert all(x._version == v and torch.equal(x, c) for x, v, c in zip(given, versions, copies, strict=True))
        assert torch.equal(dy, dy_copy)
        tensors = [x for x in saved if isinstance(x, torch.Tensor)]
        assert all(same(x, c) for x, c in zip(tensors, kept, strict=True))
        assert name in RETURNS_ITS_INPUT or not any(shares_memory(y, x) for x in given)
        for dx in gradients:
            assert not any(shares_memory(dx, x) for x in given)


def same(a, b):
    return torch.equal(a.nan_to_num(), b.nan_to_num())


def shares_memory(a, b):
    return a.numel() > 0 and a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


@every_rule
def test_a_stack_computes_what_each_model_computes_alone(name):
    rule = rules[name]
    for sample in rule.samples((3,), generator()):
        dy = upstream(rule, sample)
        stacked = (rule.forward(*sample.inputs, **sample.constants)[0], *by_hand(rule, sample, dy))
        for m in range(3):
            one = Sample(tuple(x[m] for x in sample.inputs), own_constants(sample, m))
            alone = (rule.forward(*one.inputs, **one.constants)[0], *by_hand(rule, one, dy[m]))
            for a, b in zip(stacked, alone, strict=True):
                assert error(a[m], b) <= 1e-12


def own_constants(sample, m):
    return {n: c[m] if isinstance(c, torch.Tensor) and c.ndim else c for n, c in sample.constants.items()}


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
@every_rule
def test_a_model_gone_wrong_leaves_its_neighbours_bit_for_bit(name, poison):
    rule = rules[name]
    for sample in rule.samples((3,), generator()):
        dy = upstream(rule, sample)
        sick = tuple(x.clone() for x in sample.inputs)
        sick[0][1] = poison
        patient = Sample(sick, sample.constants)
        before = (rule.forward(*sample.inputs, **sample.constants)[0], *by_hand(rule, sample, dy))
        after = (rule.forward(*patient.inputs, **patient.constants)[0], *by_hand(rule, patient, dy))
        for a, b in zip(before, after, strict=True):
            assert torch.equal(a[[0, 2]], b[[0, 2]])


@every_rule
def test_nan_is_never_swallowed(name):
    rule = rules[name]
    for sample in rule.samples((), generator()):
        x = torch.full_like(sample.inputs[0], float("nan"))
        y, _ = rule.forward(x, *sample.inputs[1:], **sample.constants)
        assert y.isnan().any()


@every_lead
@every_rule
def test_backward_is_linear_in_the_upstream_gradient(name, lead):
    rule = rules[name]
    for sample in rule.samples(lead, generator()):
        g, h = upstream(rule, sample, 3), upstream(rule, sample, 4)
        both = by_hand(rule, sample, 2 * g - 3 * h)
        apart = zip(by_hand(rule, sample, g), by_hand(rule, sample, h), strict=True)
        for together, (of_g, of_h) in zip(both, apart, strict=True):
            assert error(together, 2 * of_g - 3 * of_h) <= 1e-12


@every_lead
@every_rule
def test_parameter_gradients_alone_are_those_of_the_whole_backward(name, lead):
    rule = rules[name]
    for sample in rule.samples(lead, generator()) if rule.parameters else []:
        dy = upstream(rule, sample)
        _, saved = rule.forward(*sample.inputs, **sample.constants)
        for a, b in zip(rule.parameters(dy, *saved), rule.backward(dy, *saved)[1:], strict=True):
            assert torch.equal(a, b)


@every_rule
def test_integer_tensors_are_refused_with_the_cure(name):
    rule = rules[name]
    sample = next(iter(rule.samples((), generator())))
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        rule.forward(sample.inputs[0].long(), *sample.inputs[1:], **sample.constants)


PERFECT = {  # what each loss's output is where nothing is wrong
    "hinge": lambda y: 100.0 * onehot(y, torch.zeros(3, 3)),
    "cross-entropy": lambda y: 1000.0 * onehot(y, torch.zeros(3, 3)),
    "smoothed cross-entropy": lambda y: 1000.0 * onehot(y, torch.zeros(3, 3)),
    "binary cross-entropy on logits": lambda y: 2000.0 * onehot(y, torch.zeros(3, 3)) - 1000,
    "focal loss": lambda y: 2000.0 * onehot(y, torch.zeros(3, 3)) - 1000,
    "negative log-likelihood": lambda y: onehot(y, torch.zeros(3, 3)) - 1,  # log p of the true class: 0
    "KL divergence": lambda y: onehot(y, torch.zeros(3, 3)) - 1,
}
OF_CLASSES = ("hinge", "negative log-likelihood", "smoothed cross-entropy")  # their targets are class numbers


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", losses)
def test_a_perfect_loss_is_zero_and_not_minus_zero(name, reduction):
    y = torch.arange(3)
    rows = onehot(y, torch.zeros(3, 3))
    z = PERFECT.get(name, lambda y: rows)(y)
    for target in [y] if name in OF_CLASSES else [y, rows] if name == "cross-entropy" else [rows]:
        loss, _ = rules[name].forward(z, target, reduction=reduction)
        assert not loss.any()
        assert not loss.signbit().any()


@every_rule
def test_what_is_not_a_number_has_no_slope_of_zero(name):
    rule = rules[name]
    for sample in rule.samples((), generator()) if name not in FLAT else []:
        x = torch.full_like(sample.inputs[0], float("nan"))
        y, saved = rule.forward(x, *sample.inputs[1:], **sample.constants)
        assert rule.backward(torch.ones_like(y), *saved)[0].any() or sample.constants.get("p") == 1  # all dropped
