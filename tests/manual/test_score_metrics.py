"""Metrics of scores against scikit-learn's, with ties and NaN by our own conventions."""

import itertools
import math

import pytest
import torch
from sklearn import metrics as sklearn

from dlconcepts.manual.metrics import accuracy
from dlconcepts.manual.score_metrics import log_loss, precision_recall_curve, top_k_accuracy
from dlconcepts.rules import loss

EXACT = 1e-15


def drawn(shape=(200,), K=5, seed=0):
    """Logits that favour the right class, and the classes."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(K, shape, generator=generator)
    z = torch.randn(*shape, K, generator=generator, dtype=torch.float64)
    return z.scatter_add(-1, y.unsqueeze(-1), torch.ones_like(z)), y


def test_top_k_accuracy_is_scikit_learns_where_nothing_ties():
    for seed, K in itertools.product(range(3), (3, 10)):
        z, y = drawn((101,), K, seed)
        for k in range(1, K):
            theirs = sklearn.top_k_accuracy_score(y.numpy(), z.numpy(), k=k, labels=range(K))
            assert abs(top_k_accuracy(z, y, k) - theirs) <= EXACT
        assert top_k_accuracy(z, y, K) == 1
        assert top_k_accuracy(z, y, 1) == accuracy(z.argmax(-1), y)


def test_a_tie_goes_to_the_lower_class_number():
    z = torch.tensor([[1.0, 1.0, 0.0]]).expand(3, 3)
    y = torch.tensor([0, 1, 2])
    assert [top_k_accuracy(z, y, k).item() for k in (1, 2, 3)] == pytest.approx([1 / 3, 2 / 3, 1])
    assert top_k_accuracy(z[:1], y[:1], 1) == 1
    assert top_k_accuracy(z[:1], y[1:2], 1) == 0
    assert top_k_accuracy(z[:1], y[1:2], 2) == 1
    ties = torch.randint(3, (500, 4), generator=torch.Generator().manual_seed(0)).double()
    y = torch.arange(500) % 4
    assert top_k_accuracy(ties, y, 1) == accuracy(ties.argmax(-1), y)


def test_nan_ranks_above_every_number_as_in_argmax():
    nan = math.nan
    z = torch.tensor([[nan, nan, nan], [nan, 5.0, 1.0], [1.0, nan, 5.0], [5.0, 1.0, nan], [0.0, math.inf, nan]])
    places = {0: [1, 1, 3, 2, 3], 1: [2, 2, 1, 3, 2], 2: [3, 3, 2, 1, 1]}
    for c, k in itertools.product(range(3), (1, 2, 3)):
        y = torch.full((5,), c)
        right = [top_k_accuracy(z[n : n + 1], y[n : n + 1], k).item() for n in range(5)]
        assert right == [place <= k for place in places[c]]
        assert k > 1 or top_k_accuracy(z, y, 1) == accuracy(z.argmax(-1), y)


def test_log_loss_is_scikit_learns():
    for seed, K in itertools.product(range(3), (2, 3, 10)):
        z, y = drawn((101,), K, seed)
        p = z.softmax(-1)
        assert abs(log_loss(p, y) - sklearn.log_loss(y.numpy(), p.numpy(), labels=range(K))) <= 2 * EXACT
    certain = torch.tensor([[1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    y = torch.tensor([0, 1])
    assert abs(log_loss(certain, y) - sklearn.log_loss(y.numpy(), certain.numpy())) <= 4 * EXACT  # at 18
    assert log_loss(certain, y).item() == pytest.approx(-math.log(2.0**-52) / 2)
    assert log_loss(certain.float(), y).item() == pytest.approx(-math.log(2.0**-23) / 2)
    assert log_loss(certain.float(), y).dtype == torch.float64


def test_certain_and_right_costs_one_eps_and_not_nothing():
    p, y = torch.tensor([[1.0, 0.0]], dtype=torch.float64), torch.tensor([0])
    assert log_loss(p, y).item() == pytest.approx(2.0**-52, rel=1e-9, abs=0)
    assert log_loss(p.float(), y).item() == pytest.approx(2.0**-23, rel=1e-6, abs=0)


def test_a_row_may_be_off_by_the_root_of_eps_and_no_more():
    y = torch.tensor([0])
    assert log_loss(torch.tensor([[0.5 + 2.0**-26, 0.5]], dtype=torch.float64), y) > 0
    with pytest.raises(ValueError, match=r"must add up to 1"):
        log_loss(torch.tensor([[0.5 + 2.0**-26 + 2.0**-52, 0.5]], dtype=torch.float64), y)


def test_log_loss_is_the_cross_entropy_of_the_logits():
    for seed in range(5):
        z, y = drawn((2, 60), 7, seed)
        crossed, _ = loss.rules["cross-entropy"].forward(z, y)
        assert float((log_loss(z.softmax(-1), y) - crossed).abs().max()) <= 2 * EXACT


@pytest.mark.parametrize("lead", [(1,), (3,), (2, 3)], ids=str)
def test_a_stack_is_judged_model_by_model(lead):
    z, y = drawn((*lead, 50), 4)
    p = z.softmax(-1)
    for m in itertools.product(*map(range, lead)):
        assert top_k_accuracy(z, y, 2)[m] == top_k_accuracy(z[m], y[m], 2)
        assert abs(log_loss(p, y)[m] - log_loss(p[m], y[m])) <= EXACT


def test_a_diverged_model_has_log_loss_nan_and_its_neighbours_their_own():
    z, y = drawn((3, 20), 4)
    p = z.softmax(-1)
    sick = p.clone()
    sick[1, 0] = math.nan
    assert log_loss(sick, y)[1].isnan()
    assert log_loss(torch.tensor([[0.5, math.nan, 0.5]]), torch.tensor([0])).isnan()  # not the true class's
    assert torch.equal(log_loss(sick, y)[[0, 2]], log_loss(p, y)[[0, 2]])


def curves(score, y):
    return precision_recall_curve(score, y), sklearn.precision_recall_curve(y.numpy(), score.numpy())


def test_the_precision_recall_curve_is_scikit_learns():
    generator = torch.Generator().manual_seed(0)
    for levels in (2, 5, 1000):  # few levels: many ties
        score = torch.randint(levels, (97,), generator=generator).double() / levels
        y = torch.rand(97, generator=generator) < 0.2 + 0.6 * score
        for ours, theirs in zip(*curves(score, y), strict=True):
            assert ours.dtype == torch.float64
            assert ours.tolist() == pytest.approx(theirs.tolist(), abs=EXACT, rel=0)


def test_the_curve_by_hand():
    score, y = torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([False, False, True, True])
    precision, recall, thresholds = precision_recall_curve(score, y)
    assert precision.tolist() == pytest.approx([0.5, 2 / 3, 0.5, 1, 1])
    assert recall.tolist() == [1, 1, 0.5, 0.5, 0]
    assert thresholds.tolist() == pytest.approx([0.1, 0.35, 0.4, 0.8])
    precision, recall, thresholds = precision_recall_curve(torch.tensor([2.0]), torch.tensor([True]))
    assert (precision.tolist(), recall.tolist(), thresholds.tolist()) == ([1, 1], [1, 0], [2])
    precision, recall, thresholds = precision_recall_curve(torch.tensor([2.0, 2.0]), torch.tensor([True, False]))
    assert (precision.tolist(), recall.tolist(), thresholds.tolist()) == ([0.5, 1], [1, 0], [2])


def test_bad_scores_are_refused_with_the_cure():
    z, y = drawn((4,), 3)
    p = z.softmax(-1)
    for metric in (lambda z, y: top_k_accuracy(z, y, 1), log_loss):
        with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
            metric(z.long(), y)
        with pytest.raises(TypeError, match=r"^y must be class numbers, int64, got torch.float64; .*y\.long\(\)"):
            metric(p, y.double())
        with pytest.raises(ValueError, match=r"^scores_models_and_examples \(4,\) and y \(3,\) must be equal"):
            metric(p, y[:3])
        with pytest.raises(ValueError, match=r"^a metric needs at least one example, got shape \(0,\)$"):
            metric(p[:0], y[:0])
        with pytest.raises(ValueError, match=r"^classes must be from 0 to 2, got 3 to 3$"):
            metric(p, torch.full_like(y, 3))
        with pytest.raises(ValueError, match=r"^classes must be from 0 to 2, got -1 to 2$"):
            metric(p, torch.tensor([-1, 0, 1, 2]))
    for k in (0, 4):
        with pytest.raises(ValueError, match=rf"^k must be from 1 to 3, the number of classes, got {k}$"):
            top_k_accuracy(z, y, k)
    with pytest.raises(ValueError, match=r"^probabilities must be from 0 to 1, got -0.5 to 1.5; take the softmax$"):
        log_loss(torch.tensor([[1.5, -0.5]]), torch.tensor([0]))
    with pytest.raises(ValueError, match=r"^probabilities must be from 0 to 1, got 0.0 to 1.5; take the softmax$"):
        log_loss(torch.tensor([[1.5, 0.0]]), torch.tensor([0]))
    with pytest.raises(ValueError, match=r"^probabilities must be from 0 to 1, got -0.5 to 1.0; take the softmax$"):
        log_loss(torch.tensor([[1.0, -0.5]]), torch.tensor([0]))
    with pytest.raises(ValueError, match=r"^a row of probabilities must add up to 1, got one off by 1.0e-01; take"):
        log_loss(torch.tensor([[0.5, 0.5], [0.5, 0.6]]), torch.tensor([0, 0]))
    with pytest.raises(ValueError, match=r"^a row of probabilities must add up to 1, got one off by 1.0e-01; take"):
        log_loss(torch.tensor([[0.5, 0.4], [0.5, 0.5]]), torch.tensor([0, 0]))


def test_bad_input_of_the_curve_is_refused_with_the_cure():
    score, y = torch.tensor([0.1, 0.2]), torch.tensor([True, False])
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        precision_recall_curve(score.long(), y)
    with pytest.raises(TypeError, match=r"^y must be bool, .*, got torch.int64; compare, as in y == 3$"):
        precision_recall_curve(score, y.long())
    with pytest.raises(ValueError, match=r"^score \(2,\) and y \(1,\) must be equal"):
        precision_recall_curve(score, y[:1])
    with pytest.raises(ValueError, match=r"^the curve is for one model, score \(N,\), got shape \(1, 2\)$"):
        precision_recall_curve(score[None], y[None])
    with pytest.raises(ValueError, match="at least one example"):
        precision_recall_curve(score[:0], y[:0])
    with pytest.raises(ValueError, match=r"^a precision-recall curve needs at least one positive example, got none$"):
        precision_recall_curve(score, torch.zeros(2, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"^scores must not be NaN, got 1 of 2$"):
        precision_recall_curve(torch.tensor([0.5, math.nan]), y)
