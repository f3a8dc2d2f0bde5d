"""Which tuned values a record has already, and which must be searched anew."""

from typing import Any

from ..evidence import records
from ..images.data_set import Data
from ..training import tuning
from ..training.setting import Setting
from .request import Request, concept

Grids = dict[str, tuning.Grid]


def left(name: str, arms: dict[str, Setting], data: Data, request: Request) -> tuple[dict[str, dict[str, Any]], Grids]:
    """The recorded rows of the table of tuned values that fit, and the grids that must be searched anew.

    A run that is not judged takes the values of the arms as declared, rather than search for minutes.
    """
    grids = grids_of(name, request)
    known = {} if request.tune else recorded(name, request)
    table = {
        label: known.get(label, {})
        for label, grid in grids.items()
        if tuning.fits(known.get(label, {}), tuning.made_for(arms[label], grid, data), strictly=request.declared())
    }
    return table, {label: grid for label, grid in grids.items() if label not in table}


def grids_of(name: str, request: Request) -> Grids:
    """What is tuned in which arms: an overridden field is not."""
    return {label: grid for label, grid in concept(name).TUNED.items() if grid[0] not in request.overrides}


def table(name: str, arms: dict[str, Setting], data: Data, request: Request, options: dict) -> dict[str, Any]:
    """The table of tuned values: recorded rows where they fit, a new search for the others."""
    found, missing = left(name, arms, data, request)
    if missing:
        found |= tuning.tune(arms, missing, data, **options)
    return {label: found[label] for label in concept(name).TUNED if label in found}


def recorded(name: str, request: Request) -> dict[str, Any]:
    """The rows of the committed record, those of the record in `out` before them unless its trainings were cut."""
    paths = [folder / f"{name}.json" for folder in (records.FOLDER, request.out)]
    found = [records.read(path) for path in paths if path.is_file()]
    whole = [record for record in found if "most steps" not in record.environment]
    return {label: row for record in whole for label, row in record.tuning.items()}
