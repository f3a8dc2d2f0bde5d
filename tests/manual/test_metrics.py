"""Metrics of predicted classes against scikit-learn's, to the last digit."""

import itertools

import pytest
import torch
from sklearn import metrics as sklearn

from dlconcepts.manual import metrics
from dlconcepts.manual.metrics import accuracy, confusion, f1, mean_absolute_error, precision, recall

EXACT = 1e-15
THEIRS = {"precision": sklearn.precision_score, "recall": sklearn.recall_score, "f1": sklearn.f1_score}
every_metric = pytest.mark.parametrize("name", THEIRS)
every_average = pytest.mark.parametrize("average", metrics.AVERAGES)
CASES = {  # predicted, y, for three classes
    "a class nowhere": ([0, 0, 0, 1], [0, 0, 1, 1]),
    "a class never predicted": ([0, 0, 1, 1], [0, 0, 1, 2]),
    "a class predicted in vain": ([0, 0, 2, 1], [0, 0, 1, 1]),
    "one class alone": ([0, 0], [0, 0]),
    "all wrong": ([0, 1, 2], [1, 2, 0]),
    "all right": ([0, 1, 2], [0, 1, 2]),
    "one example": ([2], [1]),
}


def tensors(predicted, y):
    return torch.tensor(predicted), torch.tensor(y)


def drawn(shape=(200,), K=5, seed=0):
    """Predictions that are right about half of the time, classes of unequal size."""
    generator = torch.Generator().manual_seed(seed)
    y = (K * torch.rand(shape, generator=generator) ** 2).long()
    guess = torch.randint(K, shape, generator=generator)
    return torch.where(torch.rand(shape, generator=generator) < 0.5, y, guess), y


def of_sklearn(name, predicted, y, K, average):
    average = None if average == "none" else average
    value = THEIRS[name](y.numpy(), predicted.numpy(), labels=range(K), average=average, zero_division=0)
    return torch.as_tensor(value, dtype=torch.float64)


def close(ours, theirs):
    return ours.dtype == torch.float64 and ours.shape == theirs.shape and float((ours - theirs).abs().max()) <= EXACT


@every_average
@every_metric
def test_precision_recall_and_f1_are_scikit_learns(name, average):
    for seed, K in itertools.product(range(5), (2, 3, 10)):
        predicted, y = drawn((97,), K, seed)
        ours = getattr(metrics, name)(confusion(predicted, y, K), average)
        assert close(ours, of_sklearn(name, predicted, y, K, average))


@pytest.mark.parametrize("case", CASES)
@every_average
@every_metric
def test_classes_that_are_missing_count_as_scikit_learn_counts_them(name, average, case):
    predicted, y = tensors(*CASES[case])
    assert close(
        getattr(metrics, name)(confusion(predicted, y, 3), average), of_sklearn(name, predicted, y, 3, average)
    )


def macro(case):
    C = confusion(*tensors(*CASES[case]), 3)
    return [round(float(metric(C, "macro")), 4) for metric in (precision, recall, f1)]


def test_the_conventions_by_hand():
    assert macro("a class nowhere") == [0.5556, 0.5, 0.4889]
    assert macro("a class never predicted") == [0.5, 0.6667, 0.5556]
    assert macro("a class predicted in vain") == [0.6667, 0.5, 0.5556]
    assert macro("one class alone") == [0.3333, 0.3333, 0.3333]
    C = confusion(*tensors([0, 0, 0, 1], [0, 0, 1, 1]), 3)
    assert precision(C).tolist() == [2 / 3, 1, 0]
    assert recall(C).tolist() == [1, 0.5, 0]
    assert f1(C).tolist() == [0.8, 2 / 3, 0]


def test_macro_f1_is_the_mean_of_f1s_and_not_the_f1_of_means():
    C = confusion(*tensors([0, 0, 0, 1, 1, 0], [0, 0, 1, 1, 1, 2]), 3)
    P, R, F = (float(metric(C, "macro")) for metric in (precision, recall, f1))
    assert pytest.approx(float(f1(C).mean()), abs=EXACT) == F
    assert abs(F - 2 * P * R / (P + R)) > 0.01


def test_the_confusion_matrix_is_scikit_learns():
    for K in (2, 3, 10):
        predicted, y = drawn((300,), K)
        C = confusion(predicted, y, K)
        assert C.dtype == torch.int64
        assert torch.equal(C, torch.from_numpy(sklearn.confusion_matrix(y.numpy(), predicted.numpy(), labels=range(K))))


def test_one_class_alone_has_a_matrix_too():
    assert confusion(*tensors([0, 0], [0, 0]), 1).tolist() == [[2]]


def test_rows_are_true_classes_and_columns_predicted_ones():
    assert confusion(*tensors([1, 1, 0], [0, 0, 2]), 3).tolist() == [[0, 2, 0], [0, 0, 0], [1, 0, 0]]


