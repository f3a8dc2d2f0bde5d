"""Nothing in the engine is tied to the CPU: on another device the same training runs, and gives the same numbers."""

from dataclasses import replace

import pytest
import torch

from dlconcepts import gallery
from dlconcepts.images.pixel_forms import inputs
from dlconcepts.training import step, train
from dlconcepts.training.dark_pixels import sorted_weights
from tests.far_device import FAR, far_device
from tests.settings import KINDS, SHORT, arms

DATA = {
    "label noise": {"label_noise": 0.3},
    "half of the examples": {"examples": 100},
    "shifted images": {"shift": 2},
    "early stopping": {"patience": 1},
    **{f"inputs {form}": {"inputs": form, "lr": 1e-4} for form in inputs},
}


def trained_far(settings, data, **options):
    """The runs of `train` on the far device, with the kinds of device that `observe` found its tensors on."""

    def observe(model, network, params, data):
        tensors = [p for layer in params for p in layer] + [data.train.x, data.train.y, data.test.x]
        return {"devices": sorted({tensor.device.type for tensor in tensors})}

    with far_device():
        return train.train(settings, [0, 1], data, device=str(FAR), observe=observe, **options)


@pytest.mark.parametrize("kind", [*KINDS, *DATA])
def test_training_on_another_device_is_the_same_training(tiny, kind):
    one = replace(SHORT, **DATA[kind]) if kind in DATA else None
    settings = {"one": one, "other": replace(one, lr=one.lr / 2)} if one else arms(kind)
    near, far = train.train(settings, [0, 1], tiny), trained_far(settings, tiny)
    assert {*(tuple(run.extra["devices"]) for run in far)} == {(FAR.type,)}
    assert [replace(run, extra={}) for run in far] == near


@pytest.mark.parametrize("kind", ["no hidden layer", "dropout", "batch norm", "optimizer adam", "convolution"])
def test_so_it_is_with_autograd(tiny, kind):
    near = train.train(arms(kind), [0, 1], tiny, gradients="autograd")
    far = trained_far(arms(kind), tiny, gradients="autograd")
    assert [replace(run, extra={}) for run in far] == near


def test_many_arms_of_a_seed_share_their_sorted_batches_there_too(tiny, monkeypatch):
    monkeypatch.setattr(train, "PAYS", 0)
    sorted_from = []
    monkeypatch.setattr(train, "sorted_weights", lambda p, lit: sorted_from.append(lit) or sorted_weights(p, lit))
    settings = {str(lr): replace(SHORT, lr=lr) for lr in (0.01, 0.02, 0.03, 0.04)}
    far = trained_far(settings, tiny)
    assert sorted_from[0].x.device == FAR
    assert [replace(run, extra={}) for run in far] == train.train(settings, [0, 1], tiny)


@pytest.mark.parametrize("name", ["epochs", "loss", "metrics", "regularization"])
def test_a_concept_looks_into_its_networks_there_too(small, name):
    concept = gallery.concept(name)
    settings = {
        label: replace(arm, epochs=1, batch_size=min(arm.batch_size, 100), examples=min(arm.examples, 200))
        for label, arm in concept.ARMS.items()
    }
    near = concept.measure(settings, small, [0])
    with far_device():
        assert concept.measure(settings, small, [0], device=str(FAR)) == near


def test_a_number_left_on_the_cpu_is_found(tiny, monkeypatch):
    numbers = step.numbers_of
    monkeypatch.setattr(train, "numbers_of", lambda models, like: numbers(models, like.cpu()))
    with pytest.raises(RuntimeError, match="expected all tensors on one device"):
        trained_far({"a": SHORT}, tiny)


def test_the_far_device_is_no_cpu():
    with far_device():
        far = torch.ones(2, 3, device=FAR)
        assert (far + 1).device == far.mT.device == torch.arange(3).to(FAR).device == FAR
        assert far.cpu().device.type == "cpu"
        assert far.sum().item() == 6
        near = torch.zeros(2, 3)
        for mix in (torch.add, torch.minimum, lambda a, b: a @ b.mT, lambda a, b: torch.where(a > 0, a, b)):
            with pytest.raises(RuntimeError, match="expected all tensors on one device"):
                mix(far, near)
        rows = torch.tensor([1, 0])
        assert far[rows].device == FAR
        with pytest.raises(RuntimeError, match="expected all tensors on one device"):
            near[rows.to(FAR)]
        assert (far * torch.tensor(2.0)).sum().item() == 12  # single numbers mix, as they do on an accelerator
