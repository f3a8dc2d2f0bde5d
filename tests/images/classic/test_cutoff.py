"""The loop rule's cut-off, on planted shares and on drawn loops."""

import pytest
import torch

from dlconcepts.images.classic.cutoff import CUTS, Pair, best, errors, failures, loop_share, wrong_side, zeros_and_sixes


def pair(zeros, sixes):
    share = torch.tensor([*zeros, *sixes], dtype=torch.float64)
    zero = torch.arange(len(share)) < len(zeros)
    return Pair(torch.arange(len(share)), torch.arange(len(share))[:, None].expand(-1, 784).double(), zero, share)


def test_a_clean_cut_off_is_found_where_there_is_one():
    clean = pair([0.8, 0.7, 0.655], [0.0, 0.3, 0.345])
    cut, wrong = best(clean)
    assert cut == pytest.approx(0.35)
    assert wrong == 0
    assert not wrong_side(cut, clean).any()


def test_where_there_is_none_the_best_one_gets_the_fewest_wrong():
    mixed = pair([0.0, 0.7, 0.8, 0.9], [0.2, 0.3, 0.4, 0.75])
    cut, wrong = best(mixed)
    assert cut == pytest.approx(0.41)
    assert wrong == 2 / 8
    assert wrong_side(cut, mixed).nonzero()[:, 0].tolist() == [0, 7]
    shares = errors(mixed)
    at = round(100 * cut)
    assert float(shares["zeros called sixes"][at]) == float(shares["sixes called zeros"][at]) == 1 / 4
    assert shares["zeros called sixes"][0] == 0
    assert shares["sixes called zeros"][0] == 1
    assert len(CUTS) == len(shares["zeros called sixes"])
    assert shares["zeros called sixes"].diff().ge(0).all()


def test_failures_go_from_the_farthest_to_the_nearest():
    mixed = pair([0.1, 0.0, 0.3, 0.2, 0.9], [0.95, 0.6, 0.3])
    assert failures(0.5, mixed, True, 4)[:, 0].tolist() == [1, 0, 3, 2]
    assert failures(0.5, mixed, True, 2)[:, 0].tolist() == [1, 2]
    assert failures(0.5, mixed, False, 5)[:, 0].tolist() == [5, 6]
    assert len(failures(0.0, mixed, True, 5)) == 0


def test_the_share_is_the_loops_height_by_the_digits():
    ink = torch.zeros(2, 28, 28, dtype=torch.bool)
    ink[0, 4:14, 5:9] = True
    ink[0, 10:13, 6:8] = False  # 3 of 10 rows
    ink[1, 4:14, 5] = True
    assert loop_share(ink).tolist() == [0.3, 0]


def test_only_zeros_and_sixes_are_taken_each_with_its_row(small):
    found = zeros_and_sixes(small.train, 0)
    y = small.train.y
    assert len(found.rows) == int(((y == 0) | (y == 6)).sum())
    assert found.zero.tolist() == (y[found.rows] == 0).tolist()
    assert torch.equal(found.x, small.train.x[found.rows])
    part = found.among(torch.arange(100))
    assert part.rows.tolist() == [row for row in found.rows.tolist() if row < 100]
    assert torch.equal(part.share, found.share[: len(part.rows)])
    assert not torch.equal(zeros_and_sixes(small.train, 1).share, found.share)
