"""What the command line does: one function per command. Each imports what it needs, torch only where it computes."""

import argparse
import json
import sys
from typing import Any

from . import glossary
from .options import FAILED, one_of


class WrongUseError(Exception):
    """Options that do not go together: one line, exit code 2."""


def run_command(options: argparse.Namespace) -> int:
    if bool(options.concepts) == options.all:
        raise WrongUseError("run: name concepts or give --all, one of the two; `dlconcepts list` shows them")
    import torch

    from . import gallery, records, tuned
    from .summary import summary

    if options.device == "cuda" and not torch.cuda.is_available():
        raise WrongUseError("run: --device cuda: torch sees no CUDA device here; use --device cpu")
    if options.threads:
        torch.set_num_threads(options.threads)
    overrides = overridden(options)
    training = [options.quick, options.seeds, overrides, options.tune, options.data]
    if options.redraw and any(training):
        raise WrongUseError("run: --redraw trains nothing: it goes with --out and --format alone")
    request = gallery.Request(
        overrides=overrides,
        **{
            name: getattr(options, name)
            for name in ("quick", "seeds", "tune", "gradients", "device", "data", "out", "formats")
        },
    )
    names = glossary.concepts() if options.all else list(dict.fromkeys(options.concepts))
    try:
        for name in names:
            gallery.arms_of(name, request)
    except ValueError as problem:
        raise WrongUseError(f"run: --set {problem}") from None
    if options.tune and not any(tuned.grids_of(name, request) for name in names):
        fixed = f" but {', '.join(overrides)}, given by --set" if overrides else ""
        raise WrongUseError(f"run: --tune has nothing to search: {', '.join(names)} tunes no field{fixed}")
    found = []
    for record in (gallery.redraw_all if options.redraw else gallery.run_all)(names, request):
        found.append(json.loads(records.to_json(record)))
        if not options.json:
            print(summary(record))
        paths = (f"figure: {request.out / record.concept}.{form}\n" for form in request.formats)
        print("".join(paths), end="", file=sys.stderr)
    if options.json:
        one = len(names) == 1 and not options.all
        print(json.dumps(found[0] if one else {"records": found}, indent=1, ensure_ascii=False))
    return 0


def overridden(options: argparse.Namespace) -> dict[str, Any]:
    """The Setting's fields of --set and --epochs. Raises WrongUseError where one is given twice."""
    pairs = [*options.overrides, *([("epochs", options.epochs)] if options.epochs else [])]
    names = [name for name, _ in pairs]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise WrongUseError(f"run: --set {twice[0]}: given twice; give each field once")
    return dict(pairs)


def verify_command(options: argparse.Namespace) -> int:
    from .rules import rules
    from .verify import DIFFERENCES_BOUND, verify

    for name in options.rules:
        try:
            one_of(list(rules), "rule")(name)
        except argparse.ArgumentTypeError as problem:
            raise WrongUseError(f"verify: {problem}") from None
    rows = [row for name in options.rules or rules for row in verify(name, rules[name])]
    passed = all(row.passed for row in rows)
    if options.json:
        table = [{**row._asdict(), "passed": row.passed} for row in rows]
        print(json.dumps({"differences_bound": DIFFERENCES_BOUND, "passed": passed, "rows": table}, indent=1))
    else:
        print(f"{'rule':24}{'':8}{'autograd':>10}{'bound':>8}{'differences':>13}{'cases':>7}")
        for row in rows:
            differences = "" if row.differences is None else f"{row.differences:.1e}"
            verdict = "ok" if row.passed else "WRONG"
            print(
                f"{row.rule:24}{row.gradient:8}{row.autograd:10.1e}{row.bound:8.0e}{differences:>13}{row.cases:7}"
                f"  {verdict}"
            )
        print(f"bound of differences: {DIFFERENCES_BOUND:.0e}")
    return 0 if passed else FAILED


def report_command(options: argparse.Namespace) -> int:
    from . import report

    if missing := report.missing():
        print(f"dlconcepts: report needs {', '.join(missing)}; pip install 'dlconcepts[page]'", file=sys.stderr)
        return FAILED
    from .report import page

    print(f"page: {page.write(options.out)}")
    return 0


def notebook_command(options: argparse.Namespace) -> int:
    from . import records
    from .notebook import notebook

    try:
        text = notebook(options.lesson, options.quick)
    except ModuleNotFoundError as missing:
        print(f"dlconcepts: notebook needs {missing.name}: pip install jupytext", file=sys.stderr)
        return FAILED
    path = options.out / f"{options.lesson}.ipynb"
    records.write(path, text)
    print(path)
    return 0


def bench_command(options: argparse.Namespace) -> int:
    import torch
    from tqdm import tqdm

    from .bench import measure
    from .data import load

    if too_large := [B for B in options.batch or () if B > measure.PART]:
        raise WrongUseError(
            f"bench: --batch {too_large[0]}: expected at most {measure.PART}, of which one round learns"
        )
    if options.threads:
        torch.set_num_threads(options.threads)
    data, found = load(), []
    with tqdm(disable=None, bar_format="{desc}", leave=False) as line:
        for B in options.batch or measure.BATCHES:
            found.append(measure.compare(data, B, options.rounds, line.set_description_str))
            if not options.json:
                line.write(measure.table(found[-1]) + "\n", file=sys.stdout)
        rows = [] if options.no_scaling else measure.scaling(data, line.set_description_str)
    if options.json:
        print(json.dumps({"threads": torch.get_num_threads(), "batches": found, "scaling": rows}, indent=1))
    elif rows:
        print(f"training on {measure.PART} images at batch 64, all models together\n{measure.scaling_table(rows)}")
    return 0
