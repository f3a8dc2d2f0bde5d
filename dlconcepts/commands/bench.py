"""The command `bench`: speed, beside other recipes and the machine's limit."""

import argparse
import json
import sys

from .options import WrongUseError, cores, count


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    bench = commands.add_parser("bench", help="speed, beside other recipes and the machine's limit")
    bench.add_argument("--batch", type=count, action="append", metavar="B", help="batch size (default 64 16 256 1024)")
    bench.add_argument("--kind", action="append", metavar="NAME", help="this kind of training alone; may be repeated")
    bench.add_argument("--rounds", type=count, default=3, metavar="N", help="measurements of each (default 3)")
    bench.add_argument("--threads", type=cores, metavar="N", help="CPU threads (default: torch's choice)")
    bench.add_argument("--no-scaling", action="store_true", help="leave out the table over models and epochs")
    bench.add_argument("--json", action="store_true", help="print JSON")
    bench.set_defaults(do=bench_command)


def bench_command(options: argparse.Namespace) -> int:
    import torch
    from tqdm import tqdm

    from ..bench import kinds, measure
    from ..images.data_set import load
    from ..training.budget import need_whole

    need_whole("bench")
    if too_large := [B for B in options.batch or () if B > measure.PART]:
        raise WrongUseError(
            f"bench: --batch {too_large[0]}: expected at most {measure.PART}, of which one round learns"
        )
    if unknown := [name for name in options.kind or () if name not in kinds.KINDS]:
        raise WrongUseError(f"bench: --kind {unknown[0]!r}: expected one of {'; '.join(kinds.KINDS)}")
    if options.threads:
        torch.set_num_threads(options.threads)
    data, found, rows = load(), [], []
    with tqdm(disable=None, bar_format="{desc}", leave=False) as line:

        def show(text: str) -> None:
            if not options.json:
                line.write(text + "\n", file=sys.stdout)

        tell = line.set_description_str
        for B in () if options.kind else options.batch or measure.BATCHES:
            found.append(measure.compare(data, B, options.rounds, tell))
            show(measure.table(found[-1]))
        compared = [kinds.compare_kind(name, data, options.rounds, tell) for name in options.kind or kinds.KINDS]
        show(kinds.kinds_table(compared))
        if not (options.no_scaling or options.kind):
            rows = measure.scaling(data, tell)
            show(f"training on {measure.PART} images at batch 64, all models together\n{measure.scaling_table(rows)}")
    if options.json:
        report = {"threads": torch.get_num_threads(), "batches": found, "kinds": compared, "scaling": rows}
        print(json.dumps(report, indent=1))
    return 0
