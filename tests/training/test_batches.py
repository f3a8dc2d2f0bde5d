"""What a seed's models are shown: which examples, in which order, moved how far, with which labels."""

import hashlib
from dataclasses import replace

import pytest
import torch

from dlconcepts.images.data_set import Split
from dlconcepts.training import batches as feeding
from dlconcepts.training.batches import batches, feed, moved, shifts
from dlconcepts.training.budget import joined_note, steps_an_epoch
from dlconcepts.training.seeding import order
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import Model
from dlconcepts.training.train import train


def shown(data, seeds, **fields):
    return feed(data.train, [Model("a", Setting(**fields), seed) for seed in seeds])


def digest(tensors):
    return hashlib.sha256(b"".join(t.contiguous().numpy().tobytes() for t in tensors)).hexdigest()


def test_the_order_depends_on_seed_and_epoch_alone(small):
    seen = [
        digest(y for _, y in batches(shown(small, [seed], batch_size=50), epoch))
        for seed, epoch in [(0, 0), (0, 1), (1, 0)]
    ]
    assert len(set(seen)) == 3
    stacked = [*batches(shown(small, [1, 0, 2], batch_size=50), 0)]
    assert digest(y[1] for _, y in stacked) == seen[0]
    assert digest(y[0] for _, y in stacked) == seen[2]
    assert digest(y[0] for _, y in batches(shown(small, [0, 0], batch_size=50), 0)) == seen[0]


def test_an_epoch_shows_each_example_once_in_as_few_batches_as_can_be(small):
    for seeds in ([3], [3, 3], [3, 4]):
        found = [y.shape for _, y in batches(shown(small, seeds, batch_size=250), 0)]
        assert found == [(len(seeds), 250), (len(seeds), 250), (len(seeds), 100)]
    assert order(3, 0, 600).sort().values.equal(torch.arange(600))


