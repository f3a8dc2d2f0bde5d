"""Stacks trained by workers: the same numbers, whatever happens to a worker."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch

from dlconcepts.training import memory, worker, workers
from dlconcepts.training.finished_stacks import Partial
from dlconcepts.training.setting import Setting
from dlconcepts.training.stacks import Model
from dlconcepts.training.train import train
from dlconcepts.training.workers import Workers

SHORT = Setting(hidden=(8,), epochs=2, batch_size=100)
KINDS = ("relu", "tanh", "sigmoid")
ARMS = {kind: replace(SHORT, activation=kind) for kind in KINDS} | {"faster": replace(SHORT, lr=0.2)}  # three stacks


@pytest.fixture(scope="module")
def two():
    """Two workers for all tests of this file: they take seconds to start."""
    with Workers(2) as two:
        yield two


def test_two_workers_learn_what_one_learns_bit_for_bit_and_in_the_same_order(two, small):
    at = {"sum": 0}

    def observe(model, network, params, data):
        of_weights = float(params[0][0].sum() + data.train.x.sum())
        return {"of weights and pixels": of_weights, "threads": torch.get_num_threads()}

    def hear(n):
        at["sum"] += n

    torch.set_num_threads(2)
    try:
        alone = train(ARMS, [0, 1], small, observe=observe)
        beside = train(ARMS, [0, 1], small, observe=observe, progress=hear, workers=two)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
    assert beside == alone
    assert [(run.label, run.seed) for run in beside] == [(label, seed) for label in ARMS for seed in (0, 1)]
    assert {run.extra["threads"] for run in beside} == {1}
    assert at["sum"] == len(ARMS) * 2 * SHORT.epochs


def test_float32_and_every_form_of_the_pixels_are_the_same(two, mnist):
    data = mnist.first(300, 200)
    data = replace(data, test=data.validation)
    arms = {form: replace(SHORT, inputs=form) for form in ("0 to 1", "standardized", "glitches, min-max by pixel")}
    assert train(arms, [0, 1], data, workers=two) == train(arms, [0, 1], data)


def test_the_data_are_written_once_for_all_trainings(two, tiny):
    before = two.files
    for seed in (0, 1):
        train(ARMS, [seed], tiny, workers=two)
    assert two.files == before + 1


@pytest.mark.long
def test_what_a_stack_raises_is_raised_here_and_the_workers_go_on(two, tiny):
    def observe(model, *_):
        raise ValueError(f"no good: {model.label}")

    with pytest.raises(ValueError, match="no good"):
        train(ARMS, [0], tiny, observe=observe, workers=two)
    assert train(ARMS, [0], tiny, workers=two) == train(ARMS, [0], tiny)


def test_where_one_process_will_do_none_is_started(tiny, monkeypatch):
    monkeypatch.setattr(worker, "ProcessPoolExecutor", lambda *_, **__: pytest.fail("a process was started"))
    with Workers(1) as one, Workers(2) as two:
        train(ARMS, [0], tiny, workers=one)
        train({"a": SHORT}, [0, 1], tiny, workers=two)  # a single stack
        monkeypatch.setattr(memory, "available", lambda: memory.PROCESS)
        train(ARMS, [0], tiny, workers=two)


def test_no_more_stacks_at_a_time_than_fit_into_memory(tiny, monkeypatch):
    stacks = [[Model("a", SHORT, 0)], [Model("b", replace(SHORT, hidden=(4096,)), 0)]]
    each = memory.PROCESS + memory.estimate([stacks[1][0].setting], tiny)
    for there, fitting in [(each // 2, 1), (2 * each - 1, 1), (2 * each, 2), (9 * each, 2), (None, 2)]:
        monkeypatch.setattr(memory, "available", lambda there=there: there)
        assert memory.beside_one_another(stacks, tiny, 8) == fitting
        assert memory.beside_one_another(stacks, tiny, 1) == 1


def test_a_full_disk_is_told_in_one_line(tmp_path, tiny):
    with pytest.raises(OSError, match="cannot be written; make room in this folder, or take --workers 1"):
        workers.save(tiny, tmp_path)


def killed(label, times, folder):
    """An observe with which the worker that trains this arm is killed so many times."""

    def observe(model, *_):
        deaths = len(list(folder.iterdir()))
        if model.label == label and deaths < times:
            (folder / str(deaths)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return {"seen": True}

    return observe


@pytest.mark.long
def test_a_stack_with_which_a_worker_dies_is_trained_again(tiny, tmp_path):
    said, heard = [], []
    with Workers(2, said.append) as two:
        runs = train(ARMS, [0], tiny, observe=killed("tanh", 1, tmp_path), progress=heard.append, workers=two)
    assert runs == train(ARMS, [0], tiny, observe=killed("tanh", 0, tmp_path))
    assert said == ["a worker has died while it trained tanh, seed 0; this stack is trained again"]
    assert sum(heard) == len(ARMS) * SHORT.epochs


@pytest.mark.long
def test_a_stack_with_which_two_workers_die_is_given_up_and_the_others_are_kept(tiny, tmp_path):
    deaths, parts = tmp_path / "deaths", tmp_path / "parts"
    deaths.mkdir()
    store = Partial(parts, "c", tiny, "manual", "cpu")
    with Workers(2) as two:
        with pytest.raises(ChildProcessError, match="has died twice while it trained sigmoid, seed 0;"):
            train(ARMS, [0], tiny, observe=killed("sigmoid", 2, deaths), store=store, workers=two)
        assert len(list(parts.iterdir())) == 2
        runs = train(ARMS, [0], tiny, observe=killed("sigmoid", 2, deaths), store=store, workers=two)
    assert runs == train(ARMS, [0], tiny, observe=killed("sigmoid", 0, deaths))


REQUEST = ["run", "activation", "--quick", "--seeds", "1", "--epochs", "1", "--set", "hidden=32", "--set", "lr=.1"]


def begun(folder, tmp_path):
    """A run with two workers, in a process group of its own, that has finished a stack."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dlconcepts", *REQUEST, "--workers", "2", "--out", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    while process.poll() is None and not list(folder.glob(".activation.partial/*.json")):
        time.sleep(0.01)
    return process


