"""Places as ranges: who is surely ahead, who cannot be told apart, and what becomes of those that diverged."""

from dlconcepts.evidence.ranking import order, places, spelled

NOISE = [-0.3, 0.1, 0.0, 0.2, -0.1, 0.25, -0.15]


def scores(mean, noise=NOISE):
    return dict(enumerate(mean + x for x in noise))


def test_clear_differences_give_clear_places():
    found = places({"low": scores(1), "high": scores(3), "middle": scores(2, NOISE[::-1])})
    assert found == {"low": (3, 3), "high": (1, 1), "middle": (2, 2)}


def test_who_cannot_be_told_apart_shares_places():
    found = places({"a": scores(2), "b": scores(2.01, NOISE[::-1]), "c": scores(9), "d": scores(-5)})
    assert found == {"a": (2, 3), "b": (2, 3), "c": (1, 1), "d": (4, 4)}


def test_the_differences_are_paired():
    """A gain of a hundredth in every seed shows, though seeds differ thirty times as much."""
    better = {seed: score + 0.01 + 0.0001 * seed for seed, score in scores(2).items()}
    assert places({"a": scores(2), "better": better}) == {"a": (2, 2), "better": (1, 1)}


def test_being_apart_is_not_passed_on():
    found = places({"a": scores(2.0), "b": scores(2.12, NOISE[::-1]), "c": scores(2.3, NOISE[2:] + NOISE[:2])})
    assert found["b"] == (1, 3)
    assert found["c"][0] == 1


def test_a_model_that_diverged_is_behind_every_number_and_beside_another_such():
    lost = {**scores(9), 3: None}
    assert order(lost, scores(1)) == -1
    assert order(scores(1), lost) == 1
    assert order(lost, lost) == 0
    assert places({"a": scores(1), "b": lost, "c": lost}) == {"a": (1, 1), "b": (2, 3), "c": (2, 3)}


def test_one_seed_tells_nobody_apart():
    assert places({"a": {0: 1.0}, "b": {0: 2.0}}) == {"a": (1, 2), "b": (1, 2)}


def test_places_are_spelled_as_numbers_or_ranges():
    assert spelled((3, 3)) == "3"
    assert spelled((3, 5)) == "3–5"