@pytest.mark.parametrize("size", [599, 2, 3])
def test_with_batch_norm_a_last_batch_of_one_joins_the_one_before(small, size):
    odd = replace(small, train=Split(small.train.x[:-1], small.train.y[:-1])) if size == 2 else small
    n = len(odd.train)
    for normalization in ("none", "batch norm"):
        fed = shown(odd, [3], batch_size=size, normalization=normalization)
        found = [y.shape[1] for _, y in batches(fed, 0)]
        alone = [size] * (n // size) + [n % size] * (n % size > 0)
        joined = normalization == "batch norm" and n % size == 1
        assert found == ([*alone[:-2], size + 1] if joined else alone)
        assert found == fed.sizes()
        assert steps_an_epoch(Setting(batch_size=size, normalization=normalization), odd) == len(found)


def test_examples_fetched_many_at_a_time_join_as_well(small, monkeypatch):
    odd = replace(small, train=Split(small.train.x[:-3], small.train.y[:-3]))  # 597 = 149 fours and one
    monkeypatch.setattr(feeding, "AHEAD", 4)
    fed = shown(odd, [3], batch_size=2, normalization="batch norm")
    pairs = [*batches(fed, 0)]
    assert [y.shape[1] for _, y in pairs] == [2] * 297 + [3]
    assert torch.equal(torch.cat([x for x, _ in pairs], 1)[0], odd.train.x[order(3, 0, 597)])


def test_training_with_a_last_example_left_over_works_and_is_announced(small):
    arm = Setting(hidden=(4,), normalization="batch norm", batch_size=599, epochs=2)
    (run,) = train({"a": arm}, [0], small)
    assert run.status == "ok"
    note = "a: with batch norm, the last of the 600 training examples joins the batch before it"
    assert joined_note("a", arm, 600) == note
    assert joined_note("a", replace(arm, batch_size=300), 600) is None
    assert joined_note("a", replace(arm, normalization="none"), 600) is None


def test_batches_of_one_are_refused_with_batch_norm(small):
    arm = Setting(hidden=(4,), normalization="batch norm", batch_size=1)
    with pytest.raises(ValueError, match=r"^a: batch_size=1: expected at least 2 with batch norm"):
        train({"a": arm}, [0], small)


def test_models_of_one_seed_share_their_batch_without_a_copy(small):
    x, y = next(batches(shown(small, [5] * 8, batch_size=32), 0))
    assert x.shape == (8, 32, 784)
    assert x.stride(0) == y.stride(0) == 0
    rows = order(5, 0, 600)[:32]
    assert torch.equal(x[7], small.train.x[rows])
    assert torch.equal(y[7], small.train.y[rows])


def test_a_part_of_the_examples_is_each_seeds_own_and_the_same_in_every_epoch(small):
    one, other = (shown(small, [seed], examples=50, batch_size=20) for seed in (0, 1))
    both = shown(small, [0, 1], examples=50, batch_size=20)
    assert not one.rows.equal(other.rows)
    assert both.rows.equal(torch.cat([one.rows, other.rows]))
    for epoch in (0, 1):
        x, y = (torch.cat(parts, dim=1) for parts in zip(*batches(both, epoch), strict=True))
        for m, alone in enumerate([one, other]):
            mine = alone.of_model(0)
            assert x[m].sum(-1).sort().values.equal(mine.x.sum(-1).sort().values)
            assert y[m].sort().values.equal(mine.y.sort().values)
    assert shown(small, [0], examples=10_000).rows.shape == (1, 600)


def test_labels_are_exchanged_for_others_the_more_the_larger_the_share(small):
    arms = [Model(str(share), Setting(label_noise=share), 0) for share in (0.0, 0.2, 0.4)]
    fed = feed(small.train, arms)
    wrong = [fed.labels[m] != small.train.y for m in range(3)]
    assert [int(w.sum()) for w in wrong] == [0, 120, 240]
    assert (wrong[1] <= wrong[2]).all()
    assert fed.labels[1][wrong[1]].equal(fed.labels[2][wrong[1]])
    assert {*fed.labels[2].tolist()} == set(range(10))
    x, y = next(batches(fed, 0))
    assert x.stride(0) == 0  # one batch for all, three kinds of labels
    assert y.shape == (3, 64)
    rows = order(0, 0, 600)[:64]
    assert y[2].equal(fed.labels[2][rows])
    assert feed(small.train, [arms[1]._replace(seed=1)]).labels.ne(fed.labels[1]).any()


def test_images_are_moved_by_whole_pixels_into_all_directions(small):
    x = torch.zeros(1, 3, 784, dtype=torch.float64)
    x[0, :, 28 * 10 + 12] = 1
    moves = torch.tensor([[[0, 0], [2, 2], [4, 1]]])  # by (-2, -2), (0, 0), (2, -1)
    found = moved(x, moves, 2)[0].argmax(-1)
    assert found.tolist() == [28 * 8 + 10, 28 * 10 + 12, 28 * 12 + 11]
    assert moved(x + 5, moves, 2).amin(-1).eq(5).all()
    fed = shown(small, [0, 0, 1], shift=2, batch_size=600)
    (first, _), (second, _) = next(batches(fed, 0)), next(batches(fed, 1))
    assert first[0].equal(first[1])
    assert not first[0].equal(first[2])
    still = next(batches(shown(small, [0], batch_size=600), 0))[0][0]
    assert 0 < float((first[0] == still).all(-1).double().mean()) < 0.1  # one in 25 stays where it is
    assert not first.equal(second)


def test_a_model_is_observed_with_the_examples_and_labels_it_had(small):
    def observe(model, network, params, data):
        return {"n": len(data.train), "wrong": int((data.train.y != true[model.seed]).sum()), "arm": model.label}

    true = {seed: shown(small, [seed], examples=100).of_model(0).y for seed in (0, 1)}
    base = {"hidden": (4,), "epochs": 1, "examples": 100}
    arms = {"clean": Setting(**base), "noisy": Setting(**base, label_noise=0.3)}
    runs = train(arms, [0, 1], small, observe=observe)
    assert [run.extra["wrong"] for run in runs] == [0, 0, 30, 30]
    assert {run.extra["n"] for run in runs} == {100}
    assert [run.extra["arm"] for run in runs] == [run.label for run in runs]


@pytest.mark.parametrize("form", ["0 to 255", "standardized"])
def test_pixels_come_in_the_form_that_a_setting_wants(small, form):
    def observe(model, network, params, data):
        x = data.train.x
        return {"mean": float(x.mean()), "std": float(x.std(correction=0)), "top": float(x.max())}

    (run,) = train({"a": Setting(hidden=(), epochs=1, inputs=form, lr=1e-6)}, [0], small, observe=observe)
    if form == "0 to 255":
        assert run.extra["top"] == 255
    else:
        assert run.extra["mean"] == pytest.approx(0, abs=1e-12)
        assert run.extra["std"] == pytest.approx(1, abs=1e-10)


def test_the_distance_moved_is_that_of_each_epoch(small):
    (run,) = train({"a": Setting(hidden=(4,), epochs=3, lr=0.1)}, [0], small)
    (half,) = train({"a": Setting(hidden=(4,), epochs=3, lr=1e-9)}, [0], small)
    assert len(run.curves["distance moved"]) == 3
    assert 0 < max(half.curves["distance moved"]) < 1e-6 < min(run.curves["distance moved"])


@pytest.mark.parametrize("ahead", [1, 100, 250, 1024])
def test_however_many_images_are_fetched_ahead_batches_are_the_same(small, ahead, monkeypatch):
    monkeypatch.setattr(feeding, "AHEAD", ahead)
    for seeds, B in [([0], 7), ([0], 600), ([0, 1, 2], 7), ([0, 1], 512)]:
        fed = shown(small, seeds, batch_size=B)
        places = torch.stack([order(seed, 4, 600) for seed in fed.seeds])
        found = [*batches(fed, 4)]
        assert torch.cat([x for x, _ in found], dim=1).equal(small.train.x[places])
        assert torch.cat([y for _, y in found], dim=1).equal(small.train.y[places])
        assert [y.shape[1] for _, y in found] == [B] * (600 // B) + [600 % B] * (600 % B > 0)
        moving = shown(small, seeds, batch_size=B, shift=2)
        all_at_once = moved(small.train.x[places], shifts(moving, 4), 2)
        assert torch.cat([x for x, _ in batches(moving, 4)], dim=1).equal(all_at_once)


def test_a_model_that_saw_all_examples_with_their_labels_is_shown_the_split_itself(small):
    arms = [Model(str(share), Setting(label_noise=share), 0) for share in (0.0, 0.2)]
    clean, noisy = (feed(small.train, arms).of_model(m) for m in range(2))
    assert clean is small.train
    assert noisy.x.equal(small.train.x)
    assert not noisy.y.equal(small.train.y)
