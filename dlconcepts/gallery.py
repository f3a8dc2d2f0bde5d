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
from .data import Data
from .evidence import LEAST_SEEDS, not_judged
from .partial import Partial
from .records import Record
from .setting import Setting
from .train import epochs

QUICK_SEEDS, FULL_SEEDS = 3, 10
QUICK_IMAGES = 10_000


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
    data = data.first(QUICK_IMAGES) if request.quick else data
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
    table = tuned(module, arms, data, request, options)
    arms = tuning.apply(arms, table) if table else arms
    with bar(name, arms, data, len(seeds)) as progress:
        runs = module.measure(arms, data, seeds, progress=progress.update, **options)
    found = module.verdicts(runs)
    judged = request.declared() and len(seeds) >= LEAST_SEEDS
    return Record(
        concept=name,
        settings={label: arm.plain() for label, arm in arms.items()},
        tuning=table,
        runs=runs,
        verdicts=found if judged else {statement: not_judged(verdict) for statement, verdict in found.items()},
        environment=environment(data, seeds, request),
        timing={"seconds": round(time.perf_counter() - began, 2), "threads": torch.get_num_threads()},
    )


def tuned(module: ModuleType, arms: dict[str, Setting], data: Data, request: Request, options: dict) -> dict[str, Any]:
    """The table of tuned values: a recorded one where it fits, a new search otherwise, none where overridden.

    A run that is not judged takes the values of the arms as declared, rather than search for minutes.
    """
    field_name, grid = module.TUNED
    if field_name in request.overrides:
        return {}
    name, wanted = module.__name__.rpartition(".")[2], tuning.made_for(arms, field_name, grid, data)
    for folder in [] if request.tune else [request.out, records.FOLDER]:
        path = folder / f"{name}.json"
        table = records.read(path).tuning if path.is_file() else {}
        if tuning.fits(table, wanted, strictly=request.declared()):
            return table
    with bar(f"tuning {field_name}", arms, data, len(tuning.SEEDS) * len(grid)) as progress:
        return tuning.tune(arms, field_name, grid, data, progress=progress.update, **options)


def bar(name: str, arms: dict[str, Setting], data: Data, models: int) -> tqdm:
    """A progress bar in epochs of single models, on stderr; silent where that is no terminal."""
    total = models * sum(epochs(arm, data) for arm in arms.values())
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
        image = plot.render(lambda figure: module.draw(figure, record.runs, record.verdicts), form)
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
