"""The command `run`: measures concepts, and leaves their records, verdicts and figures."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .. import glossary
from .options import WrongUseError, assignment, cores, count, formats, one_of, path


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    run = commands.add_parser("run", help="measure a concept: record, verdicts, figure")
    run.add_argument("concepts", nargs="*", metavar="CONCEPT", type=one_of(glossary.concepts(), "concept"))
    run.add_argument("--all", action="store_true", help="every concept")
    run.add_argument("--quick", action="store_true", help="3 seeds, 10,000 images; gives no verdicts")
    run.add_argument("--seeds", type=count, metavar="N", help="how many, from seed 0 on (default 10; verdicts from 5)")
    run.add_argument("--epochs", type=count, metavar="N", help="short for --set epochs=N")
    run.add_argument("--set", type=assignment, action="append", default=[], metavar="FIELD=VALUE", dest="overrides")
    run.add_argument("--tune", action="store_true", help="search each arm's tuned value anew")
    run.add_argument("--gradients", type=one_of(["manual", "autograd"], "source"), default="manual", metavar="SOURCE")
    run.add_argument("--device", type=one_of(["cpu", "cuda"], "device"), default="cpu", metavar="DEVICE")
    run.add_argument("--workers", type=cores, metavar="N", help="processes that train (default: one a CPU core)")
    run.add_argument("--data", type=path, metavar="DIR", help="a folder with MNIST's four IDX files, .gz or not")
    run.add_argument("--out", type=path, default=Path("out"), metavar="DIR", help="where results go (default out/)")
    run.add_argument("--format", type=formats, default=("png",), metavar="png,svg,pdf", dest="formats")
    run.add_argument("--redraw", action="store_true", help="draw the recorded numbers again, train nothing")
    run.add_argument("--json", action="store_true", help="print the record (of several concepts one object), no table")
    run.set_defaults(do=run_command)


def run_command(options: argparse.Namespace) -> int:
    if bool(options.concepts) == options.all:
        raise WrongUseError("run: name concepts or give --all, one of the two; `dlconcepts list` shows them")
    import torch
    from joblib import cpu_count

    from .. import gallery
    from ..evidence import records
    from ..gallery import recorded_tuning
    from ..gallery.record_text import summary

    if options.device == "cuda" and (options.workers or 1) > 1:
        raise WrongUseError("run: --workers goes with --device cpu: one process keeps a CUDA device busy")
    if options.device == "cuda" and not torch.cuda.is_available():
        raise WrongUseError("run: --device cuda: torch sees no CUDA device here; use --device cpu")
    overrides = overridden(options)
    training = [options.quick, options.seeds, overrides, options.tune, options.data, options.workers]
    if options.redraw and any(training):
        raise WrongUseError("run: --redraw trains nothing: it goes with --out and --format alone")
    request = gallery.Request(
        overrides=overrides,
        workers=options.workers or (cpu_count() if options.device == "cpu" else 1),
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
    if options.tune and not any(recorded_tuning.grids_of(name, request) for name in names):
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
