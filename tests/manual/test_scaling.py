"""Scaling of data: scikit-learn's numbers, constant columns, and inverses that lead back."""

# Over 200 lines, and one thing: one table of ways to scale, and what holds of all.

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, StandardScaler

from dlconcepts.manual import scaling
from dlconcepts.rules.rule import normal
from dlconcepts.rules.verify import error

inf, nan = float("inf"), float("nan")
steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def data(N=50):
    """Columns of different scale, of whole numbers with many ties, and constant ones (.1 has no exact mean)."""
    x = normal((N, 6), seeded()) * torch.tensor([1.0, 1000.0, 1e-3, 2.0, 0.0, 0.0]).double()
    x[:, 1] += 5e4
    x[:, 3] = x[:, 3].round()
    x[:, 4] = 3.0
    x[:, 5] = 0.1
    return x


def quantile_fit(x):
    return scaling.quantile_fit(x, 11)


WAYS = {
    "min-max": (scaling.min_max_fit, scaling.min_max, scaling.min_max_inverse, MinMaxScaler()),
    "standardization": (scaling.standard_fit, scaling.standard, scaling.standard_inverse, StandardScaler()),
    "quantiles": (quantile_fit, scaling.quantile, scaling.quantile_inverse, QuantileTransformer(n_quantiles=11)),
}
every_way = pytest.mark.parametrize("way", WAYS)


@every_way
def test_training_and_new_data_are_transformed_and_back_as_scikit_learn_does(way):
    fit, transform, inverse, theirs = WAYS[way]
    x, new = data(), torch.cat([data(60)[50:] * 1.5, data()[:5] - 0.25])
    found = fit(x)
    theirs.fit(x.numpy())
    for values in (x, new):
        y, expected = transform(values, found), torch.from_numpy(theirs.transform(values.numpy()))
        assert error(y, expected) <= 1e-12  # new data around 5e4 with its standard deviation of 1000
        shares = y.clamp(0, 1)
        assert error(inverse(shares, found), torch.from_numpy(theirs.inverse_transform(shares.numpy()))) <= 1e-13


@every_way
def test_the_inverse_leads_back_to_the_training_data(way):
    fit, transform, inverse, _ = WAYS[way]
    x = data()
    found = fit(x)
    columns = [0, 1, 2, 4, 5] if way == "quantiles" else list(range(6))  # the middle of a tie may be interpolated
    assert error(inverse(transform(x, found), found)[:, columns], x[:, columns]) <= 1e-13


@every_way
def test_constant_columns_become_zero_and_lead_back(way):
    fit, transform, inverse, _ = WAYS[way]
    for value in (3.0, 0.1, -1e20, 0.0):
        x = torch.full((7, 1), value, dtype=torch.float64)
        found = fit(x)
        y = transform(x, found)
        assert y.tolist() == [[0]] * 7
        assert torch.equal(inverse(y, found), x)


@every_way
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["double", "single"])
def test_every_model_is_fitted_to_its_own_data(way, dtype):
    fit, transform, inverse, _ = WAYS[way]
    x, new = normal((2, 3, 20, 4), seeded()).to(dtype), normal((2, 3, 5, 4), seeded(1)).to(dtype)
    found = fit(x)
    y = transform(new, found)
    back = inverse(y.clamp(0, 1), found)
    bound = 1e-6 if dtype == torch.float32 else 1e-14
    assert y.dtype == back.dtype == dtype
    assert y.shape == new.shape
    for i in range(2):
        for j in range(3):
            own = fit(x[i, j])
            assert error(y[i, j], transform(new[i, j], own)) <= bound
            assert error(back[i, j], inverse(y[i, j].clamp(0, 1), own)) <= bound


