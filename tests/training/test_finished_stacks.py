"""An interrupted run goes on where it stopped, and ends with the bytes of one that was not interrupted."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from dlconcepts import gallery
from dlconcepts.evidence import records
from dlconcepts.training.finished_stacks import Partial
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import Model
from dlconcepts.training.train import train

SHORT = Setting(hidden=(8,), epochs=1, batch_size=100)
ARMS = {"relu": SHORT, "tanh": replace(SHORT, activation="tanh"), "sigmoid": replace(SHORT, activation="sigmoid")}


def store(folder, data, concept="c"):
    return Partial(folder, concept, data, "manual", "cpu")


class Broken(Partial):
    """Stops the training after the first stack, as Ctrl-C would."""

    def put(self, models, runs):
        super().put(models, runs)
        raise KeyboardInterrupt


def test_what_is_finished_is_not_trained_again(small, tmp_path):
    whole = train(ARMS, [0, 1], small)
    with pytest.raises(KeyboardInterrupt):
        train(ARMS, [0, 1], small, store=Broken(tmp_path / "p", "c", small, "manual", "cpu"))
    (kept,) = (tmp_path / "p").iterdir()
    before = kept.stat().st_mtime_ns
    heard = []
    assert train(ARMS, [0, 1], small, store=store(tmp_path / "p", small), progress=heard.append) == whole
    assert sum(heard) == 6
    assert kept.stat().st_mtime_ns == before
    assert len(list((tmp_path / "p").iterdir())) == 3


def test_a_damaged_part_is_made_again(small, tmp_path):
    whole = train(ARMS, [0], small, store=store(tmp_path, small))
    for path in tmp_path.iterdir():
        path.write_text(path.read_text()[:-9])
    assert train(ARMS, [0], small, store=store(tmp_path, small)) == whole


def test_a_part_belongs_to_one_request(small, tmp_path):
    models = [Model("a", SHORT, 0)]
    place = store(tmp_path, small).path(models)
    others = [
        store(tmp_path, small, "other").path(models),
        store(tmp_path, small.first(50)).path(models),
        Partial(tmp_path, "c", small, "autograd", "cpu").path(models),
        store(tmp_path, small).path([Model("a", replace(SHORT, lr=0.2), 0)]),
        store(tmp_path, small).path([Model("a", SHORT, 1)]),
    ]
    assert place not in others
    assert len(set(others)) == 5


REQUEST = ["run", "activation", "--quick", "--set", "lr=.1", "--set", "hidden=32", "--epochs", "4"]


@pytest.mark.long
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "term"])
def test_a_run_that_was_stopped_ends_with_the_same_bytes(number, code, tmp_path):
    command = [sys.executable, "-m", "dlconcepts", *REQUEST, "--out"]
    process = subprocess.Popen([*command, str(tmp_path / "a")], stderr=subprocess.PIPE, text=True)
    partial = tmp_path / "a" / ".activation.partial"
    while process.poll() is None and not (partial.is_dir() and any(partial.glob("*.json"))):
        time.sleep(0.01)
    process.send_signal(number)
    began = time.perf_counter()
    _, errors = process.communicate(timeout=20)
    assert time.perf_counter() - began < 5
    assert process.returncode == code
    assert "Traceback" not in errors
    assert any(partial.glob("*.json"))
    assert not (tmp_path / "a" / "activation.json").exists()
    if number == signal.SIGTERM:
        return  # how it goes on does not depend on how it was stopped
    elsewhere = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    for folder, environment in [("a", {}), ("b", elsewhere)]:
        options = {"check": True, "capture_output": True, "env": os.environ | environment}
        subprocess.run([*command, str(tmp_path / folder)], cwd=tmp_path / "a" if environment else None, **options)
    first, second = (records.read(tmp_path / folder / "activation.json") for folder in ("a", "b"))
    assert json.dumps(without_timing(first)) == json.dumps(without_timing(second))
    assert sorted(os.listdir(tmp_path / "a")) == ["activation.json", "activation.png"]


def without_timing(record):
    found = json.loads(records.to_json(record))
    del found["timing"]
    return found


def test_a_finished_run_leaves_the_parts_of_other_requests(small, tmp_path):
    one, other = store(tmp_path / "p", small), store(tmp_path / "p", small, "other")
    train(ARMS, [0], small, store=one)
    train(ARMS, [0], small, store=other)
    other.clear()
    assert len(list((tmp_path / "p").iterdir())) == 3
    one.clear()
    assert not (tmp_path / "p").exists()


def test_a_finished_run_leaves_no_parts(tmp_path):
    request = gallery.Request(quick=True, seeds=1, overrides={"hidden": (4,), "epochs": 1, "lr": 0.1}, out=tmp_path)
    gallery.run("activation", request)
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_vanishes_under_a_run_is_made_again(small, tmp_path, monkeypatch):
    real, gone = records.tempfile.mkstemp, []

    def vanish_once(dir, **options):
        if not gone:
            gone.append(dir.rmdir())
        return real(dir=dir, **options)

    monkeypatch.setattr(records.tempfile, "mkstemp", vanish_once)
    train(ARMS, [0], small, store=store(tmp_path / "p", small))
    assert gone
    assert len(list((tmp_path / "p").iterdir())) == 3


@pytest.mark.long
def test_two_runs_into_one_folder_leave_one_whole_record(tmp_path):
    command = [sys.executable, "-m", "dlconcepts", *REQUEST, "--workers", "1", "--out", str(tmp_path)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert records.read(tmp_path / "activation.json").environment["budget"] == "quick"
    assert sorted(os.listdir(tmp_path)) == ["activation.json", "activation.png"]
