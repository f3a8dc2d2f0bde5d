"""Nearest neighbours beside scikit-learn's and beside plain sorting."""

import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from dlconcepts.images.classic import neighbours as module
from dlconcepts.images.classic.neighbours import elected, neighbours


@pytest.mark.parametrize("k", [1, 3, 4])
def test_the_answers_are_those_of_plain_sorting(small, k):
    x, known, y = small.test.x[:80], small.train.x, small.train.y
    rows = torch.randperm(600, generator=torch.Generator().manual_seed(1))[:200]
    found = neighbours(x, known, y, {(0, 200): rows, (0, 600): torch.arange(600)}, k)
    for (_, n), mine in zip(found, (rows, torch.arange(600)), strict=True):
        for image, answer in zip(x, found[0, n], strict=True):
            order = (known[mine] - image).square().sum(-1).argsort()[:k]
            votes = y[mine][order].tolist()
            most = max(votes.count(vote) for vote in votes)
            assert answer == next(vote for vote in votes if votes.count(vote) == most)


def test_one_neighbour_is_scikit_learns(small):
    theirs = KNeighborsClassifier(1).fit(small.train.x.numpy(), small.train.y.numpy()).predict(small.test.x.numpy())
    (found,) = neighbours(small.test.x, small.train.x, small.train.y, {(0, 600): torch.arange(600)}, 1).values()
    assert found.tolist() == theirs.tolist()


def test_among_equal_votes_the_nearest_decides():
    votes = torch.tensor([[7, 2, 2], [7, 2, 1], [9, 9, 1], [1, 3, 9]])
    assert elected(votes).tolist() == [2, 7, 9, 1]
    assert elected(torch.tensor([[5, 4, 4, 5], [4, 5, 5, 4], [8, 1, 1, 2]])).tolist() == [5, 4, 1]


def test_pieces_change_nothing(small, monkeypatch):
    def ask():
        (found,) = neighbours(small.test.x[:50], small.train.x, small.train.y, {(0, 600): torch.arange(600)}).values()
        return found

    whole = ask()
    monkeypatch.setattr(module, "AT_ONCE", 7)
    assert torch.equal(ask(), whole)
