"""Runs a concept: measure, write the record, judge, draw.

From the record on only plain numbers travel; redrawing starts there and trains nothing.
"""

import platform
import sys
import time
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from tqdm import tqdm

from . import data as datasets
from . import plot, records, tuning
from .budget import epochs
from .data import Data
from .evidence import LEAST_SEEDS, not_judged
from .partial import Partial
from .records import Record
from .setting import Setting

QUICK_SEEDS, FULL_SEEDS = 3, 10
QUICK_IMAGES, QUICK_VALIDATION = 10_000, 2_000


@dataclass(frozen=True)
class Request:
    """What to run a concept with; the defaults are the full budget that the committed records have.

    overrides: Setting fields for every arm. tune: search the tuned values anew. data: a folder in MNIST's layout.
    out: where NAME.json goes. figures: where NAME.png goes; None is `out`.
    """

    quick: bool = False
    seeds: int | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    tune: bool = False
    gradients: str = "manual"
    device: str = "cpu"
    data: Path | None = None
    out: Path = Path("out")
    figures: Path | None = None
    formats: tuple[str, ...] = ("png",)

    def declared(self) -> bool:
        """Is it the experiment as its concept declares it, on MNIST with the full budget? Only that is judged."""
        return not self.quick and self.data is None and not self.overrides


def concept(name: str) -> ModuleType:
    return import_module(f"dlconcepts.concepts.{name}")


def arms_of(name: str, request: Request) -> dict[str, Setting]:
    """The concept's arms with the request's overrides. Raises ValueError for settings that do not go together."""
    return {label: replace(arm, **request.overrides) for label, arm in concept(name).ARMS.items()}


def run(name: str, request: Request) -> Record:
    """Measures a concept and leaves its record and figures.

    Interrupted, it leaves the finished stacks in `out`, and the same request goes on from there.
    """
    data = datasets.load(request.data)
    data = data.first(QUICK_IMAGES, QUICK_VALIDATION) if request.quick else data
    partial = Partial(request.out / f".{name}.partial", name, data, request.gradients, request.device)
    record = measure(name, request, data, partial)
    path = request.out / f"{name}.json"
    records.write(path, records.to_json(record))
    partial.clear()
    record = records.read(path)
    draw(record, request)
    return record


def measure(name: str, request: Request, data: Data, partial: Partial | None = None) -> Record:
    """Trains the arms, each at its tuned value, and judges the statements. Raises ValueError and MemoryError."""
    began = time.perf_counter()
    module, arms = concept(name), arms_of(name, request)
    seeds = list(range(request.seeds or (QUICK_SEEDS if request.quick else FULL_SEEDS)))
    options = {"gradients": request.gradients, "device": request.device, "store": partial}
    table = tuned(name, arms, data, request, options)
    arms = tuning.apply(arms, table)
    more = getattr(module, "MORE", {})  # models that `measure` trains beside an arm's own one, for each seed
    with bar(name, arms, data, {label: len(seeds) * (1 + more.get(label, 0)) for label in arms}) as progress:
        runs = module.measure(arms, data, seeds, progress=progress.update, **options)
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


def tuned(name: str, arms: dict[str, Setting], data: Data, request: Request, options: dict) -> dict[str, Any]:
    """The table of tuned values: recorded rows where they fit, a new search for the others.

    An overridden field is not tuned. A run that is not judged takes the values of the arms as declared, rather than
    search for minutes.
    """
    grids = {label: grid for label, grid in concept(name).TUNED.items() if grid[0] not in request.overrides}
    known = {} if request.tune else recorded_tuning(name, request)
    table = {
        label: known.get(label, {})
        for label, grid in grids.items()
        if tuning.fits(known.get(label, {}), tuning.made_for(arms[label], grid, data), strictly=request.declared())
    }
    missing = {label: grid for label, grid in grids.items() if label not in table}
    if missing:
        models = {label: len(tuning.SEEDS) * len(grid) for label, (_, grid) in missing.items()}
        with bar(f"tuning {name}", arms, data, models) as progress:
            table |= tuning.tune(arms, missing, data, progress=progress.update, **options)
    return {label: table[label] for label in grids}


def recorded_tuning(name: str, request: Request) -> dict[str, Any]:
    """The rows of the committed record, those of the record in `out` before them."""
    paths = [folder / f"{name}.json" for folder in (records.FOLDER, request.out)]
    return {label: row for path in paths if path.is_file() for label, row in records.read(path).tuning.items()}


def bar(name: str, arms: dict[str, Setting], data: Data, models: dict[str, int]) -> tqdm:
    """A progress bar in epochs of single models, on stderr; silent where that is no terminal."""
    total = sum(n * epochs(arms[label], data) for label, n in models.items())
    return tqdm(total=total, desc=name, unit="epoch", disable=None, file=sys.stderr, leave=False)


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
