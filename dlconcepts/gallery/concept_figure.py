"""The figure of a concept, drawn from its record: only plain numbers travel from there, and nothing is trained."""

import sys
from collections.abc import Iterator
from pathlib import Path

from ..drawing.render import render
from ..evidence import records
from ..evidence.records import Record
from .request import Request, concept


def figures(name: str, request: Request) -> list[Path]:
    """Where a concept's figure goes, one for each format."""
    return [(request.figures or request.out) / f"{name}.{form}" for form in request.formats]


def draw(record: Record, request: Request) -> list[Path]:
    """Writes the figure of a record in each format."""
    module, paths = concept(record.concept), figures(record.concept, request)
    for path, form in zip(paths, request.formats, strict=True):
        image = render(lambda figure: module.draw(figure, record.runs, record.found()), form)
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
