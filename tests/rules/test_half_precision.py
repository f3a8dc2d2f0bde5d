"""Every rule and every optimizer in float16 and bfloat16: computed in float32, rounded once."""

import pytest
import torch

from dlconcepts.manual.clipping import clip_by_norm
from dlconcepts.rules import rules
from dlconcepts.rules.optimizer import optimizers
from dlconcepts.rules.precision import BOUNDS, errors_in, in_eps, verify_in
from dlconcepts.rules.rule import Sample, normal

PROBABILITIES = {"binary cross-entropy"}  # its inputs cannot be large
every_rule = pytest.mark.parametrize("name", rules)
every_half = pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("dtype", BOUNDS, ids=str)
@every_rule
def test_each_type_is_as_good_as_it_can_be_and_a_half_type_no_worse_than_torchs(name, dtype):
    for row in verify_in(dtype, name, rules[name]):
        assert row.passed, f"{name}: {row.gradient} is off by {row.error:.3g} eps"
        if row.torch is not None and dtype != torch.float32:
            assert row.error <= max(row.torch, 0.5) + 0.01, f"{name}: {row.gradient}"


@every_half
@every_rule
def test_squares_and_exponentials_of_large_numbers_do_not_overflow(name, dtype):
    """300 squared is beyond float16; exp(300) is beyond float32."""
    for sample in rules[name].samples((2,), generator()) if name not in PROBABILITIES else []:
        x, *others = sample.inputs
        for gradient, error, _ in errors_in(
            dtype, rules[name], Sample((300 * x, *others), sample.constants), generator()
        ):
            assert error <= BOUNDS[dtype], f"{name}: {gradient} is off by {error:.3g} eps"


@every_half
def test_seventy_thousand_equal_scores_have_equal_shares(dtype):
    p, saved = rules["softmax"].forward(torch.zeros(1, 70_000, dtype=dtype))
    assert torch.equal(p, torch.full_like(p, 1 / 70_000))
    assert rules["softmax"].backward(torch.ones_like(p), *saved)[0].abs().max() <= 1e-10


@every_half
def test_a_norm_of_large_gradients_is_a_number(dtype):
    (dp,), norm = clip_by_norm([torch.full((1000,), 20.0, dtype=dtype)], 1.0)
    assert norm.item() == pytest.approx(1000**0.5 * 20, rel=1e-6)
    assert torch.equal(dp, torch.full_like(dp, 1000**-0.5))


@pytest.mark.parametrize("name", optimizers)
@every_half
def test_an_update_is_rounded_once_and_remembers_in_float32(name, dtype):
    optimizer = optimizers[name]
    p = normal((3, 4), generator()).to(dtype)
    state = optimizer.init(p)
    for step in range(5):
        dp = 300 * normal((3, 4), generator(step)).to(dtype)  # whose squares are beyond float16
        exact = type(state)(*(s.double() if isinstance(s, torch.Tensor) else s for s in state))
        truth, _ = optimizer.update(p.double(), dp.double(), exact, weight_decay=0.1)
        p, state = optimizer.update(p, dp, state, weight_decay=0.1)
        assert in_eps(p, truth, dtype) <= BOUNDS[dtype]
        assert all(s.dtype == torch.float32 for s in state if isinstance(s, torch.Tensor))
