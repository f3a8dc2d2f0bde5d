import pytest
import torch

from dlconcepts.concepts.batch_size.tape_memory import batch_of, off_proportion, peak, peaks, saved_bytes
from dlconcepts.training.setting import Setting

LIKE = torch.empty(1, 784, dtype=torch.float64)
KEPT = 8 * (784 + 32 + 10) + 8  # of an example: its pixels, what ReLU lets through, log-probabilities, the class


def saved(setting, B, like=LIKE):
    return saved_bytes(*batch_of(setting, B, like))


def test_every_byte_on_the_tape_is_counted_once():
    # ReLU's output is also what the second layer was given: two layers save it, one storage holds it
    found = saved(Setting(hidden=(32,)), 5)
    assert found == {"activations": 5 * KEPT, "parameters": 8 * (784 * 32 + 32 * 10)}


def test_half_the_precision_takes_half_the_memory_and_class_numbers_as_much():
    found = saved(Setting(hidden=(32,)), 5, LIKE.float())
    assert found["activations"] == 5 * ((KEPT - 8) // 2 + 8)


def test_a_wider_batch_takes_more_and_the_weights_do_not():
    for setting in (Setting(hidden=(32,)), Setting(hidden=(8,), filters=(2,)), Setting(hidden=(8,), loss="hinge")):
        rows = {str(B): saved(setting, B) for B in (1, 3, 8)}
        assert set(off_proportion(rows)) == {(0.0, 0.0)}
    assert saved(Setting(hidden=(8,), filters=(2,)), 1)["activations"] > KEPT


def test_what_is_not_in_proportion_is_told():
    rows = {"1": {"activations": 10, "parameters": 4}, "2": {"activations": 25, "parameters": 6}}
    assert off_proportion(rows) == [(0, 0), (0.25, 0.5)]


def test_a_tape_that_keeps_a_view_keeps_all_of_its_storage():
    network, params, x, y = batch_of(Setting(hidden=(4,)), 10, LIKE)
    part = saved_bytes(network, params, x[:1], y[:1])["activations"]
    assert part > 8 * x.numel()


@pytest.mark.skipif(peak() is None, reason="the system does not tell a process's peak")
def test_a_fresh_process_needs_more_memory_for_more_examples():
    found = peaks([1, 20_000], Setting(hidden=(8,)), 784)
    assert list(found) == ["1", "20000"]
    assert found["20000"] - found["1"] > 4 * 784 * 20_000 / 2  # the batch alone, of which a part may have been free
