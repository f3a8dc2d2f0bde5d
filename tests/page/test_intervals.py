"""The small plots say the same as the verdicts."""

import pytest

from dlconcepts import glossary
from dlconcepts.evidence import records
from dlconcepts.evidence.judge import above, below, exact, within
from dlconcepts.evidence.records import Verdict
from dlconcepts.page.intervals import WIDTH, numbers, plot
from dlconcepts.page.verdicts import row, tally

MIDDLE = WIDTH / 2


def every_verdict():
    for name in glossary.concepts():
        path = records.FOLDER / f"{name}.json"
        for verdict in records.read(path).found().values() if path.is_file() else ():
            yield verdict
            yield from verdict.parts.values()


def test_in_every_record_the_bar_lies_where_the_interval_lies():
    count = 0
    for verdict in every_verdict():
        found = plot(verdict)
        if found is None:
            continue
        count += 1
        places = [found.dot, *(found.bar or ()), *(found.band or ())]
        assert all(0 <= place <= WIDTH for place in places)
        assert (found.dot > MIDDLE) == (round(found.dot - MIDDLE, 1) > 0)
        if found.bar and not found.band:
            crosses = found.bar[0] <= MIDDLE <= found.bar[1]
            assert crosses == (verdict.outcome == "not shown"), verdict
        if found.band:
            inside = found.band[0] <= found.bar[0] and found.bar[1] <= found.band[1]
            assert inside == (verdict.outcome == "supported"), verdict
    assert count > 100


@pytest.mark.parametrize("judge", [above, below])
def test_more_than_the_threshold_is_right_of_the_middle(judge):
    for shift, side in ((1, 1), (-1, -1)):
        found = plot(judge("points", [2 + shift, 2.1 + shift, 1.9 + shift], 2.0))
        assert (found.dot - MIDDLE) * side > 0
        assert found.bar[0] < found.dot < found.bar[1]
        assert found.against == "2"


def test_a_margin_is_a_band_around_the_middle():
    found = plot(within("points", [0.1, 0.2, 0.3], 0.5))
    assert found.band[0] < MIDDLE < found.band[1]
    assert found.band[1] - MIDDLE == pytest.approx(MIDDLE - found.band[0])
    assert found.against == "0 ± 0.5"


def test_a_deviation_goes_by_powers_of_ten():
    small, large = (plot(exact("deviation", [value], 1e-12)) for value in (1e-15, 1e-9))
    assert small.bar is large.bar is None
    assert MIDDLE - small.dot == pytest.approx(large.dot - MIDDLE) != 0
    assert plot(exact("deviation", [0.0], 1e-12)).dot < small.dot + 1
    assert plot(exact("passes", [15], 0)).dot > MIDDLE
    assert plot(exact("passes", [0], 0)).dot == MIDDLE


def test_without_a_number_there_is_no_plot():
    verdict = above("points", [1.0, None])
    assert plot(verdict) is None
    assert numbers(verdict) == "no number"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict("supported", "", 5.356, 5.273, 5.439, 0.0), "5.356 [5.273, 5.439]"),
        (Verdict("supported", "", -77.6, -79.3, -75.9, 0.0), "−77.6 [−79.3, −75.9]"),
        (Verdict("refuted", "", 7.8e-8, -9.9e-8, 2.5e-7, 0.01), "7.8e−8 [−9.9e−8, 2.5e−7]"),
        (Verdict("refuted", "", 0.4, 0.4, 0.4, 1.0), "0.4 [0.4, 0.4]"),
        (Verdict("supported", "", 8.24e-18, threshold=1e-12, exact=True), "8.2e−18"),
        (Verdict("supported", "", 0, threshold=0, exact=True), "0"),
    ],
)
def test_numbers_have_as_many_places_as_the_interval_allows(verdict, said):
    assert numbers(verdict) == said
    assert said in plot(verdict).alt


def test_a_row_counts_how_its_parts_came_out():
    parts = {str(i): Verdict(outcome, "m") for i, outcome in enumerate(["refuted", "supported", "refuted"])}
    found = row("A statement.", Verdict("conditional", "a - b", parts=parts))
    assert found.counts == "1 supported, 2 refuted"
    assert [part.says for part in found.parts] == ["0", "1", "2"]
    assert found.metric == "a − b"
    assert tally(["refuted", "supported"]) == [("supported", 1), ("refuted", 1)]
