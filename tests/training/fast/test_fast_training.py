"""The fast path computes what the plain rules compute: shared batches or each seed's own, pixels sorted or not."""

from dataclasses import replace

import pytest
import torch

from dlconcepts.images.data_set import Split
from dlconcepts.images.pixel_forms import Forms
from dlconcepts.manual.network import Layer, initial, stack
from dlconcepts.rules.activation import rules as activations
from dlconcepts.rules.loss import rules as losses
from dlconcepts.rules.optimizer import optimizers
from dlconcepts.training import train as train_module
from dlconcepts.training.fast.layout import end_to_end
from dlconcepts.training.fast.learners import ModelByModel, PlainDescent
from dlconcepts.training.fast.losses import CrossEntropy
from dlconcepts.training.fast.network import fast_network, has_fast_parts
from dlconcepts.training.fully_connected import mlp
from dlconcepts.training.gradients import manual
from dlconcepts.training.history import copied
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import Model
from dlconcepts.training.train import first, train

KINDS = {
    "no hidden layer": {"hidden": ()},
    "three hidden layers": {"hidden": (12, 9, 7)},
    "no biases": {"hidden": (12, 9), "bias": False},
    "gelu": {"activation": "gelu"},
    "hinge": {"loss": "hinge"},
    "squared error of a softmax": {"loss": "mean squared error", "output": "softmax"},
    "label smoothing": {"label_smoothing": 0.2},
    "label noise": {"label_noise": 0.3},
    "half of the examples": {"examples": 100},
    "shifted images": {"shift": 2},
    "no pixel is 0": {"inputs": "standardized"},
    "some pixels are always 0": {"inputs": "standardized by pixel"},
    "early stopping": {"patience": 1, "epochs": 6},
    "a step budget": {"steps": 7},
    "falling rates": {"schedule": "cosine"},
    "dropout": {"hidden": (12, 9), "dropout": 0.3},
    "batch norm": {"hidden": (12, 9), "normalization": "batch norm", "batch_size": 50},
    "layer norm": {"hidden": (12, 9), "normalization": "layer norm"},
    "L1": {"l1": 1e-3},
    "L2": {"l2": 1e-2},
    "proximal L1": {"proximal_l1": 1e-2},
    "clipping": {"clip_norm": 0.1},
    **{f"{name}, decay": {"optimizer": name, "lr": 0.01, "weight_decay": 0.1} for name in optimizers},
    **{f"{name}, falling rates": {"optimizer": name, "lr": 0.01, "schedule": "cosine"} for name in optimizers},
    "all of it": {
        **{"optimizer": "nesterov", "normalization": "batch norm", "hidden": (12, 9), "batch_size": 50, "patience": 9},
        **{"dropout": 0.2, "l1": 1e-3, "l2": 1e-2, "proximal_l1": 1e-3, "clip_norm": 0.5, "weight_decay": 0.01},
    },
}


def numbers(runs):
    """Curves, final metrics and, as `observe` gives them, the first layer's weights."""
    return torch.tensor(
        [
            [v for curve in run.curves.values() for v in curve]
            + [*run.final.values()]
            + run.extra["W"]
            + [run.extra["pixels"]]
            for run in runs
        ],
        dtype=torch.float64,
    )


def weights(model, network, params, data):
    return {"W": params[0][0].flatten().tolist(), "pixels": float(data.train.x[:, 300:400].sum())}


