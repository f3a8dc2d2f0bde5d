"""The command `bench`: speed, beside other recipes and the machine's limit."""

import argparse
import json
import sys

from .options import WrongUseError, cores, count


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    bench = commands.add_parser("bench", help="speed, beside other recipes and the machine's limit")
    bench.add_argument("--batch", type=count, action="append", metavar="B", help="batch size (default 64 16 256 1024)")
    bench.add_argument("--rounds", type=count, default=3, metavar="N", help="measurements of each (default 3)")
    bench.add_argument("--threads", type=cores, metavar="N", help="CPU threads (default: torch's choice)")
    bench.add_argument("--no-scaling", action="store_true", help="leave out the table over models and epochs")
    bench.add_argument("--json", action="store_true", help="print JSON")
    bench.set_defaults(do=bench_command)


def bench_command(options: argparse.Namespace) -> int:
    import torch
    from tqdm import tqdm

    from ..bench import measure
    from ..images.data_set import load

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