@every_way
def test_given_tensors_stay_as_they_were(way):
    fit, transform, inverse, _ = WAYS[way]
    x = data()
    copy = x.clone()
    found = fit(x)
    kept = [t.clone() for t in found]
    y = transform(x, found)
    before = y.clone()
    inverse(y, found)
    assert torch.equal(x, copy)
    assert torch.equal(y, before)
    assert all(torch.equal(a, b) for a, b in zip(found, kept, strict=True))


def test_min_max_brings_training_data_to_zero_and_one_and_lets_new_data_out():
    x = torch.tensor([[1.0, -10.0], [3.0, 10.0], [2.0, 0.0]])
    fit = scaling.min_max_fit(x)
    assert fit.low.tolist() == [1, -10]
    assert fit.width.tolist() == [2, 20]
    assert scaling.min_max(x, fit).tolist() == [[0, 0], [1, 1], [0.5, 0.5]]
    assert scaling.min_max(torch.tensor([[5.0, -20.0]]), fit).tolist() == [[2, -0.5]]


def test_standardization_divides_by_the_biased_deviation():
    x = torch.tensor([[1.0], [3.0], [5.0], [7.0]], dtype=torch.float64)
    fit = scaling.standard_fit(x)
    assert fit.mean.tolist() == [4]
    assert error(fit.std, torch.tensor([5.0]).double().sqrt()) <= 1e-15
    y = scaling.standard(x, fit)
    assert error(y.square().mean(), torch.tensor(1.0).double()) <= 1e-15
    assert float(y.mean()) == 0


def test_a_large_mean_in_single_precision_does_not_drown_the_deviation():
    x = (1e4 + normal((500, 2), seeded())).float()
    assert float((scaling.standard_fit(x).std - x.double().std(-2, correction=0)).abs().max()) <= 1e-5


def test_quantiles_are_values_between_examples_by_linear_interpolation():
    x = torch.tensor([[4.0], [1.0], [2.0], [8.0]], dtype=torch.float64)
    assert scaling.quantile_fit(x, 2).values.tolist() == [[1], [8]]
    assert scaling.quantile_fit(x, 3).values.tolist() == [[1], [3], [8]]
    assert scaling.quantile_fit(x, 7).values.tolist() == [[1], [1.5], [2], [3], [4], [6], [8]]
    expected = x[:, 0].quantile(torch.linspace(0, 1, 101, dtype=torch.float64))
    assert error(scaling.quantile_fit(x, 101).values[:, 0], expected) <= 1e-14


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["double", "single"])
def test_a_quantile_that_falls_on_an_example_is_that_example(dtype):
    """share * (N - 1), with the share rounded first, misses some of them, and with them the ties."""
    for steps in (3, 7, 10, 49, 100):
        x = torch.arange(3 * steps + 1).to(dtype).unsqueeze(-1)
        assert torch.equal(scaling.quantile_fit(x, steps + 1).values, x[::3])


def test_shares_are_linear_between_quantiles_and_in_the_middle_of_ties():
    fit = scaling.Quantiles(torch.tensor([[0.0], [1.0], [1.0], [1.0], [5.0]]))
    x = torch.tensor([[-9.0], [0.0], [0.5], [1.0], [2.0], [4.0], [5.0], [6.0], [inf], [-inf], [nan]])
    y = scaling.quantile(x, fit)[:, 0]
    assert y[:-1].tolist() == [0, 0, 0.125, 0.5, 0.8125, 0.9375, 1, 1, 1, 0]
    assert y[-1].isnan()
    ends = scaling.Quantiles(torch.tensor([[0.0], [0.0], [1.0], [2.0], [2.0]]))
    assert scaling.quantile(torch.tensor([[0.0], [0.5], [1.0], [2.0]]), ends).tolist() == [[0], [0.375], [0.5], [1]]


def test_one_example_is_enough_and_its_columns_are_constant():
    x = torch.tensor([[2.0, -3.0]])
    for fit, transform, _, _ in WAYS.values():
        assert transform(x, fit(x)).tolist() == [[0, 0]]


