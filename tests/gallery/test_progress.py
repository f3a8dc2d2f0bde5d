"""One bar over all concepts, with the time that is left."""

import io
from types import SimpleNamespace

import pytest

from dlconcepts import gallery
from dlconcepts.gallery import concept_figure, concept_run, progress, recorded_tuning, request
from dlconcepts.training import train as engine
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=terminal))
    return terminal


def steps(terminal):
    """What the bar has shown, one line after the other."""
    return [line for line in terminal.getvalue().replace("\n", "\r").split("\r") if line.strip()]


def test_the_bar_names_the_concept_counts_them_and_tells_the_time_left(terminal):
    with progress.Progress({"a": 4, "b": 6}) as bar:
        bar.bar.mininterval = 0  # show every update, not ten a second
        for concept, n in [("a", 4), ("b", 3)]:
            bar.begin(concept)
            for _ in range(n):
                bar.update(1)
        shown = steps(terminal)
    assert any(line.startswith("a 1/2  20%") and "2 of 10 epochs" in line for line in shown)
    assert shown[-1].startswith("b 2/2  70%")
    assert "00:00 left" in shown[-1]


def test_one_concept_alone_is_not_counted(terminal):
    with progress.Progress({"a": 4}) as bar:
        bar.begin("a")
        shown = steps(terminal)
    assert shown[-1].startswith("a   0%")


@pytest.mark.parametrize(("told", "at"), [(3, 3), (10, 4)])
def test_a_concept_takes_its_part_of_the_bar_and_no_more(terminal, told, at):
    with progress.Progress({"a": 4, "b": 6}) as bar:
        bar.begin("a")
        bar.update(told)
        assert bar.bar.n == at
        bar.begin("b")
        assert bar.bar.n == 4
        bar.finish()
        assert bar.bar.n == 10


def test_where_nobody_watches_nothing_is_printed(capsys):
    with progress.Progress({"a": 4}) as bar:
        bar.begin("a")
        bar.update(4)
    assert capsys.readouterr().err == ""


def concept(name, tuned):
    """A concept with two small arms, one of them tuned if asked."""
    arms = {label: Setting(hidden=(), epochs=2, batch_size=512) for label in ("one", "other")}
    return SimpleNamespace(
        ARMS=arms,
        TUNED={"one": ("lr", (0.1, 0.3))} if tuned else {},
        measure=lambda arms, data, seeds, **options: train(arms, seeds, data, **options),
        verdicts=lambda runs: {},
        draw=lambda figure, runs, found: figure.text(0, 0, name),
    )


def test_several_concepts_share_one_bar_that_their_training_fills(terminal, tmp_path, monkeypatch):
    concepts = {"a": concept("a", tuned=True), "b": concept("b", tuned=False)}
    for module in (concept_run, concept_figure, request, recorded_tuning):
        monkeypatch.setattr(module, "concept", concepts.get)
    asking = request.Request(quick=True, seeds=1, out=tmp_path)
    asked = {name: gallery.expected(name, asking, SimpleNamespace(train=range(10_000), sha256="")) for name in "ab"}
    assert asked == {"a": 2 * 2 + 2 * 5 * 2, "b": 2 * 2}
    told = []
    monkeypatch.setattr(progress.Progress, "update", lambda self, n: told.append(n))
    monkeypatch.setattr(progress.Progress, "finish", lambda self: None)
    found = list(gallery.run_all(["a", "b"], asking))
    assert [record.concept for record in found] == ["a", "b"]
    assert sum(told) == sum(asked.values())


def test_stopped_in_a_later_concept_the_finished_ones_are_not_trained_again(tmp_path, monkeypatch):
    concepts = {"a": concept("a", tuned=True), "b": concept("b", tuned=False)}
    for module in (concept_run, concept_figure, request, recorded_tuning):
        monkeypatch.setattr(module, "concept", concepts.get)
    asking = request.Request(quick=True, seeds=1, out=tmp_path)
    before = next(gallery.run_all(["a", "b"], asking))  # and then nobody asks for b
    trained, stack = [], engine.train_stack
    monkeypatch.setattr(engine, "train_stack", lambda models, *rest: trained.extend(models) or stack(models, *rest))
    again, _ = gallery.run_all(["a", "b"], asking)
    assert again.runs == before.runs
    assert again.tuning == before.tuning
    assert len(trained) == len(concepts["b"].ARMS)  # of one seed
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
