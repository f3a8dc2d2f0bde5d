"""An exception in the reader's code: what it was, and on which line.

Shapes: none.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .patient import UnsuitableError

OURS = str(Path(__file__).parents[2])


class CrashError(Exception):
    """The reader's function raised: during ("forward", "backward"), probe (on which inputs), and where."""

    def __init__(self, during: str, probe: str, problem: BaseException):
        super().__init__(str(problem))
        self.during, self.probe, self.problem = during, probe, problem
        self.line, self.file, self.code = place(problem)


def place(problem: BaseException) -> tuple[int | None, str, str]:
    """(line, file, its text) of the last call that is neither ours nor a library's."""
    if isinstance(problem, SyntaxError):
        return problem.lineno, problem.filename or "", (problem.text or "").strip()
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        library = "site-packages" in frame.filename or "/lib/python" in frame.filename
        if not library and not frame.filename.startswith((OURS, "<frozen")):
            return frame.lineno, frame.filename, frame.line or ""
    return None, "", ""


@contextmanager
def guarded(during: str, probe: str = "") -> Iterator[None]:
    """What the reader's function raises in here becomes a CrashError; our own refusals stay as they are."""
    try:
        yield
    except (UnsuitableError, CrashError):
        raise
    except Exception as problem:
        if traceback.extract_tb(problem.__traceback__)[-1].filename.startswith(OURS + "/doctor"):
            raise  # a mistake of ours is not the reader's
        raise CrashError(during, probe, problem) from problem