@every_way
def test_a_nan_spoils_its_own_column_alone(way):
    fit, transform, _, _ = WAYS[way]
    x = normal((9, 3), seeded())
    healthy = transform(x, fit(x))
    x[4, 1] = nan
    sick = transform(x, fit(x))
    assert torch.equal(sick[:, [0, 2]], healthy[:, [0, 2]])
    assert sick[4, 1].isnan()


def test_a_nan_makes_the_columns_range_and_mean_nan():
    x = torch.tensor([[1.0, 1.0], [nan, 2.0]])
    assert [t.isnan().tolist() for t in scaling.min_max_fit(x)] == [[True, False]] * 2
    assert [t.isnan().tolist() for t in scaling.standard_fit(x)] == [[True, False]] * 2


@every_way
def test_what_cannot_be_data_is_refused(way):
    fit, transform, inverse, _ = WAYS[way]
    for shape in [(0, 3), (2, 0, 3), (3,)]:
        message = re.escape(f"expected (..., N, D) with at least one example, got {shape}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            fit(torch.zeros(shape))
    with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
        fit(torch.zeros(3, 3, dtype=torch.int64))
    found = fit(normal((5, 3), seeded()))
    for call in (transform, inverse):
        for shape in [(4, 1), (4, 2), (2, 4, 3)]:
            with pytest.raises(ValueError, match=r"^x_models_and_features \(.*\) and fitted \(3,\) must be equal$"):
                call(torch.zeros(shape).double(), found)
        with pytest.raises(TypeError, match=r"int64.*\.float\(\)"):
            call(torch.zeros(4, 3, dtype=torch.int64), found)
        assert call(torch.zeros(0, 3).double(), found).shape == (0, 3)


@pytest.mark.parametrize(("low", "high"), [(-0.1, 0.5), (0.5, 1.1)])
def test_shares_outside_zero_and_one_are_refused(low, high):
    fit = scaling.quantile_fit(normal((5, 1), seeded()), 5)
    message = re.escape(f"shares must be from 0 to 1, got {low} to {high}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        scaling.quantile_inverse(torch.tensor([[low], [high]], dtype=torch.float64), fit)


def test_a_nan_is_no_share():
    fit = scaling.quantile_fit(normal((5, 1), seeded()), 5)
    with pytest.raises(ValueError, match=r"^shares must be from 0 to 1, got nan to nan$"):
        scaling.quantile_inverse(torch.tensor([[0.5], [nan]], dtype=torch.float64), fit)


@pytest.mark.parametrize("T", [1, 0, -3])
def test_fewer_than_two_quantiles_are_refused(T):
    with pytest.raises(ValueError, match=f"^at least 2 quantiles are needed, the minimum and the maximum, got {T}$"):
        scaling.quantile_fit(torch.ones(3, 1), T)


@steady
@given(N=st.integers(2, 8), T=st.integers(2, 9), levels=st.integers(1, 5), seed=st.integers(0, 999))
def test_quantiles_with_any_ties_are_scikit_learns(N, T, levels, seed):
    """Shares by scikit-learn's own quantiles: its rounding of those breaks ties that ours keeps."""
    x = torch.randint(levels, (N, 2), generator=seeded(seed)).double()
    new = torch.randint(2 * levels, (5, 2), generator=seeded(seed + 1)).double() / 2
    theirs = QuantileTransformer(n_quantiles=min(T, N)).fit(x.numpy())
    table = torch.from_numpy(theirs.quantiles_)
    assert error(scaling.quantile_fit(x, min(T, N)).values, table) <= 1e-14
    found = scaling.quantile(new, scaling.Quantiles(table))
    assert error(found, torch.from_numpy(theirs.transform(new.numpy()))) <= 1e-14


def test_quantiles_are_where_the_data_is():
    assert scaling.quantile_fit(torch.empty(7, 2, device="meta"), 3).values.device.type == "meta"
