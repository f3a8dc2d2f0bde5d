"""The forms of the pixels: fitted on the training images, glitches in those alone."""

import pytest
import torch

from dlconcepts.images import pixel_forms
from dlconcepts.images.pixel_forms import Forms, inputs
from dlconcepts.manual.scaling import quantile_fit
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train


def test_min_max_by_pixel_fills_0_to_1_on_the_training_images(small):
    x = inputs["min-max by pixel"](small).train.x
    lit = small.train.x.amax(0) > small.train.x.amin(0)
    assert x.amin() == 0
    assert x.amax(0)[lit].eq(1).all()
    assert x[:, ~lit].eq(0).all()


def test_standardized_by_pixel_has_mean_0_and_spread_1_in_each_pixel(small):
    x = inputs["standardized by pixel"](small).train.x
    lit = small.train.x.amax(0) > 0
    assert x.mean(0).abs().max() < 1e-12
    assert (x.std(0, correction=0)[lit] - 1).abs().max() < 1e-12


def test_quantiles_by_pixel_are_shares_in_the_order_of_the_values(small):
    x, before = inputs["quantiles by pixel"](small).train.x, small.train.x
    place = int(before.mean(0).argmax())
    order = before[:, place].argsort()
    assert x.amin() == 0
    assert x.amax() == 1
    assert x[order, place].diff().ge(0).all()
    assert len(x[:, place].unique()) > 50


def test_quantiles_of_many_images_are_made_piece_by_piece(small, monkeypatch):
    whole = inputs["quantiles by pixel"](small)
    monkeypatch.setattr(pixel_forms, "AT_ONCE", 7)
    assert torch.equal(inputs["quantiles by pixel"](small).test.x, whole.test.x)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_scaling_knows_the_training_images_alone(small, split):
    alone = small.first(300)
    for name in pixel_forms.by_pixel:
        assert not torch.equal(getattr(inputs[name](alone), split).x, getattr(inputs[name](small), split).x)


def test_glitches_are_few_and_in_the_training_images_alone(small):
    found = pixel_forms.with_glitches(small)
    changed = found.train.x != small.train.x
    assert changed.any(1).sum() == 6  # one image in a hundred of 600
    assert 40 <= changed.sum() <= 48  # a pixel may be drawn twice
    assert found.train.x[changed].eq(4095 / 255).all()
    assert found.test.x is small.test.x
    assert found.validation.x is small.validation.x
    assert torch.equal(pixel_forms.with_glitches(small).train.x, found.train.x)


def test_a_glitch_squashes_min_max_but_not_the_ranks(small):
    hit = pixel_forms.with_glitches(small).train.x.amax(0) > 1
    place = int((hit & (small.train.x.mean(0) > 0.3)).nonzero()[0])
    clean, glitchy = (
        {name: inputs[start + name](small).test.x[:, place] for name in pixel_forms.by_pixel}
        for start in ("", "glitches, ")
    )
    assert clean["min-max by pixel"].max() == 1
    assert glitchy["min-max by pixel"].max() < 0.07
    assert (glitchy["quantiles by pixel"] - clean["quantiles by pixel"]).abs().max() < 0.02


def test_one_form_is_kept_at_a_time(small):
    forms = Forms(small)
    first = forms["0 to 255"]
    assert forms["0 to 255"] is first
    assert forms["0 to 1"] is small
    assert list(forms) == ["0 to 1"]


def test_ranks_come_from_as_many_images_as_are_sorted(small, monkeypatch):
    monkeypatch.setattr(pixel_forms, "RANKED", 50)
    x = inputs["quantiles by pixel"](small).test.x
    place = int(small.train.x.mean(0).argmax())
    few = quantile_fit(small.train.x[:50], pixel_forms.QUANTILES).values[:, place]
    assert x[small.test.x[:, place] <= few[0], place].eq(0).all()
    assert x[small.test.x[:, place] >= few[-1], place].eq(1).all()


def test_measurements_are_standardized_by_those_of_the_training_images(small):
    found = inputs["measurements"](small)
    assert found.train.x.shape == (600, 11)
    assert found.train.x.mean(0).abs().max() < 1e-12
    assert (found.train.x.std(0, correction=0) - 1).abs().max() < 1e-12
    assert found.test.x.mean(0).abs().max() > 1e-3
    one = inputs["measurements"](small.first(300))
    assert not torch.equal(one.test.x, found.test.x)


@pytest.mark.parametrize(("form", "D"), [("measurements", 11), ("HOG", 1296)])
def test_networks_are_as_wide_as_their_inputs(small, form, D):
    def observe(model, network, params, data):
        return {"W": list(params[0][0].shape), "x": list(data.test.x.shape)}

    arms = {str(hidden): Setting(hidden=hidden, inputs=form, epochs=5, lr=0.3) for hidden in ((), (7,))}
    linear, hidden = train(arms, [0], small, observe=observe)
    assert linear.extra == {"W": [D, 10], "x": [500, D]}
    assert hidden.extra["W"] == [D, 7]
    assert linear.final["test accuracy"] > 0.5
