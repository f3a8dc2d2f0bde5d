"""The record of a sweep: compact JSON, a line per setting, from which the explorer draws. Standard library only.

{"format", "sweep", "title", "question", "fixed", "axes", "begin", "environment", "settings": [...]}, each setting
{"state": {axis: value}, "curves": {name: [[a value per epoch] per seed]}, "diverged_at": [a step or null per seed]}.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...evidence.records import FOLDER as RECORDS
from ...evidence.records import Run

FORMAT = 1
FOLDER = RECORDS / "sweeps"
DIGITS = 4  # 5,000 images give accuracies in steps of 0.0002: nothing of them is lost
CURVES = ("validation accuracy", "training loss", "validation loss")


def rounded(value: float | None) -> float | None:
    """The number to four significant digits; None, where there was no finite number, stays None."""
    return None if value is None else float(f"{value:.{DIGITS}g}")


def setting_of(state: dict[str, Any], runs: list[Run]) -> dict[str, Any]:
    """What is kept of one setting's runs, a run per seed."""
    return {
        "state": state,
        "curves": {name: [[rounded(value) for value in run.curves[name]] for run in runs] for name in CURVES},
        "diverged_at": [run.diverged_at for run in runs],
    }


def to_json(record: dict[str, Any]) -> str:
    """Strict JSON: a line for each field and for each setting. Raises ValueError for NaN."""
    return "{\n" + ",\n".join(lines(record)) + "\n}\n"


def lines(record: dict[str, Any]) -> Iterator[str]:
    for name, value in record.items():
        if name == "settings":
            yield '"settings": [\n' + ",\n".join(map(dense, value)) + "\n]"
        else:
            yield f"{dense(name)}: {dense(value)}"


def dense(value: Any) -> str:
    """JSON without spaces: half of it would be spaces otherwise."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def read(path: Path) -> dict[str, Any]:
    """The record in a file. Raises ValueError naming the file where it holds none of this format."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] == FORMAT:
            return found
    except (ValueError, KeyError, TypeError):
        pass
    raise ValueError(f"{path}: expected a sweep's record of format {FORMAT}; run `dlconcepts sweep` again")


def committed() -> dict[str, dict[str, Any]]:
    """The sweeps in the package, by name."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.json"))}
