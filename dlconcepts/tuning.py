"""Each arm's own best value: an arm that runs at another arm's learning rate has not been compared with it.

Chosen on the validation split, with seeds that no comparison uses. Near the edge of stability a single epoch's
accuracy is mostly luck, so the best mean does not simply win: of the values within one standard error of it the
smallest is taken.
Source of the rule: L. Breiman, J. Friedman, R. Olshen, C. Stone, "Classification and Regression Trees", 1984, 3.4.3.
"""

from dataclasses import replace
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from .data import Data
from .records import Run
from .setting import Setting
from .train import train

SEEDS = [1_000_001, 1_000_002, 1_000_003, 1_000_004, 1_000_005]  # far from 0, 1, 2 ..., the seeds of comparisons


def tune(
    settings: dict[str, Setting], field: str, grid: tuple[float, ...], data: Data, **train_options: Any
) -> dict[str, Any]:
    """The table of a search: each arm's validation accuracy at each value (mean, standard error), and its choice.

    A value at which any seed diverged scores None and is never chosen. The grid ascends. Raises ValueError for an arm
    that diverges at every value.
    """
    arms = {f"{label} {value}": replace(arm, **{field: value}) for label, arm in settings.items() for value in grid}
    runs = train(arms, SEEDS, data, **train_options)
    scores = {label: {str(value): score(runs, f"{label} {value}") for value in grid} for label in settings}
    return {
        "seeds": SEEDS,
        **made_for(settings, field, grid, data),
        "scores": scores,
        "chosen": {label: choose(label, grid, scores[label]) for label in settings},
    }


def score(runs: list[Run], label: str) -> tuple[float, float] | None:
    """The arm's validation accuracy after its last epoch: mean and standard error over the seeds."""
    mine = [run for run in runs if run.label == label]
    if any(run.status != "ok" for run in mine):
        return None
    last = [run.curves["validation accuracy"][-1] for run in mine]
    return fmean(last), stdev(last) / sqrt(len(last))


def choose(label: str, grid: tuple[float, ...], scores: dict[str, tuple[float, float] | None]) -> float:
    """The smallest value whose mean lies within one standard error of the best one's."""
    usable = [value for value in grid if scores[str(value)] is not None]
    if not usable:
        raise ValueError(f"{label}: diverged at every value of {', '.join(map(str, grid))}; give it lower ones")
    mean, error = max(scores[str(value)] for value in usable)
    return min(value for value in usable if scores[str(value)][0] >= mean - error)


def apply(settings: dict[str, Setting], table: dict[str, Any]) -> dict[str, Setting]:
    """Each arm at its own chosen value."""
    return {label: replace(arm, **{table["field"]: table["chosen"][label]}) for label, arm in settings.items()}


def made_for(settings: dict[str, Setting], field: str, grid: tuple[float, ...], data: Data) -> dict[str, Any]:
    """What a table is about: the arms but for the tuned field, the grid, the data."""
    arms = {label: {k: v for k, v in arm.plain().items() if k != field} for label, arm in settings.items()}
    return {"field": field, "grid": list(grid), "arms": arms, "data": data.sha256, "examples": len(data.train)}


def fits(table: dict[str, Any], wanted: dict[str, Any], strictly: bool = True) -> bool:
    """Was this table made for what is wanted, a result of `made_for`?

    Not strictly: do field and labels agree? Enough for a look, where nothing is judged.
    """
    if strictly:
        return all(table.get(name) == value for name, value in wanted.items())
    return table.get("field") == wanted["field"] and table.get("chosen", {}).keys() == wanted["arms"].keys()
