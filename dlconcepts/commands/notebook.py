"""The command `notebook`: a lesson as .ipynb."""

import argparse
import sys
from pathlib import Path

from ..glossary.notebook import lessons
from .options import FAILED, one_of, path


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    lesson = commands.add_parser("notebook", help="a lesson as .ipynb, for Jupyter, VS Code and Colab")
    lesson.add_argument("lesson", metavar="LESSON", type=one_of(lessons(), "lesson"), help="a concept, or doctor")
    lesson.add_argument("--quick", action="store_true", help="its first cell asks for the small budget")
    lesson.add_argument("--out", type=path, default=Path("out"), metavar="DIR", help="where it goes (default out/)")
    lesson.set_defaults(do=notebook_command)


def notebook_command(options: argparse.Namespace) -> int:
    from ..evidence import records
    from ..glossary.notebook import notebook

    try:
        text = notebook(options.lesson, options.quick)
    except ModuleNotFoundError as missing:
        print(f"dlconcepts: notebook needs {missing.name}: pip install jupytext", file=sys.stderr)
        return FAILED
    path = options.out / f"{options.lesson}.ipynb"
    records.write(path, text)
    print(path)
    return 0
