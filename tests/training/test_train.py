import hashlib
from dataclasses import replace

import pytest
import torch

from dlconcepts.images.data_set import Data, Split
from dlconcepts.training.batches import batches
from dlconcepts.training.build import build
from dlconcepts.training.dark_pixels import PAYS
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import STACK, Model, stacks
from dlconcepts.training.step import Stack, advance
from dlconcepts.training.train import evaluate, first, first_not_finite, train

SHORT = Setting(hidden=(16,), epochs=2, batch_size=32)


def curves(runs):
    return torch.tensor([[*run.curves.values()] for run in runs], dtype=torch.float64)


def test_a_stacked_model_learns_what_it_learns_alone(small):
    arms = {str(lr): replace(SHORT, lr=lr) for lr in (0.03, 0.1, 0.3, 0.5)}
    together = train(arms, [0, 1, 2], small)
    alone = [train({label: arms[label]}, [seed], small)[0] for label in arms for seed in [0, 1, 2]]
    assert [(run.label, run.seed) for run in together] == [(run.label, run.seed) for run in alone]
    assert (curves(together) - curves(alone)).abs().max() < 1e-12


@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "relu"])
def test_gradients_by_hand_and_by_autograd_give_the_same_curves(small, activation):
    arms = {"a": replace(SHORT, activation=activation), "b": replace(SHORT, activation=activation, lr=0.02)}
    by_hand = train(arms, [0, 1], small, gradients="manual")
    by_autograd = train(arms, [0, 1], small, gradients="autograd")
    assert (curves(by_hand) - curves(by_autograd)).abs().max() < 1e-12
    assert (curves(by_hand)[:, 0, 1] < curves(by_hand)[:, 0, 0]).all()  # and they do learn


def test_nothing_before_batch_norm_has_a_bias_whose_gradient_would_be_noise(small):
    setting = Setting(filters=(2, 3), hidden=(7,), normalization="batch norm")
    shapes = [layer.shapes for layer in build([setting], small.train.x) if layer.shapes and len(layer.shapes[0]) > 1]
    assert shapes == [((2, 1, 3, 3),), ((3, 2, 3, 3),), ((3 * 7 * 7, 7),), ((7, 10), (10,))]
    plain = build([replace(setting, normalization="none")], small.train.x)
    assert plain[0].shapes == ((2, 1, 3, 3), (2,))


def test_a_network_learns(small):
    (run,) = train({"a": replace(SHORT, epochs=8)}, [0], small)
    assert run.status == "ok"
    losses = run.curves["training loss"]
    assert losses[-1] < losses[0] / 3
    assert run.final["test accuracy"] > 0.75


def test_a_model_that_diverges_leaves_its_neighbours_bit_for_bit(small):
    arms = {str(lr): replace(SHORT, lr=lr) for lr in (0.03, 0.1, 0.3, 0.5)}
    healthy = train(arms, [0, 1], small)
    with_a_patient = train({**arms, "0.1": replace(SHORT, lr=1e200)}, [0, 1], small)
    for before, after in zip(healthy, with_a_patient, strict=True):
        assert before.label == "0.1" or before == after


def test_a_diverged_model_is_data(small):
    (run,) = train({"a": replace(SHORT, lr=1e200)}, [0], small, observe=lambda *_: {"seen": True})
    assert run.status == "diverged"
    assert 2 <= run.diverged_at <= 4
    assert run.curves["training loss"] == [None, None]
    assert run.final == {"test loss": None, "test accuracy": None}
    assert run.extra == {}


def test_the_step_of_divergence_counts_from_one():
    losses = torch.tensor([[1.0, float("nan")], [1.0, 1.0], [float("inf"), 1.0]])
    assert first_not_finite(losses, [None, None]) == [3, 1]
    assert first_not_finite(losses[1:2], [None, None]) == [None, None]
    assert first_not_finite(losses, [2, None]) == [None, 1]


def digest(tensors):
    return hashlib.sha256(b"".join(t.contiguous().numpy().tobytes() for t in tensors)).hexdigest()


def test_a_model_that_breaks_in_its_last_step_has_diverged_there(small):
    (run,) = train({"a": replace(SHORT, lr=1e200, steps=1)}, [0], small)
    assert (run.status, run.diverged_at) == ("diverged", 1)


def test_arms_of_a_seed_share_their_start_wherever_shapes_allow(small):
    def first_weights(setting, seed):
        return start(build([setting], small.train.x), seed, small.train.x)

    base = first_weights(SHORT, 0)
    for other in [replace(SHORT, activation="tanh"), replace(SHORT, lr=0.7), replace(SHORT, batch_size=8)]:
        params = first_weights(other, 0)
        assert digest(p for layer in params for p in layer) == digest(p for layer in base for p in layer)
    deeper = first_weights(replace(SHORT, hidden=(16, 16)), 0)
    assert digest(deeper[0]) == digest(base[0])
    assert digest(first_weights(SHORT, 1)[0]) != digest(base[0])


