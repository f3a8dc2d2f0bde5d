import pytest
import torch
from sklearn import metrics as sklearn

from dlconcepts.concepts.metrics import answers
from dlconcepts.manual.metrics import confusion

K = 10


@pytest.fixture(scope="module")
def some():
    """Answers to 500 digits, four of five right, and probabilities that fit them. One class is never the answer."""
    random = torch.Generator().manual_seed(3)
    y = torch.randint(K, (500,), generator=random)
    z = torch.randn(500, K, dtype=torch.float64, generator=random) + 3 * torch.nn.functional.one_hot(y, K)
    z[:, 7] -= 100
    p = z.softmax(-1)
    return p.argmax(-1), p, y


def theirs(predicted, y):
    found = sklearn.precision_recall_fscore_support(y, predicted, labels=range(K), zero_division=0)[:3]
    return dict(zip(("precision", "recall", "F1"), found, strict=True))


def test_formulas_and_counting_have_scikit_learns_numbers(some):
    predicted, _, y = some
    expected = theirs(predicted, y)
    ours = answers.by_digit(predicted, y, K)
    for name, values in expected.items():
        assert ours[name] == pytest.approx(list(values), abs=1e-15)
        for k in range(K):
            assert answers.one_by_one(predicted.tolist(), y.tolist(), k)[name] == pytest.approx(values[k], abs=1e-15)
    assert answers.one_by_one(predicted.tolist(), y.tolist(), 0)["accuracy"] == sklearn.accuracy_score(y, predicted)
    assert max(answers.miscounted(predicted, y, K).values()) < 1e-15


def test_a_wrong_formula_is_seen(some, monkeypatch):
    predicted, _, y = some
    monkeypatch.setitem(answers.BY_DIGIT, "precision", answers.recall)
    found = answers.miscounted(predicted, y, K)
    assert found["precision"] > 0.01
    assert found["recall"] < 1e-15


def test_macro_f1_is_not_that_of_macro_precision_and_recall(some):
    predicted, _, y = some
    P, R, F = (values.mean() for values in theirs(predicted, y).values())
    assert answers.macro_deviation(predicted, y, K) == pytest.approx(abs(F - 2 * P * R / (P + R)), abs=1e-14)
    assert answers.macro_deviation(y, y, K) == 0
    assert answers.macro_deviation((y + 1) % K, y, K) == 0  # where every answer is wrong


def test_counts_may_be_close_where_no_answer_is_right():
    y = torch.tensor([0, 0, 1, 1, 2, 2])
    assert answers.closeness_of_counts(torch.tensor([1, 1, 2, 2, 0, 0]), y, 3) == 1
    assert answers.closeness_of_counts(torch.tensor([0, 0, 0, 0, 0, 0]), y, 3) == pytest.approx(1 - 8 / 6)
    assert answers.closeness_of_counts(torch.tensor([0, 0, 1, 1, 2, 1]), y, 3) == pytest.approx(1 - 2 / 6)


def test_dealing_anew_keeps_the_answers_and_loses_the_examples(some):
    predicted, _, _ = some
    dealt = answers.dealt_anew(predicted, torch.Generator().manual_seed(0))
    assert torch.equal(dealt.sort()[0], predicted.sort()[0])
    assert (dealt == predicted).double().mean() < 0.3


def test_a_wrong_answer_moved_is_wrong_by_one():
    y = torch.tensor([0, 5, 9, 3])
    moved = answers.moved_next_to(torch.tensor([7, 5, 1, 8]), y, K)
    assert moved.tolist() == [1, 5, 8, 4]


def test_agreement_is_counted_class_by_class():
    a, b = torch.tensor([0, 1, 1, 0]), torch.tensor([0, 1, 0, 1])
    assert answers.agreement(a, b, torch.tensor([0, 0, 0, 1]), 2) == [pytest.approx(2 / 3), 0.0]


def test_precision_is_that_of_the_highest_threshold_that_finds_enough(some):
    _, p, y = some
    for k in (0, 3):
        score, positive = p[:, k], y == k
        for wanted, found in zip(answers.RECALLS, answers.precision_at(score, positive), strict=True):
            thresholds = sorted(set(score.tolist()), reverse=True)
            enough = next(t for t in thresholds if sklearn.recall_score(positive, score >= t) >= wanted)
            assert found == pytest.approx(sklearn.precision_score(positive, score >= enough), abs=1e-15)


def test_steps_of_a_threshold_are_counted():
    score, positive = torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5]), torch.tensor([True, False, True, True, False])
    # precision: 1, 1/2, 2/3, 3/4, 3/5; recall: 1/3, 1/3, 2/3, 1, 1
    assert answers.steps_of_threshold(score, positive) == {"recall falls": 0, "precision rises": 0.5}


def test_errors_of_numbers_are_scikit_learns_under_any_names(some):
    predicted, _, y = some
    names = answers.renamings(K, 20, torch.Generator().manual_seed(0))
    found = answers.numbers_error(confusion(predicted, y, K), names)
    for new, error in zip(names, found, strict=True):
        assert float(error) == pytest.approx(sklearn.mean_absolute_error(new[y], new[predicted]), abs=1e-14)
    assert all(sorted(new.tolist()) == list(range(K)) for new in names)
    assert len({tuple(new.tolist()) for new in names}) > 15


def test_other_names_move_numbers_and_nothing_else(some):
    predicted, p, y = some
    found = answers.under_other_names(predicted, p, y, answers.renamings(K, 50, torch.Generator().manual_seed(0)))
    assert found["accuracy moves"] == 0
    assert found["probabilities move"] < 1e-15
    assert found["own names"] == pytest.approx(sklearn.mean_absolute_error(y, predicted))
    assert found["least"] < found["own names"] < found["most"]


def test_the_error_of_probabilities_is_scikit_learns(some):
    _, p, y = some
    expected = sklearn.mean_absolute_error(torch.nn.functional.one_hot(y, K), p)
    assert answers.probability_error(p, y) == pytest.approx(expected, abs=1e-15)


def test_an_order_turns_where_names_decide_who_is_nearer():
    a, b = torch.tensor([[0, 0, 4], [0, 5, 0], [0, 0, 5]]), torch.tensor([[0, 4, 0], [0, 5, 0], [0, 0, 5]])
    names = torch.tensor([[0, 1, 2], [0, 2, 1], [2, 1, 0]])  # a takes 0 for 2, b takes 0 for 1
    assert answers.order_turned(a, b, names) == pytest.approx(1 / 3)
    assert answers.order_turned(a, a, names) == 0
