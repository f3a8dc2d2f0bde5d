"""What a step is made of: the fast path, penalties, clipping, schedules, and every kind of layer in a stack."""

from dataclasses import replace

import pytest
import torch

from dlconcepts.rules.activation import rules as activations
from dlconcepts.rules.learning_rate import schedules
from dlconcepts.rules.loss import rules as losses
from dlconcepts.rules.optimizer import optimizers
from dlconcepts.rules.softmax import rules as softmaxes
from dlconcepts.training.batches import batches, feed
from dlconcepts.training.build import build, masks
from dlconcepts.training.fast.updates import updates
from dlconcepts.training.stacks import Model
from dlconcepts.training.step import Plan, advance, is_fast, is_plain_descent, penalized, schedule_constants
from dlconcepts.training.train import evaluate, first, train
from tests.settings import KINDS, SHORT, arms

FAST = ["batch norm", "dropout", "layer norm", "L1 and L2", "clipping", *(f"optimizer {name}" for name in optimizers)]


def curves(runs):
    return torch.tensor([[*run.curves.values()] for run in runs], dtype=torch.float64)


@pytest.mark.parametrize("kind", KINDS)
def test_by_hand_and_by_autograd_are_the_same_training(tiny, kind):
    by_hand = train(arms(kind), [0, 1], tiny)
    by_autograd = train(arms(kind), [0, 1], tiny, gradients="autograd")
    assert (curves(by_hand) - curves(by_autograd)).abs().max() < 1e-10
    assert (curves(by_hand)[:, :2].isfinite()).all()


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_stack_each_model_learns_what_it_learns_alone(tiny, kind):
    together = train(arms(kind), [0, 1], tiny)
    alone = [train({label: setting}, [seed], tiny)[0] for label, setting in arms(kind).items() for seed in [0, 1]]
    assert (curves(together) - curves(alone)).abs().max() < 1e-10
    assert curves(together)[0].ne(curves(together)[2]).any()  # the numbers that differ do make a difference


@pytest.mark.parametrize("kind", [*FAST, "convolution"])
def test_a_model_that_diverges_leaves_its_neighbours_bit_for_bit(tiny, kind):
    healthy = arms(kind)
    sick = {"other": replace(healthy["other"], lr=1e200), "one": healthy["one"]}
    (_, before), (patient, after) = train(dict(reversed(healthy.items())), [0], tiny), train(sick, [0], tiny)
    assert before == after
    assert patient.status == "diverged"


@pytest.mark.parametrize("kind", KINDS)
def test_the_fast_path_is_taken_where_every_layer_and_the_optimizer_have_one(tiny, kind):
    plan, now = first([Model("a", arms(kind)["one"], 0)], tiny, "manual")
    known = "convolution" not in kind and kind != "rms norm" and arms(kind)["one"].optimizer in updates
    assert is_fast(plan) == (now.fast is not None) == known
    plan, now = first([Model("a", arms(kind)["one"], 0)], tiny, "autograd")
    assert not is_fast(plan)
    assert now.fast is None


@pytest.mark.parametrize("kind", ["L1 and L2", "proximal L1", "weight decay", "clipping", "optimizer momentum"])
def test_nothing_else_passes_for_plain_descent(tiny, kind):
    plan, _ = first([Model("a", arms(kind)["one"], 0)], tiny, "manual")
    assert not is_plain_descent(plan.own, plan.models[0])


def stack_of(setting, data, **changes):
    return first([Model("a", replace(setting, **changes), 0)], data, "manual")


def one_step(setting, data, **changes):
    """The weights after one step."""
    plan, now = stack_of(setting, data, **changes)
    x, y = next(batches(feed(data.train, [Model("a", SHORT, 0)]), 0))
    after, _ = advance(plan, now, 0, x, y)
    return [p for layer in after.params for p in layer]


def test_a_penalty_pulls_at_weights_and_spares_biases(tiny):
    plan, now = stack_of(SHORT, tiny, l1=0.5, l2=0.25)
    zero = [tuple(torch.zeros_like(p) for p in layer) for layer in now.params]
    (dW, db), *_ = penalized(plan.own, now.params, zero)
    W = now.params[0][0]
    assert torch.equal(dW, 0.5 * W.sign() + 0.25 * W)
    assert not db.any()


def test_clipping_shortens_all_of_a_models_gradients_as_one_vector(tiny):
    plan, now = stack_of(SHORT, tiny, clip_norm=0.5)
    ones = [tuple(torch.ones_like(p) for p in layer) for layer in now.params]
    clipped = [p for layer in penalized(plan.own, now.params, ones) for p in layer]
    assert float(sum(p.square().sum() for p in clipped)) == pytest.approx(0.25, rel=1e-6)


def test_a_proximal_step_makes_weights_zero_and_a_penalty_does_not(tiny):
    proximal = one_step(SHORT, tiny, proximal_l1=0.1)[0]
    penalty = one_step(SHORT, tiny, l1=0.1)[0]
    assert (proximal == 0).double().mean() > 0.1
    assert not (penalty == 0).any()