def test_stacks_agree_in_code_and_are_cut_at_a_fixed_size():
    arms = {f"{a} {lr}": replace(SHORT, activation=a, lr=lr) for a in ("relu", "tanh") for lr in (0.1, 0.2, 0.3)}
    found = [*stacks(arms, list(range(7)))]
    assert [len(models) for models in found] == [16, 5, 16, 5]
    assert all(len({model.setting.code() for model in models}) == 1 for models in found)
    assert sorted((m.label, m.seed) for models in found for m in models) == sorted(
        (a, s) for a in arms for s in range(7)
    )


def test_many_arms_of_a_seed_make_stacks_of_their_own():
    arms = {str(i): replace(SHORT, lr=0.1 + i) for i in range(STACK + 2)}
    found = [*stacks(arms, [0, 1])]
    assert [len(models) for models in found] == [STACK, 2, STACK, 2]
    assert all(len({model.seed for model in models}) == 1 for models in found)


def test_a_batch_larger_than_the_data_is_refused(small):
    with pytest.raises(ValueError, match="batch_size=601: expected at most the 600"):
        train({"a": replace(SHORT, batch_size=601)}, [0], small)


def test_progress_hears_of_every_epoch_of_every_model(small):
    heard = []
    train({"a": SHORT}, [0, 1, 2], small, progress=heard.append)
    assert heard == [3, 3]


def test_observe_sees_each_models_own_parameters(small):
    def sum_of_bias(model, network, params, data):
        assert params[0][0].shape == (784, 16)
        return {"bias": float(params[0][1].sum(-1))}

    runs = train({"a": SHORT}, [0, 1], small, observe=sum_of_bias)
    assert runs[0].extra["bias"] != runs[1].extra["bias"]


@pytest.mark.parametrize("budget", [{"epochs": 2}, {"steps": 4}], ids=str)
def test_the_training_loss_of_an_epoch_is_the_mean_over_the_examples_it_saw(small, budget):
    setting = Setting(hidden=(16,), batch_size=250, examples=550, **budget)
    (run,) = train({"a": setting}, [0], small)
    plan, now = first([Model("a", setting, 0)], small, "manual")
    shown, expected = [[*batches(plan.fed, epoch)] for epoch in range(2)], []
    if "steps" in budget:
        shown[1] = shown[1][:1]
    for epoch in range(2):
        summed = 0.0
        for x, y in shown[epoch]:
            now, loss = advance(plan, now, 0, x, y)
            summed += float(loss) * y.shape[1]
        expected.append(summed / sum(y.shape[1] for _, y in shown[epoch]))
    assert run.curves["training loss"] == pytest.approx(expected, abs=1e-13)


def test_pixels_are_sorted_where_enough_model_epochs_pay_for_it(small):
    arms = [Model(str(m), replace(SHORT, epochs=2), 0) for m in range(PAYS)]
    assert first(arms[: PAYS // 2], small, "manual")[0].fed.lit is not None
    assert first(arms[: PAYS // 2 - 1], small, "manual")[0].fed.lit is None
    assert first([arms[0], arms[1]._replace(seed=1)] * PAYS, small, "manual")[0].fed.lit is None


def test_evaluation_counts_every_example_once(small):
    plan, _ = first([Model("a", Setting(hidden=()), 0)], small, "manual")
    params = [(torch.zeros(1, 784, 10, dtype=torch.float64), torch.eye(10, dtype=torch.float64)[3:4])]
    y = torch.tensor([3] * 1500 + [0] * 1000)
    loss, accuracy = evaluate(plan, Stack(params, [], {}), Split(torch.zeros(2500, 784, dtype=torch.float64), y))
    log_sum = torch.tensor([1.0] + [0.0] * 9, dtype=torch.float64).logsumexp(0)
    assert float(accuracy) == 0.6
    assert float(loss) == pytest.approx(float(log_sum) - 0.6, abs=1e-12)


def test_training_is_the_same_twice_and_in_float32(mnist):
    part = Data("part", "none", *(Split(s.x[:300], s.y[:300]) for s in (mnist.train, mnist.validation, mnist.test)))
    assert train({"a": SHORT}, [0, 1], part) == train({"a": SHORT}, [0, 1], part)


def test_looking_at_validation_less_often_changes_nothing_else(small):
    every = Setting(hidden=(16,), epochs=5, lr=0.3)
    (always,), (seldom,) = (train({"a": setting}, [0], small) for setting in (every, replace(every, validate_every=2)))
    for name, curve in always.curves.items():
        assert seldom.curves[name] == [curve[1], curve[3], curve[4]], name
    assert seldom.final == always.final
    (once,) = train({"a": replace(every, validate_every=100)}, [0], small)
    assert once.curves["validation accuracy"] == always.curves["validation accuracy"][-1:]
