import pytest
from matplotlib.figure import Figure

from dlconcepts.concepts import optimizer
from dlconcepts.concepts.optimizer.arms import LABELS, OWN
from dlconcepts.evidence import records

COMMITTED = records.FOLDER / "optimizer.json"


def test_the_figure_shows_the_records_numbers():
    record, figure = records.read(COMMITTED), Figure(layout="constrained")
    optimizer.draw(figure, record.runs, record.found())
    multiples, (rates, own, places) = figure.axes[:14], figure.axes[14:]
    run = next(r for r in record.runs if r.label == "SGD, valley" and r.seed == 0)
    assert list(multiples[0].lines[1].get_xdata()) == run.extra["path"]["x"]
    scores = [100 * r.final["test accuracy"] for r in record.runs if r.label == LABELS["sgd", OWN]]
    assert own.lines[1].get_xdata()[0] == pytest.approx(sum(scores) / 10)
    assert len(rates.lines) == 2 * 21
    columns = [[text.get_text() for text in places.texts[i : i + 7]] for i in (0, 7, 14)]
    assert columns[0] == ["7", "6", "5", "4", "1", "2", "3"]
    assert columns[2] == ["6", "4", "1–3", "7", "5", "1–3", "1–3"]
