"""The command `sweep`: trains the grids behind the page's explorer, or one setting of them."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .options import WrongUseError, cores, one_of, path

NAMES = ["optimizer", "activation", "regularization"]  # a test compares them with the grids, which import torch
OUT = Path("out/sweeps")


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    sweep = commands.add_parser("sweep", help="train the settings behind the page's explorer, or a single one of them")
    sweep.add_argument("names", nargs="*", metavar="NAME", type=one_of(NAMES, "sweep"))
    sweep.add_argument("--quick", action="store_true", help="1 seed, 1,024 images: to see that it works")
    sweep.add_argument("--only", metavar="AXIS=VALUE,...", help="train this one setting and print its numbers")
    sweep.add_argument("--workers", type=cores, metavar="N", help="processes that train (default: one a CPU core)")
    sweep.add_argument("--out", type=path, metavar="DIR", help=f"(default {OUT}/)")
    sweep.add_argument("--json", action="store_true", help="with --only: print JSON")
    sweep.set_defaults(do=sweep_command)


def sweep_command(options: argparse.Namespace) -> int:
    if options.only is None and options.json:
        raise WrongUseError("sweep: --json goes with --only; without it the records themselves are JSON")
    if options.only is not None and (len(options.names) != 1 or options.quick or options.out or options.workers):
        raise WrongUseError(
            "sweep: --only takes the name of one sweep, no --quick, no --workers, and no --out: it trains one stack "
            "and writes nothing"
        )
    from ..page.sweeps.grids import SWEEPS, state_from

    if options.only is None:
        return whole(list(dict.fromkeys(options.names)) or NAMES, options)
    (name,) = options.names
    try:
        state = state_from(SWEEPS[name], options.only)
    except ValueError as problem:
        raise WrongUseError(f"sweep: --only {problem}") from None
    return single(name, state, options.json)


def whole(names: list[str], options: argparse.Namespace) -> int:
    from joblib import cpu_count

    from ..page.sweeps.sweep import FULL, QUICK, run_all

    budget, workers = QUICK if options.quick else FULL, options.workers or cpu_count()
    for written in run_all(names, budget, options.out or OUT, workers):
        print(f"sweep: {written}", file=sys.stderr)
    return 0


def single(name: str, state: dict[str, Any], as_json: bool) -> int:
    from ..page.sweeps.record import committed, dense
    from ..page.sweeps.sweep import FULL, only

    found = only(name, state)
    if as_json:
        print(json.dumps(found, indent=1, allow_nan=False))
        return 0
    print(f"{name}: {', '.join(f'{axis} {value}' for axis, value in state.items())}\n")
    print(table(found, list(FULL.seeds)))
    recorded = [row for row in committed().get(name, {}).get("settings", []) if row["state"] == state]
    if recorded:
        same = dense(recorded[0]) == dense(found)
        print("\nThe same numbers as recorded." if same else "\nNot the numbers as recorded: another machine or torch?")
    return 0


def table(found: dict[str, Any], seeds: list[int]) -> str:
    """A row per epoch: validation accuracy of each seed in percent, then the losses' means."""
    curves = found["curves"]
    heads = [f"seed {seed}" for seed in seeds]
    lines = [f"epoch  validation accuracy, %{'':{max(0, 9 * len(seeds) - 22)}}  training loss  validation loss"]
    lines.append(f"{'':5}" + "".join(f"{head:>9}" for head in heads))
    for epoch in range(len(curves["validation accuracy"][0])):
        shares = [values[epoch] for values in curves["validation accuracy"]]
        row = f"{epoch + 1:5}" + "".join(f"{'-' if share is None else f'{100 * share:.2f}':>9}" for share in shares)
        for name, width in (("training loss", 17), ("validation loss", 17)):
            row += f"{mean([values[epoch] for values in curves[name]]):>{width}}"
        lines.append(row)
    for seed, step in zip(seeds, found["diverged_at"], strict=True):
        lines += [f"seed {seed} diverged at step {step}"] if step is not None else []
    return "\n".join(lines)


def mean(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return "-" if len(known) < len(values) else f"{sum(known) / len(known):.4g}"
