"""What an epoch consists of, as it is counted."""

from dataclasses import replace

import pytest

from dlconcepts.concepts.epochs import one_epoch
from dlconcepts.training.setting import Setting


@pytest.mark.parametrize(("B", "steps"), [(50, 2), (33, 4), (100, 1), (1, 100)])
def test_an_epoch_is_counted_pass_by_pass(B, steps):
    found = one_epoch.counted(Setting(batch_size=B, epochs=7), 3, 100)
    assert found == {"least": 1, "most": 1, "forward": steps, "backward": steps, "updates": steps}


def test_a_feed_that_forgets_examples_is_noticed(monkeypatch):
    whole = one_epoch.everyday_torch.examples

    def first_batch_twice(data, setting, seed):
        first, _, *others = whole(data, setting, seed)
        return iter([first, first, *others])

    monkeypatch.setattr(one_epoch.everyday_torch, "examples", first_batch_twice)
    found = one_epoch.counted(replace(Setting(), batch_size=10), 0, 100)
    assert (found["least"], found["most"]) == (0, 2)
