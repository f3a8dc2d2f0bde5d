"""Measures a concept: trains its arms, writes the record, judges the statements, has the figure drawn."""

import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch

from ..evidence import records
from ..evidence.judge import LEAST_SEEDS, not_judged
from ..evidence.records import Record
from ..images import data_set as datasets
from ..images.data_set import Data
from ..training import tuning
from ..training.budget import cut, epochs, joined_note, need_whole
from ..training.finished_stacks import Partial
from ..training.one_thread import THREADS, one_thread
from ..training.setting import Setting
from ..training.workers import Workers
from . import recorded_tuning
from .concept_figure import draw, figures
from .progress import Progress
from .request import QUICK_IMAGES, Request, arms_of, concept, seeds_of

QUICK_VALIDATION = 2_000


def run(name: str, request: Request) -> Record:
    """Measures a concept and leaves its record and figures."""
    (record,) = run_all([name], request)
    return record


def run_all(names: list[str], request: Request) -> Iterator[Record]:
    """Measures concepts one after the other, under one progress bar; yields each record, written and drawn.

    Interrupted, it leaves all finished stacks in `out`, and the same request goes on from there.
    """
    finished = []
    if request.out.resolve() == records.FOLDER:
        need_whole("a committed record")
    data = datasets.load(request.data)
    data = data.first(QUICK_IMAGES, QUICK_VALIDATION) if request.quick else data
    for name in names:
        for path in (request.out / f"{name}.json", *figures(name, request)):
            records.need_place(path)
        say_what_joins(arms_of(name, request), data)
    counts = {name: expected(name, request, data) for name in names}
    with Progress(counts) as progress, Workers(request.workers, progress.say) as workers:
        for name in names:
            progress.begin(name)
            folder = request.out / f".{name}.partial"
            search, partial = (Partial(folder, name, data, request.gradients, request.device) for _ in range(2))
            record = measure(name, request, data, progress, workers, search, partial)
            path = request.out / f"{name}.json"
            records.write(path, records.to_json(record))
            finished += [search, partial] if request.tune else [partial]
            if not request.tune:
                search.clear()  # the record has the table, which is asked first
            record = records.read(path)
            draw(record, request)
            progress.finish()
            yield record
    for partial in finished:
        partial.clear()


def say_what_joins(arms: dict[str, Setting], data: Data) -> None:
    """A line on stderr for each arm whose last example joins another batch."""
    for label, arm in arms.items():
        if note := joined_note(label, arm, len(data.train)):
            print(f"note: {note}", file=sys.stderr)


def expected(name: str, request: Request, data: Data) -> int:
    """How many epochs of single models a concept's search and comparison take."""
    arms = arms_of(name, request)
    _, missing = recorded_tuning.left(name, arms, data, request)
    more = getattr(concept(name), "MORE", {})  # models that `measure` trains beside an arm's own one, for each seed
    models = {label: len(seeds_of(request)) * (1 + more.get(label, 0)) for label in arms}
    for label, (_, grid) in missing.items():
        models[label] += len(tuning.SEEDS) * len(grid)
    return sum(n * epochs(arms[label], data) for label, n in models.items())


@one_thread()
def measure(
    name: str, request: Request, data: Data, progress: Progress, workers: Workers, search: Partial, partial: Partial
) -> Record:
    """Trains the arms, each at its tuned value, and judges the statements. Raises ValueError and MemoryError.

    What a concept measures beside its trainings is measured here, on one thread, while the workers are idle.
    search, partial: where finished stacks are kept, those of the search for tuned values and those of the comparison.
    """
    began = time.perf_counter()
    module, arms, seeds = concept(name), arms_of(name, request), seeds_of(request)
    options = {
        "gradients": request.gradients,
        "device": request.device,
        "progress": progress.update,
        "workers": workers,
    }
    table = recorded_tuning.table(name, arms, data, request, options | {"store": search})
    arms = tuning.apply(arms, table)
    runs = module.measure(arms, data, seeds, store=partial, **options)
    runs = [replace(run, extra=records.finite(run.extra)) for run in runs]
    found = module.verdicts(runs)
    if not (request.declared() and len(seeds) >= LEAST_SEEDS):
        found = {statement: not_judged(verdict) for statement, verdict in found.items()}
    timed = {statement: found.pop(statement) for statement in getattr(module, "TIMED", ())}
    return Record(
        concept=name,
        settings={label: arm.plain() for label, arm in arms.items()},
        tuning=table,
        runs=runs,
        verdicts=found,
        environment=environment(data, seeds, request),
        timing={
            "seconds": round(time.perf_counter() - began, 2),
            "workers": request.workers,
            "verdicts": timed,
        },
    )


def environment(data: Data, seeds: list[int], request: Request) -> dict[str, Any]:
    return {
        "torch": torch.__version__,
        "threads": THREADS,
        "python": platform.python_version(),
        "data": {"name": data.name, "sha256": data.sha256, "training examples": len(data.train)},
        "seeds": seeds,
        "budget": "quick" if request.quick else "full",
        **cut(),
        "overrides": {name: list(v) if isinstance(v, tuple) else v for name, v in request.overrides.items()},
        "gradients": request.gradients,
        "device": request.device,
    }