@pytest.mark.parametrize(
    ("seeds", "sorts"), [([0], True), ([0], False), ([0, 1], False)], ids=["shared, sorted", "shared", "own batches"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_the_fast_path_takes_the_same_steps(tiny, kind, seeds, sorts, monkeypatch):
    one = replace(Setting(hidden=(12,), epochs=3, batch_size=48, lr=0.05), **KINDS[kind])
    arms = {"one": one, "other": replace(one, lr=one.lr / 2)}
    monkeypatch.setattr(train_module, "PAYS", 0 if sorts else torch.inf)
    quick = train(arms, seeds, tiny, observe=weights)
    plan, now = first([Model("a", one, 0)], Forms(tiny)[one.inputs], "manual")
    assert now.fast
    assert (plan.fed.lit is not None) == (sorts and kind not in ("shifted images", "no pixel is 0"))
    monkeypatch.setattr(train_module, "is_fast", lambda plan: False)
    plain = train(arms, seeds, tiny, observe=weights)
    assert (numbers(quick) - numbers(plain)).abs().max() < 1e-12
    assert numbers(quick).isfinite().all()


def test_so_does_one_arm_of_several_seeds(tiny, monkeypatch):
    arms = {"one": Setting(hidden=(12,), epochs=2, batch_size=48, lr=0.05)}
    quick = train(arms, [0, 1], tiny, observe=weights)
    monkeypatch.setattr(train_module, "is_fast", lambda plan: False)
    assert (numbers(quick) - numbers(train(arms, [0, 1], tiny, observe=weights))).abs().max() < 1e-12


def test_training_until_it_stops_begins_at_once(tiny):
    endless = Setting(hidden=(4,), epochs=10**8, batch_size=100, lr=0.5, patience=1, schedule="warm-up")
    assert 1 < len(train({"a": endless}, [0], tiny)[0].curves["training loss"]) < 1000


@pytest.mark.parametrize("M", [1, 3])
@pytest.mark.parametrize("shared", [True, False])
def test_a_step_subtracts_the_gradients_of_the_plain_rules(M, shared):
    random = torch.Generator().manual_seed(0)
    network = mlp([20, 7, 5, 4], "tanh", "cross-entropy")
    network[3] = Layer(activations["leaky relu"], constants={"slope": torch.arange(M, dtype=torch.float64)})
    params = stack([[initial(layer, random) for layer in network[:-1]] for _ in range(M)])
    x, y = torch.randn(M, 6, 20, generator=random, dtype=torch.float64), torch.randint(4, (M, 6), generator=random)
    if shared:
        x, y = x[:1].expand(M, 6, 20), y[:1].expand(M, 6)
    lr = torch.linspace(0.1, 0.3, M, dtype=torch.float64)
    expected, gradients, _ = manual(network, params, x, y)
    after = turned(copied(params))
    assert (descend(parts_of(network, after, shared), x, y, lr) - expected).abs().max() < 1e-14
    for p, dp, q in zip(*[[t for layer in part for t in layer] for part in (params, gradients, after)], strict=True):
        assert (p - lr.view(-1, *[1] * (p.ndim - 1)) * dp - q).abs().max() < 1e-14
        assert dp.abs().max() > 1e-4


def test_inputs_that_are_left_out_count_as_0_and_their_weights_stay():
    random = torch.Generator().manual_seed(0)
    network = mlp([20, 7, 4], "relu", "cross-entropy")
    params = stack([[initial(layer, random) for layer in network[:-1]] for _ in range(2)])
    x, y = torch.randn(1, 6, 20, generator=random, dtype=torch.float64), torch.randint(4, (1, 6), generator=random)
    x[..., 13:] = 0
    narrow, full = turned(copied(params)), turned(copied(params))
    lr = torch.tensor([0.1, 0.2], dtype=torch.float64)
    x, y = x.expand(2, 6, 20), y.expand(2, 6)
    a = descend(parts_of(network, narrow, shared=True), x[..., :13], y, lr)
    b = descend(parts_of(network, full, shared=True), x, y, lr)
    assert (a - b).abs().max() < 1e-14
    assert (narrow[0][0] - full[0][0]).abs().max() < 1e-14
    assert narrow[0][0][:, 13:].equal(params[0][0][:, 13:])
    assert not narrow[0][0][:, :13].equal(params[0][0][:, :13])


def test_weights_that_are_not_turned_are_refused_rather_than_left_as_they_were():
    random = torch.Generator().manual_seed(0)
    network = mlp([20, 7, 4], "relu", "cross-entropy")
    params = stack([[initial(layer, random) for layer in network[:-1]] for _ in range(2)])
    with pytest.raises(RuntimeError, match="view"):
        parts_of(network, params, shared=True)


def test_a_network_that_does_not_begin_with_weighted_sums_takes_the_plain_way():
    network = mlp([20, 7, 4], "relu", "cross-entropy")
    assert can_descend(network)
    assert not can_descend([Layer(activations["tanh"]), *network])


def test_cross_entropy_in_fewer_calls_is_the_rules():
    random, rule, part = torch.Generator().manual_seed(0), losses["cross-entropy"], CrossEntropy()
    lr = torch.tensor([0.5, -2, 3], dtype=torch.float64)
    for B, scale in [(6, 1), (6, 1000), (4, 1), (1, 1)]:
        z = scale * torch.randn(3, 5, B, generator=random, dtype=torch.float64)
        y = torch.randint(5, (3, B), generator=random)
        expected, saved = rule.forward(z.mT, y)
        (dz,) = rule.backward(lr, *saved)
        loss, saved = part.forward(z, y)
        assert ((loss - expected) / scale).abs().max() < 1e-14
        assert (part.backward(lr, *saved).mT + dz).abs().max() < 1e-14


def test_cross_entropy_of_scores_that_are_not_finite_is_nan_for_their_model_alone():
    z, y = torch.zeros(3, 5, 2), torch.zeros(3, 2, dtype=torch.int64)
    z[0, 1, 1], z[2, 0, 0] = torch.nan, torch.inf
    part = CrossEntropy()
    loss, saved = part.forward(z, y)
    dz = part.backward(torch.ones(3), *saved)
    assert loss.isnan().tolist() == dz.isnan().flatten(1).any(1).tolist() == [True, False, True]


def test_observers_get_plain_tensors(tiny):
    def observe(model, network, params, data):
        tensors = [p for layer in params for p in layer] + [data.train.x, data.train.y, data.test.x]
        assert all(t.is_contiguous() and not t.is_inference() for t in tensors)
        return {"seen": len(tensors)}

    one = Setting(hidden=(12,), epochs=2, batch_size=48, lr=0.05)
    for changes in ({}, {"patience": 1}, {"examples": 100}, {"label_noise": 0.5}):
        settings = {"one": replace(one, **changes), "other": replace(one, lr=0.1, **changes)}
        assert [run.extra for run in train(settings, [0], tiny, observe=observe)] == [{"seen": 7}] * 2


@pytest.mark.parametrize("name", ["train", "validation", "test"])
def test_labels_that_are_no_classes_are_refused_before_anything_is_trained(tiny, name, monkeypatch):
    monkeypatch.setattr(train_module, "train_stack", None)
    split = getattr(tiny, name)
    wrong = replace(tiny, **{name: Split(split.x, split.y + 1)})
    with pytest.raises(ValueError, match="classes must be from 0 to 9, got 1 to 10"):
        train({"a": Setting(hidden=(4,), epochs=1)}, [0], wrong)
