"""What is reached without training, as numbers of a record."""

import pytest
import torch

from dlconcepts.concepts.features.without_training import cut_off, nearest, rules, sweep
from dlconcepts.images.classic.cutoff import Pair, zeros_and_sixes
from dlconcepts.images.classic.heuristics import answers
from dlconcepts.training.batches import chosen


def test_the_rules_share_is_that_of_the_test_images(tiny):
    assert rules(tiny) == sum(int(a == b) for a, b in zip(answers(tiny.test.x), tiny.test.y, strict=True)) / 100


def test_each_seed_knows_its_own_examples_and_all_know_all(tiny):
    found = nearest(tiny, [0, 1], [30, 200])
    assert list(found) == [(0, 30), (1, 30), (0, 200), (1, 200)]
    assert found[0, 200] == found[1, 200] > found[0, 30]
    rows = chosen(1, 30, 200)
    order = torch.cdist(tiny.test.x, tiny.train.x[rows]).argsort(-1)[:, :3]
    votes = tiny.train.y[rows][order]
    plain = [v[1] if v[1] == v[2] else v[0] for v in votes.tolist()]
    assert found[1, 30] == pytest.approx(sum(a == int(b) for a, b in zip(plain, tiny.test.y, strict=True)) / 100)


def planted(zeros, sixes):
    share = torch.tensor([*zeros, *sixes], dtype=torch.float64)
    x = torch.arange(len(share))[:, None].expand(-1, 784).double()
    return Pair(torch.arange(len(share)), x, torch.arange(len(share)) < len(zeros), share)


def test_a_cut_off_is_chosen_on_ones_own_digits_and_tried_on_others():
    mine, test = planted([0.6, 0.7], [0.1, 0.305]), planted([0.32, 0.3, 0.9], [0.4])
    found = cut_off(mine, test)
    assert found == {"cut-off": pytest.approx(0.31), "wrong": 0, "wrong on test": 50}
    shown = sweep(found["cut-off"], mine, test, 5)
    assert [image[0][0] for image in shown["zeros"]] == [1]
    assert [image[0][0] for image in shown["sixes"]] == [3]
    assert shown["sixes called zeros"][0] == 100


def test_digits_have_a_cut_off_that_beats_guessing(small):
    pair = zeros_and_sixes(small.train, 1)
    assert cut_off(pair, pair)["wrong"] == cut_off(pair, pair)["wrong on test"] < 15
