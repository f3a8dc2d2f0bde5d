"""The moving average of weights: against torch's, against its closed form, in a stack."""

import math
import re

import mpmath
import pytest
import torch
from oracles import tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlconcepts.manual.weight_average import averaged, first_average
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

WALK = normal((200, 2, 3), torch.Generator().manual_seed(1)).cumsum(0)


def average_of(walk, **constants):
    average = first_average(torch.zeros_like(walk[0]))
    for p in walk:
        average = averaged(average, p, **constants)
    return average


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("decay", [0.999, 0.9, 0.0, 1.0])
def test_the_average_is_torchs(decay, dtype):
    model = torch.nn.Linear(3, 2, bias=False, dtype=dtype)
    theirs = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))
    for p in WALK.to(dtype):
        with torch.no_grad():
            model.weight.copy_(p)
        theirs.update_parameters(model)
    ours = average_of(WALK.to(dtype), decay=decay)
    assert ours.t == theirs.n_averaged == 200
    assert ours.mean.dtype == dtype
    assert error(ours.mean, theirs.module.weight.detach()) <= 8 * torch.finfo(dtype).eps


def test_the_average_is_the_weighted_sum_in_50_digits():
    with mpmath.workdps(50):
        decay = mpmath.mpf(0.9)
        values = [mpmath.mpf(v) for v in WALK[:, 0, 0].tolist()]
        exact = values[0] * decay**199 + sum((1 - decay) * decay ** (199 - k) * values[k] for k in range(1, 200))
    assert average_of(WALK, decay=0.9).mean[0, 0].item() == pytest.approx(float(exact), rel=1e-13)


def test_by_hand():
    average = averaged(first_average(tensor(100, 100)), tensor(1, 2), decay=0.75)
    assert (average.t, average.mean.tolist()) == (1, [1, 2])
    average = averaged(average, tensor(5, 6), decay=0.75)
    assert (average.t, average.mean.tolist()) == (2, [2, 3])
    assert averaged(average, tensor(1002, 1003)).mean.tolist() == pytest.approx([3, 4], rel=1e-12)


def test_what_is_given_is_neither_changed_nor_handed_on():
    p = tensor(1, 2)
    average = averaged(first_average(p), p)
    p += 1
    assert average.mean.tolist() == [1, 2]
    before = average.mean.clone()
    averaged(average, p)
    assert torch.equal(average.mean, before)


def test_each_model_has_its_own_decay_and_a_sick_one_leaves_its_neighbours_alone():
    decay = tensor(0.9, 0.5)
    together = average_of(WALK, decay=decay).mean
    for m in range(2):
        assert error(together[m], average_of(WALK[:, m], decay=decay[m].item()).mean) <= 1e-14
    sick = WALK.clone()
    sick[7, 0, 0] = math.nan
    assert torch.equal(average_of(sick, decay=decay).mean[1], together[1])
    assert average_of(sick, decay=decay).mean[0, 0].isnan()


def test_it_swings_less_than_what_it_follows():
    noise = normal((2000, 50), torch.Generator().manual_seed(2))
    mean = average_of(noise, decay=0.98).mean
    assert mean.std() == pytest.approx((0.02 / 1.98) ** 0.5, rel=0.3)


def test_what_does_not_fit_is_refused():
    average = first_average(tensor(1, 2))
    for decay in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=f"^decay must be from 0 to 1, got {decay}$"):
            averaged(average, tensor(1, 2), decay=decay)
    with pytest.raises(ValueError, match=re.escape("mean (2,) and p (1,) must be equal")):
        averaged(average, tensor(1))
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        first_average(torch.tensor([1]))
