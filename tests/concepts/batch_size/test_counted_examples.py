import pytest

from dlconcepts.concepts.batch_size.counted_examples import counted, deviation_from_mean, miscounted
from dlconcepts.images.data_set import Split
from dlconcepts.rules.cross_entropy import rules
from dlconcepts.training.setting import Setting


def test_passes_hold_a_batch_each_and_the_last_one_what_is_left(tiny):
    found = counted(Setting(hidden=(4,)), 0, tiny.train, (1, 64, 100, 200))
    assert found == {"1": [[1, 200]], "64": [[64, 3], [8, 1]], "100": [[100, 2]], "200": [[200, 1]]}
    assert all(miscounted(int(B), passes, 200) == 0 for B, passes in found.items())


@pytest.mark.parametrize(
    ("passes", "off"), [([[64, 3]], 64), ([[64, 4]], 56), ([[63, 3], [8, 1]], 3), ([[64, 3], [8, 2]], 64)]
)
def test_every_example_too_many_or_too_few_counts(passes, off):
    assert miscounted(64, passes, 200) == off


def test_a_batchs_gradient_is_the_mean_and_not_the_sum(tiny, monkeypatch):
    few = Split(tiny.train.x[:20], tiny.train.y[:20])
    assert deviation_from_mean(Setting(hidden=(4,)), 0, few) < 1e-14
    assert deviation_from_mean(Setting(hidden=(4,), loss="mean squared error"), 0, few) < 1e-14
    rule = rules["cross-entropy"]
    summed = rule._replace(backward=lambda dloss, logp, y: rule.backward(dloss * y.shape[-1], logp, y))
    monkeypatch.setattr("dlconcepts.training.build.losses", {"cross-entropy": summed})
    assert deviation_from_mean(Setting(hidden=(4,)), 0, few) > 0.9
