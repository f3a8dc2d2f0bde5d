"""What a measurement leaves behind: plain numbers, to and from JSON. Standard library only.

From here on nothing is a tensor: tables, verdicts and figures are made from these alone.
"""

import json
import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from errno import EISDIR
from pathlib import Path
from types import UnionType
from typing import Any, get_origin

FORMAT = 1
CURE = "remove the file and run the concept again"
ENVIRONMENT = {"seeds", "budget", "overrides"}  # what the table of a record says of it
FOLDER = Path(__file__).parents[1] / "records"  # the committed numbers, in the wheel too


@dataclass(frozen=True)
class Run:
    """One trained model. Curves have a value per epoch; None stands where there is no finite number.

    status is "ok" or "diverged"; diverged_at is the first step (from 1) whose loss was not finite. timing: seconds and
    bytes measured, which no second run repeats exactly.
    """

    label: str
    seed: int
    status: str = "ok"
    diverged_at: int | None = None
    curves: dict[str, list[float | None]] = field(default_factory=dict)
    final: dict[str, float | None] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    timing: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """A final number. Raises ValueError where it is not finite."""
        return self.known(name, self.final[name])

    def curve(self, name: str) -> list[float]:
        """A curve's numbers. Raises ValueError where one is not finite."""
        return [self.known(name, value) for value in self.curves[name]]

    def known(self, name: str, value: float | None) -> float:
        if value is None:
            raise ValueError(f"{self.label}, seed {self.seed}: the {name} is not finite")
        return value


@dataclass(frozen=True)
class Verdict:
    """What was found about one statement.

    outcome: "supported", "refuted", "not shown", "conditional" or "not judged".
    metric: what was measured, and its unit; effect, low and high: its mean and 95 % interval over `seeds` pairs.
    threshold, margin: what it was held against, set before the run. exact: no interval, effect is the largest
    deviation and threshold its bound. parts: the declared conditions of a conditional statement, each judged.
    """

    outcome: str
    metric: str
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    margin: float | None = None
    seeds: int = 0
    exact: bool = False
    parts: dict[str, "Verdict"] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """Everything about one run of a concept; all but what is called `timing` is the same bytes when it is run again.

    Verdicts on measured times are therefore in timing["verdicts"].
    """

    concept: str
    settings: dict[str, dict[str, Any]]
    tuning: dict[str, Any]
    runs: list[Run]
    verdicts: dict[str, Verdict]
    environment: dict[str, Any]
    timing: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    def found(self) -> dict[str, Verdict]:
        """All verdicts."""
        return self.verdicts | self.timing.get("verdicts", {})


def plain(value: float) -> float | None:
    """The number, or None where it is not finite: strict JSON has neither NaN nor infinity."""
    return float(value) if math.isfinite(value) else None


def finite(value: Any) -> Any:
    """The same numbers, with None for each that is not finite, in lists and dictionaries of any depth."""
    if isinstance(value, dict):
        return {name: finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return plain(value) if isinstance(value, float) else value


def to_json(record: Record) -> str:
    """The record as strict JSON: same record, same bytes. Raises ValueError for NaN."""
    return json.dumps(asdict(record), indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def from_json(text: str) -> Record:
    """The record that `to_json` wrote. Raises ValueError where the text is something else."""
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise ValueError(f"expected format {FORMAT}, found {found['format']}; {CURE}")
        runs = [well_formed(Run(**run)) for run in found.pop("runs")]
        if not runs or (missing := ENVIRONMENT - found["environment"].keys()):
            raise KeyError("runs" if not runs else min(missing))
        verdicts = {name: to_verdict(verdict) for name, verdict in found.pop("verdicts").items()}
        timing = found.pop("timing")
        if "verdicts" in timing:
            timing["verdicts"] = {name: to_verdict(verdict) for name, verdict in timing["verdicts"].items()}
        return well_formed(Record(timing=timing, runs=runs, verdicts=verdicts, **found))
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ValueError(f"expected a record, found something else ({problem!r}); {CURE}") from None


def to_verdict(found: dict[str, Any]) -> Verdict:
    """A verdict and, inside it, its parts."""
    parts = {name: to_verdict(part) for name, part in found.get("parts", {}).items()}
    return well_formed(Verdict(**{**found, "parts": parts}))


def well_formed(found: Any) -> Any:
    """What was read, its fields of the declared types. Raises TypeError for another type."""
    for f in fields(found):
        kind: Any = f.type if isinstance(f.type, UnionType) else get_origin(f.type) or f.type
        if not isinstance(value := getattr(found, f.name), kind | int if kind == float | None else kind):
            raise TypeError(f"{type(found).__name__}.{f.name}: {value!r:.40}")
    return found


def read(path: Path) -> Record:
    """The record in a file. Raises ValueError naming the file where it holds none."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def write(path: Path, content: str | bytes) -> None:
    """Writes a whole file or leaves the old one: a temporary neighbour takes its place at the end.

    Raises OSError, with the path, where there is no room or no permission.
    """
    raw = content.encode() if isinstance(content, str) else content
    with cannot_be_written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
            os.chmod(temporary, 0o644)  # mkstemp makes it private
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def need_place(path: Path) -> None:
    """Makes the file's folder if need be. Raises OSError, with the path, where it cannot be: asked before long work."""
    with cannot_be_written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "a folder has this name")


@contextmanager
def cannot_be_written(path: Path) -> Iterator[None]:
    """An OSError inside becomes one that names this path and the cure."""
    try:
        yield
    except OSError as problem:
        raise OSError(f"{path}: cannot be written ({problem.strerror}); make room or choose another --out") from None
