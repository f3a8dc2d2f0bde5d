"""Trains a sweep, or one setting of it, with the same numbers either way: a model learns the same in any stack."""

import platform
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ...evidence.records import need_place, write
from ...gallery.progress import Progress
from ...images import data_set as datasets
from ...images.data_set import Data
from ...training.budget import cut, epochs, need_whole
from ...training.finished_stacks import Partial
from ...training.one_thread import THREADS
from ...training.train import train
from ...training.workers import Workers
from . import record
from .grids import SWEEPS, State, label


class Budget(NamedTuple):
    """So many training and validation images, and the seeds."""

    name: str
    images: int
    validation: int
    seeds: tuple[int, ...]


FULL = Budget("full", 10_000, 5_000, (0, 1, 2))
QUICK = Budget("quick", 1_024, 500, (0,))  # 1,024: the largest batch, once


def data_of(budget: Budget) -> Data:
    """Training and validation images. The test split is not looked at: validation stands in its place."""
    data = datasets.load().first(budget.images, budget.validation)
    return replace(data, test=data.validation)


def run_all(names: list[str], budget: Budget, out: Path, number: int = 1) -> Iterator[Path]:
    """Trains sweeps one after the other, under one progress bar; yields the path of each record, written.

    number: of the workers.

    Interrupted, it leaves all finished stacks in `out`, and the same request goes on from there.
    """
    finished = []
    if out.resolve() == record.FOLDER:
        need_whole("a committed sweep")
    data = data_of(budget)
    for name in names:
        need_place(out / f"{name}.json")
    counts = {name: expected(name, budget, data) for name in names}
    with Progress(counts) as progress, Workers(number, progress.say) as workers:
        for name in names:
            progress.begin(name)
            partial = Partial(out / f".{name}.partial", f"sweep {name}", data, "manual", "cpu")
            found = measure(name, budget, data, progress=progress.update, store=partial, workers=workers)
            path = out / f"{name}.json"
            write(path, record.to_json(found))
            finished.append(partial)
            progress.finish()
            yield path
    for partial in finished:
        partial.clear()


def expected(name: str, budget: Budget, data: Data) -> int:
    """How many epochs of single models it takes."""
    return len(budget.seeds) * sum(epochs(setting, data) for setting in SWEEPS[name].arms().values())


def measure(name: str, budget: Budget, data: Data, **options: Any) -> dict[str, Any]:
    """Trains every setting of a sweep; the record."""
    sweep = SWEEPS[name]
    settings = trained(name, list(sweep.states()), budget, data, **options)
    return {
        "format": record.FORMAT,
        "sweep": name,
        "title": sweep.title,
        "question": sweep.question,
        "fixed": sweep.fixed,
        "axes": {name: plain(asdict(axis)) for name, axis in sweep.axes.items()},
        "begin": sweep.begin,
        "environment": environment(budget, data),
        "settings": settings,
    }


def trained(name: str, states: list[State], budget: Budget, data: Data, **options: Any) -> list[dict[str, Any]]:
    """Some settings of a sweep, trained: each as its record has it."""
    arms = {label(state): SWEEPS[name].setting(**state) for state in states}
    runs = iter(train(arms, list(budget.seeds), data, **options))  # arms first, each arm's seeds together
    return [record.setting_of(state, [next(runs) for _ in budget.seeds]) for state in states]


def plain(axis: dict[str, Any]) -> dict[str, Any]:
    """An axis as JSON has it: a key is text, and a number among them looks as JavaScript writes it."""
    words = {str(value).removesuffix(".0"): word for value, word in axis["words"].items()}
    return {**axis, "values": list(axis["values"]), "words": words}


def environment(budget: Budget, data: Data) -> dict[str, Any]:
    return {
        "torch": torch.__version__,
        "threads": THREADS,
        "python": platform.python_version(),
        "data": {"name": data.name, "sha256": data.sha256},
        "training examples": len(data.train),
        "validation examples": len(data.validation),
        "seeds": list(budget.seeds),
        "budget": budget.name,
        **cut(),
    }


def only(name: str, state: State) -> dict[str, Any]:
    """One setting, trained anew as in the full sweep."""
    data = data_of(FULL)
    with Progress({name: len(FULL.seeds) * epochs(SWEEPS[name].setting(**state), data)}) as progress:
        progress.begin(name)
        return trained(name, [state], FULL, data, progress=progress.update)[0]