def test_weight_decay_shrinks_every_parameter_biases_too(tiny):
    plain, decayed = one_step(SHORT, tiny), one_step(SHORT, tiny, weight_decay=0.5)
    _, now = stack_of(SHORT, tiny)
    start = [p for layer in now.params for p in layer]
    for before, without, with_decay in zip(start, plain, decayed, strict=True):
        assert torch.allclose(without - with_decay, 0.05 * 0.5 * before, rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", schedules)
@pytest.mark.parametrize("steps", [1, 2, 3, 20, 1000])
def test_a_schedule_fits_the_length_of_the_training(name, steps):
    rates = [schedules[name].factor(t, **schedule_constants(name, steps)) for t in range(steps)]
    assert all(0 <= rate <= 1 + 1e-12 for rate in rates)
    if steps == 1000:
        assert max(rates) == pytest.approx(1, abs=0.02)
        ends = {"constant": 1, "warm-up": 1, "step": 0.01, "exponential": 0.01, "cosine": 0, "one-cycle": 0}
        ends |= {
            "polynomial": 0.001,
            "multi-step": 0.01,
            "inverse square root": 0.1**0.5,
            "warm-up-stable-decay": 0.005,
        }
        assert rates[-1] == pytest.approx(ends.get(name, 0), abs=1e-3)


def test_a_step_takes_the_schedules_rate(tiny):
    plan, _ = stack_of(SHORT, tiny, schedule="cosine")
    assert float(plan.lr(0)) == 0.05
    assert float(plan.lr(4)) == pytest.approx(0.025)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_a_training_takes_the_rate_of_each_step_in_turn(tiny, optimizer, monkeypatch):
    asked, lr = [], Plan.lr
    monkeypatch.setattr(Plan, "lr", lambda self, t: asked.append(t) or lr(self, t))
    train({"a": replace(SHORT, optimizer=optimizer, epochs=2, batch_size=60)}, [0], tiny)
    assert asked == [*range(8)]


def test_masks_depend_on_seed_layer_and_step_alone(tiny):
    setting = replace(SHORT, hidden=(30, 30), dropout=0.4)
    alone = build([setting], tiny.train.x)
    pair = build([setting, setting], tiny.train.x)
    one = [*masks(alone, [setting], [7], step=3, B=50).values()]
    two = [*masks(pair, [setting, setting], [5, 7], step=3, B=50).values()]
    assert len(one) == 2
    for own, stacked in zip(one, two, strict=True):
        assert torch.equal(own[0], stacked[1])
        assert not torch.equal(own[0], stacked[0])
        assert 0.5 < own.double().mean() < 0.7
    assert not torch.equal(one[0], one[1])
    other = [*masks(alone, [setting], [7], step=4, B=50).values()]
    assert not torch.equal(one[0], other[0])


def test_dropout_and_batch_norm_are_still_when_nothing_is_learned(tiny):
    plan, now = stack_of(SHORT, tiny, dropout=0.5, normalization="batch norm")
    assert [float(v) for v in evaluate(plan, now, tiny.test)] == [float(v) for v in evaluate(plan, now, tiny.test)]


def test_running_statistics_are_torchs(tiny):
    plan, now = stack_of(SHORT, tiny, normalization="batch norm")
    torchs = torch.nn.BatchNorm1d(12, dtype=torch.float64)
    for t, (x, y) in enumerate(batches(feed(tiny.train, [Model("a", SHORT, 0)]), 0)):
        torchs(x[0] @ now.params[0][0][0])
        now, _ = advance(plan, now, t, x, y)
    (running,) = now.running.values()
    assert (running.mean[0] - torchs.running_mean).abs().max() < 1e-13
    assert (running.var[0] - torchs.running_var).abs().max() < 1e-13


@pytest.mark.parametrize(
    ("loss", "output", "expected"),
    [
        ("cross-entropy", "fitting", None),
        ("mean squared error", "fitting", None),
        ("binary cross-entropy", "fitting", activations["sigmoid"]),
        ("binary cross-entropy", "softmax", softmaxes["softmax"]),
        ("mean squared error", "sigmoid", activations["sigmoid"]),
        ("cross-entropy", "softmax", softmaxes["softmax"]),
    ],
)
def test_a_loss_gets_the_sums_or_what_the_setting_makes_of_them(tiny, loss, output, expected):
    *before, last = build([replace(SHORT, loss=loss, output=output)], tiny.train.x)
    assert last.rule is losses[loss]
    assert [layer.rule for layer in before[3:]] == ([expected] if expected else [])


def test_a_convolution_learns(small):
    (run,) = train({"a": replace(SHORT, filters=(4,), hidden=(), epochs=2, lr=0.2)}, [0], small)
    assert run.final["test accuracy"] > 0.4


def test_without_biases_the_weights_start_as_with_them_and_nothing_else_learns(tiny):
    _, with_biases = stack_of(SHORT, tiny)
    _, without = stack_of(SHORT, tiny, bias=False)
    assert all(len(layer) == 1 for layer in without.params if layer)
    for (W, _), (V,) in zip(filter(None, with_biases.params), filter(None, without.params), strict=True):
        assert torch.equal(W, V)