def living(group):
    """The processes of a group."""
    found = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    lines = (line.split(maxsplit=2) for line in found.stdout.splitlines())
    return [words for number, state, words in lines if int(number) == group and not state.startswith("Z")]


def record(folder):
    found = json.loads((folder / "activation.json").read_text())
    return {name: part for name, part in found.items() if name != "timing"}


@pytest.mark.long
def test_ctrl_c_ends_all_workers_and_the_same_command_goes_on(tmp_path):
    temporary, a, b = (tmp_path / name for name in ("temporary", "a", "b"))
    temporary.mkdir()
    process = begun(a, temporary)
    began = time.perf_counter()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    said = process.communicate(timeout=20)[1]
    assert time.perf_counter() - began < 5
    assert process.returncode == 130
    assert said == "dlconcepts: interrupted; the same command goes on from its last finished stack\n"
    assert eventually(lambda: not living(process.pid)), living(process.pid)
    assert not list(temporary.iterdir())
    for folder, number in [(a, "2"), (b, "1")]:
        command = [sys.executable, "-m", "dlconcepts", *REQUEST, "--workers", number, "--out", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
    assert record(a) == record(b)
    assert record(a)["environment"]["threads"] == 1
    assert sorted(os.listdir(a)) == ["activation.json", "activation.png"]


@pytest.mark.long
def test_workers_end_soon_after_a_caller_that_was_killed(tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = begun(tmp_path / "a", temporary)
    assert living(process.pid)
    process.kill()
    process.communicate(timeout=20)
    assert eventually(lambda: not living(process.pid)), living(process.pid)
    assert not list(temporary.iterdir())


def eventually(found, seconds=10.0):
    """Does it become true within so many seconds?"""
    end = time.perf_counter() + seconds
    while not found() and time.perf_counter() < end:
        time.sleep(0.1)
    return found()
