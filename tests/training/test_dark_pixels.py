"""Sorting pixels loses nothing, and saves what it is said to save."""

import gc

import pytest
import torch

from dlconcepts.images.data_set import Split
from dlconcepts.training import batches as feeding
from dlconcepts.training import dark_pixels
from dlconcepts.training.batches import batches, feed
from dlconcepts.training.dark_pixels import lit_first, sorted_by_light, sorted_weights, weights_of_images
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import Model


def test_the_pixels_come_sorted_and_each_images_width_holds_all_of_it(small):
    lit = lit_first(small.train)
    assert lit.x.equal(small.train.x[:, lit.order])
    shown = (lit.x != 0).sum(0)
    assert (shown[1:] <= shown[:-1]).all()
    for x, width in zip(lit.x, lit.width.tolist(), strict=True):
        assert x[width - 1] != 0
        assert not x[width:].any()


def test_numbers_below_0_and_nan_are_lit_and_a_blank_image_is_no_trouble():
    x = torch.zeros(5, 40)
    x[0, 30], x[1, 30], x[1, 7], x[2, 3] = -1, torch.nan, 2, 1
    lit = sorted_by_light(x)
    assert lit.order[0] == 30
    assert lit.width[:2].tolist() == [1, 3]
    assert lit.width[3:].tolist() == [1, 1]
    assert lit.x[0, 0] == -1


def test_images_that_are_hardly_ever_dark_are_left_as_they_are():
    assert sorted_by_light(torch.ones(5, 40)) is None
    assert lit_first(Split(torch.full((5, 40), 0.5), torch.zeros(5))) is None


def test_a_split_is_sorted_once_and_forgotten_with_its_last_user(small):
    gc.collect()
    before = len(dark_pixels.known)
    split = Split(small.train.x.clone(), small.train.y)
    assert lit_first(split) is lit_first(split)
    assert len(dark_pixels.known) == before + 1
    del split
    gc.collect()
    assert len(dark_pixels.known) == before


def test_images_that_were_changed_in_place_are_sorted_anew(small):
    split = Split(small.train.x.clone(), small.train.y)
    lit_first(split)
    split.x[:] = split.x.flip(1)
    assert lit_first(split).x.equal(split.x[:, lit_first(split).order])


def test_a_coarse_precision_counts_pixels_as_well(small):
    lit = sorted_by_light(small.train.x.bfloat16())
    assert not any(x[width:].any() for x, width in zip(lit.x, lit.width.tolist(), strict=True))


def test_weights_go_with_their_pixels_and_come_back(small):
    lit = lit_first(small.train)
    W, b = torch.randn(2, 784, 3, dtype=torch.float64), torch.randn(2, 3, dtype=torch.float64)
    params = [(W, b), (), (b,)]
    there = sorted_weights(params, lit)
    assert (lit.x @ there[0][0] - small.train.x @ W).abs().max() < 1e-12
    assert weights_of_images(there, lit)[0][0].equal(W)
    assert there[0][1] is b
    assert there[1:] == params[1:]
    assert sorted_weights(params, None) is weights_of_images(params, None) is params


@pytest.mark.parametrize("ahead", [50, 150, 1024])
def test_batches_of_sorted_pixels_are_as_wide_as_what_they_show(small, ahead, monkeypatch):
    monkeypatch.setattr(feeding, "AHEAD", ahead)
    fed = feed(small.train, [Model("a", Setting(batch_size=50), 0)] * 3)
    lit = lit_first(small.train)
    pairs = [*zip(batches(fed, 1), batches(fed._replace(lit=lit), 1), strict=True)]
    assert len(pairs) == 12
    for (x, y), (narrow, same_y) in pairs:
        width = narrow.shape[-1]
        assert narrow.stride(0) == 0
        assert narrow.equal(x[..., lit.order[:width]])
        assert narrow[..., -1].any()
        assert not x[..., lit.order[width:]].any()
        assert y.equal(same_y)


def test_64_digits_of_mnist_need_four_fifths_of_the_pixels(mnist):
    lit = lit_first(mnist.first(5000).train)
    needed = torch.stack([width.max() for width in lit.width[:4992].split(64)]).double().mean() / 784
    assert 0.7 < needed < 0.82