def test_accuracy_is_scikit_learns_in_float64():
    predicted, y = drawn((9731,), 10)
    theirs = sklearn.accuracy_score(y.numpy(), predicted.numpy())
    assert close(accuracy(predicted, y), torch.tensor(theirs, dtype=torch.float64))
    right = torch.zeros(10_000, dtype=torch.int64)
    wrong = torch.arange(10_000).ge(9731).long()
    assert accuracy(wrong, right).item() == 0.9731  # in float32 it is 0.9731000065


def test_the_mean_of_batch_accuracies_is_another_number():
    predicted, y = tensors([0, 0, 0, 1], [0, 0, 0, 0])
    batches = (accuracy(predicted[:3], y[:3]) + accuracy(predicted[3:], y[3:])) / 2
    assert accuracy(predicted, y).item() == 0.75
    assert batches.item() == 0.5


@pytest.mark.parametrize("lead", [(1,), (3,), (2, 3)], ids=str)
def test_a_stack_is_judged_model_by_model(lead):
    predicted, y = drawn((*lead, 50), 4)
    C = confusion(predicted, y, 4)
    assert accuracy(predicted, y).shape == lead
    assert C.shape == (*lead, 4, 4)
    x, z = torch.randn(2, *lead, 50, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for m in itertools.product(*map(range, lead)):
        assert accuracy(predicted, y)[m] == accuracy(predicted[m], y[m])
        assert torch.equal(C[m], confusion(predicted[m], y[m], 4))
        assert abs(mean_absolute_error(x, z)[m] - mean_absolute_error(x[m], z[m])) <= EXACT
        for metric, average in itertools.product((precision, recall, f1), metrics.AVERAGES):
            assert torch.equal(metric(C, average)[m], metric(C[m], average))


def test_micro_precision_recall_and_f1_are_the_accuracy():
    for seed in range(20):
        predicted, y = drawn((61,), 7, seed)
        C = confusion(predicted, y, 7)
        assert precision(C, "micro") == recall(C, "micro") == f1(C, "micro") == accuracy(predicted, y)


def test_relabelling_the_classes_permutes_what_is_per_class():
    predicted, y = drawn((200,), 6)
    new = torch.tensor([3, 5, 0, 1, 4, 2])
    C, relabelled = confusion(predicted, y, 6), confusion(new[predicted], new[y], 6)
    assert torch.equal(relabelled[new][:, new], C)
    for metric in (precision, recall, f1):
        assert torch.equal(metric(relabelled)[new], metric(C))
        for average in ("macro", "weighted", "micro"):
            assert abs(metric(relabelled, average) - metric(C, average)) <= EXACT


def test_precision_of_the_transposed_matrix_is_recall():
    C = confusion(*drawn(), 5)
    assert torch.equal(precision(C), recall(C.mT))
    assert torch.equal(f1(C), f1(C.mT))


def test_mean_absolute_error_is_scikit_learns():
    x, y = torch.randn(2, 101, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert abs(mean_absolute_error(x, y) - sklearn.mean_absolute_error(y.numpy(), x.numpy())) <= EXACT
    assert mean_absolute_error(torch.tensor([1.0, -2.0]), torch.tensor([0.0, 1.0])).item() == 2
    assert mean_absolute_error(x.float(), y.float()).dtype == torch.float64
    assert mean_absolute_error(torch.tensor([1.0, float("nan")]), torch.zeros(2)).isnan()


def test_bad_input_is_refused_with_the_cure():
    y = torch.tensor([0, 1, 2])
    with pytest.raises(TypeError, match=r"^predicted must be class numbers, int64, got torch.float32; .*argmax"):
        accuracy(y.float(), y)
    with pytest.raises(TypeError, match=r"^y must be class numbers, int64, got torch.int32; .*\.long\(\)"):
        confusion(y, y.int(), 3)
    with pytest.raises(ValueError, match=r"^predicted \(3, 1\) and y \(3,\) must be equal"):
        accuracy(y.unsqueeze(-1), y)
    with pytest.raises(ValueError, match=r"^a metric needs at least one example, got shape \(0,\)$"):
        accuracy(y[:0], y[:0])
    with pytest.raises(ValueError, match=r"^a metric needs at least one example, got shape \(2, 0\)$"):
        confusion(y.new_zeros(2, 0), y.new_zeros(2, 0), 3)
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 1, got 0 to 2$"):
        confusion(y, y.clamp_max(1), 2)
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 1, got 0 to 2$"):
        confusion(y.clamp_max(1), y, 2)
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 2, got -1 to 2$"):
        confusion(y - 1, y, 3)
    with pytest.raises(ValueError, match=r"^classes must be from 0 to 2, got -1 to 2$"):
        confusion(y, y - 1, 3)
    with pytest.raises(ValueError, match=r"^average must be one of none, macro, weighted, micro, got binary$"):
        f1(confusion(y, y, 3), "binary")
    x = y.double()
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        mean_absolute_error(y, x)
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        mean_absolute_error(x, y)
    with pytest.raises(ValueError, match=r"^prediction \(3, 1\) and y \(3,\) must be equal"):
        mean_absolute_error(x.unsqueeze(-1), x)
    with pytest.raises(ValueError, match="at least one example"):
        mean_absolute_error(x[:0], x[:0])
