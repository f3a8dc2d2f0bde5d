import pytest

from dlconcepts.concepts.batch_size import throughput
from dlconcepts.training.setting import Setting


def test_every_size_is_measured_in_every_round(tiny):
    found = throughput.rounds([1, 8, 200], Setting(hidden=(4,)), tiny.train, 2)
    assert [list(row) for row in found] == [["1", "8", "200"]] * 2
    assert all(rate > 0 for row in found for rate in row.values())


def test_a_rate_is_examples_over_seconds(tiny, monkeypatch):
    ticks = iter([10.0, 12.0])
    monkeypatch.setattr(throughput.time, "perf_counter", lambda: next(ticks))
    steps = []

    def step(network, params, x, target):
        steps.append(len(x))
        return None, params, None

    monkeypatch.setattr(throughput, "manual", step)
    network, params, x, target = [], [], tiny.train.x[:100], tiny.train.y[:100]
    assert throughput.rate(network, params, x, target) == pytest.approx(100 * len(steps) / 2)
    assert len(steps) == -(-throughput.LEAST // 100)


def test_the_first_round_is_left_out(tiny, monkeypatch):
    rates = iter([1.0, 2.0, 3.0])
    monkeypatch.setattr(throughput, "rate", lambda *_: next(rates))
    assert throughput.rounds([8], Setting(hidden=(4,)), tiny.train, 2) == [{"8": 2.0}, {"8": 3.0}]
