"""The command `report`: all of it as one offline page."""

import argparse
import sys
from pathlib import Path

from .options import FAILED, path


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    report = commands.add_parser("report", help="all of it as one offline HTML page")
    report.add_argument("--out", type=path, default=Path("out"), metavar="DIR", help="where it goes (default out/)")
    report.set_defaults(do=report_command)


def report_command(options: argparse.Namespace) -> int:
    from ..page import missing

    if lacking := missing():
        print(f"dlconcepts: report needs {', '.join(lacking)}; pip install 'dlconcepts[page]'", file=sys.stderr)
        return FAILED
    from ..page import document

    print(f"page: {document.write(options.out)}")
    return 0
