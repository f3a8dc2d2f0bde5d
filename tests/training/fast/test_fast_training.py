"""The fast path computes what the plain rules compute: shared batches or each seed's own, pixels sorted or not."""

from dataclasses import replace

import pytest
import torch

from dlconcepts.images.data_set import Split
from dlconcepts.images.pixel_forms import Forms
from dlconcepts.training import train as train_module
from dlconcepts.training.fast.updates import updates
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
    **{f"{name}, decay": {"optimizer": name, "lr": 0.01, "weight_decay": 0.1} for name in updates},
    **{f"{name}, falling rates": {"optimizer": name, "lr": 0.01, "schedule": "cosine"} for name in updates},
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


@pytest.mark.parametrize("name", updates)
def test_after_200_steps_it_is_where_the_plain_rules_lead(tiny, name, monkeypatch):
    one = Setting(hidden=(12, 9), steps=200, batch_size=50, lr=0.02, normalization="layer norm", optimizer=name)
    # no pull towards 0 where a step has the same length however weak the pull: across 0 its sign comes from rounding
    pull = 0.0 if name in ("rmsprop", "adam") else 0.02
    one = replace(one, clip_norm=1.0, momentum=0.8, weight_decay=pull)
    arms = {"one": one, "other": replace(one, lr=0.01, momentum=0.5, l2=pull, dropout=0.1)}
    quick = train(arms, [0], tiny, observe=weights)
    monkeypatch.setattr(train_module, "is_fast", lambda plan: False)
    assert (numbers(quick) - numbers(train(arms, [0], tiny, observe=weights))).abs().max() < 1e-12


def test_so_does_one_arm_of_several_seeds(tiny, monkeypatch):
    arms = {"one": Setting(hidden=(12,), epochs=2, batch_size=48, lr=0.05)}
    quick = train(arms, [0, 1], tiny, observe=weights)
    monkeypatch.setattr(train_module, "is_fast", lambda plan: False)
    assert (numbers(quick) - numbers(train(arms, [0, 1], tiny, observe=weights))).abs().max() < 1e-12


def test_training_until_it_stops_begins_at_once(tiny):
    endless = Setting(hidden=(4,), epochs=10**8, batch_size=100, lr=0.5, patience=1, schedule="warm-up")
    assert 1 < len(train({"a": endless}, [0], tiny)[0].curves["training loss"]) < 1000


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
