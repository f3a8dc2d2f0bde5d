"""Runs a concept: measure, write the record, judge, draw.

From the record on only plain numbers travel; redrawing starts there and trains nothing.
"""

import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from . import data as datasets
from . import plot, records, tuning
from .budget import epochs
from .data import Data
from .evidence import LEAST_SEEDS, not_judged
from .partial import Partial
from .progress import Progress
from .records import Record
from .request import QUICK_IMAGES, Request, arms_of, concept, seeds_of
from .setting import Setting

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
    data = datasets.load(request.data)
    data = data.first(QUICK_IMAGES, QUICK_VALIDATION) if request.quick else data
    for folder in {request.out, request.figures or request.out}:
        records.need_folder(folder)
    with Progress({name: expected(name, request, data) for name in names}) as progress:
        for name in names:
            progress.begin(name)
            partial = Partial(request.out / f".{name}.partial", name, data, request.gradients, request.device)
            record = measure(name, request, data, progress, partial)
            path = request.out / f"{name}.json"
            records.write(path, records.to_json(record))
            finished.append(partial)
            record = records.read(path)
            draw(record, request)
            progress.finish()
            yield record
    for partial in finished:
        partial.clear()


def expected(name: str, request: Request, data: Data) -> int:
    """How many epochs of single models a concept's search and comparison take."""
    arms = arms_of(name, request)
    _, missing = tuning_left(name, arms, data, request)
    more = getattr(concept(name), "MORE", {})  # models that `measure` trains beside an arm's own one, for each seed
    models = {label: len(seeds_of(request)) * (1 + more.get(label, 0)) for label in arms}
    for label, (_, grid) in missing.items():
        models[label] += len(tuning.SEEDS) * len(grid)
    return sum(n * epochs(arms[label], data) for label, n in models.items())


def measure(name: str, request: Request, data: Data, progress: Progress, partial: Partial | None = None) -> Record:
    """Trains the arms, each at its tuned value, and judges the statements. Raises ValueError and MemoryError."""
    began = time.perf_counter()
    module, arms, seeds = concept(name), arms_of(name, request), seeds_of(request)
    options = {
        "gradients": request.gradients,
        "device": request.device,
        "store": partial,
        "progress": progress.update,
    }
    table = tuned(name, arms, data, request, options)
    arms = tuning.apply(arms, table)
    runs = [replace(run, extra=records.finite(run.extra)) for run in module.measure(arms, data, seeds, **options)]
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
            "threads": torch.get_num_threads(),
            "verdicts": timed,
        },
    )


Grids = dict[str, tuning.Grid]


def tuning_left(
    name: str, arms: dict[str, Setting], data: Data, request: Request
) -> tuple[dict[str, dict[str, Any]], Grids]:
    """The recorded rows of the table of tuned values that fit, and the grids that must be searched anew.

    A run that is not judged takes the values of the arms as declared, rather than
    search for minutes.
    """
    grids = grids_of(name, request)
    known = {} if request.tune else recorded_tuning(name, request)
    table = {
        label: known.get(label, {})
        for label, grid in grids.items()
        if tuning.fits(known.get(label, {}), tuning.made_for(arms[label], grid, data), strictly=request.declared())
    }
    return table, {label: grid for label, grid in grids.items() if label not in table}


def grids_of(name: str, request: Request) -> Grids:
    """What is tuned in which arms: an overridden field is not."""
    return {label: grid for label, grid in concept(name).TUNED.items() if grid[0] not in request.overrides}


def tuned(name: str, arms: dict[str, Setting], data: Data, request: Request, options: dict) -> dict[str, Any]:
    """The table of tuned values: recorded rows where they fit, a new search for the others."""
    table, missing = tuning_left(name, arms, data, request)
    if missing:
        table |= tuning.tune(arms, missing, data, **options)
    return {label: table[label] for label in concept(name).TUNED if label in table}


def recorded_tuning(name: str, request: Request) -> dict[str, Any]:
    """The rows of the committed record, those of the record in `out` before them."""
    paths = [folder / f"{name}.json" for folder in (records.FOLDER, request.out)]
    return {label: row for path in paths if path.is_file() for label, row in records.read(path).tuning.items()}


def environment(data: Data, seeds: list[int], request: Request) -> dict[str, Any]:
    return {
        "torch": torch.__version__,
        "python": platform.python_version(),
        "data": {"name": data.name, "sha256": data.sha256, "training examples": len(data.train)},
        "seeds": seeds,
        "budget": "quick" if request.quick else "full",
        "overrides": {name: list(v) if isinstance(v, tuple) else v for name, v in request.overrides.items()},
        "gradients": request.gradients,
        "device": request.device,
    }


def draw(record: Record, request: Request) -> list[Path]:
    """Writes the figure of a record in each format."""
    module, folder = concept(record.concept), request.figures or request.out
    paths = [folder / f"{record.concept}.{form}" for form in request.formats]
    for path, form in zip(paths, request.formats, strict=True):
        image = plot.render(lambda figure: module.draw(figure, record.runs, record.found()), form)
        records.write(path, image)
    return paths


def redraw_all(names: list[str], request: Request) -> Iterator[Record]:
    """Draws recorded numbers again, trains nothing. Raises FileNotFoundError where there are none."""
    for name in names:
        record = recorded(name, request)
        try:
            draw(record, request)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as problem:
            if not (path := request.out / f"{name}.json").is_file():  # then it is a mistake of ours
                raise
            raise ValueError(f"{path}: does not hold what its figure shows ({problem!r}); {records.CURE}") from problem
        yield record


def recorded(name: str, request: Request) -> Record:
    """The record to redraw: the one in `out`, else the committed one. Raises FileNotFoundError where there is none."""
    for path in (request.out / f"{name}.json", records.FOLDER / f"{name}.json"):
        if path.is_file():
            record = records.read(path)
            if record.concept != name:
                raise ValueError(f"{path}: expected a record of {name}, found one of {record.concept}")
            return record
    raise FileNotFoundError(f"{request.out / name}.json: no record to redraw; run the concept without --redraw first")


def show(path: str | Path) -> None:
    """The figure itself where this is a notebook, its path where it is not."""
    if "ipykernel" in sys.modules:
        from IPython.display import Image, display

        display(Image(str(path)))
    else:
        print(f"figure: {path}")
