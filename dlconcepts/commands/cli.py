"""The command line: the parser of all commands. Thin, and torch is imported only by the commands that compute."""

import argparse
import os
import signal
import sys
from difflib import get_close_matches

from .. import __version__
from . import bench, check, explain, notebook, practice, report, run, sweep, verify
from . import list as listing
from .options import FAILED, INTERRUPTED, TERMINATED, WRONG_USE, WrongUseError

COMMANDS = (listing, explain, run, verify, report, bench, notebook, check, practice, sweep)  # as --help shows them
NO_MEMORY = "there is not enough memory; take fewer hidden units or a smaller batch, or make room"


def one_line(text: str) -> str:
    """The text with line breaks, and all that is not to be shown, as escapes: paths and words may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Parser(argparse.ArgumentParser):
    """Refuses in one line, and takes no abbreviations: --opt would change its meaning with the next option."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, allow_abbrev=False, **kwargs)

    def parse_known_args(self, *args, **kwargs):
        """Refuses what a command does not know under the command's own name, with the nearest option."""
        found, unknown = super().parse_known_args(*args, **kwargs)
        if unknown:
            near = get_close_matches(unknown[0], self._option_string_actions, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            self.error(f"unknown: {' '.join(unknown)}{hint}")
        return found, unknown

    def error(self, message: str):
        self.exit(WRONG_USE, f"{self.prog}: {one_line(message)} (see {self.prog} --help)\n")


def parser() -> Parser:
    """All commands and options."""
    top = Parser(prog="dlconcepts", description="A deep-learning glossary you can run.")
    top.add_argument("--version", action="version", version=f"dlconcepts {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        command.add_to(commands)
    return top


def terminated(*_):
    raise SystemExit(TERMINATED)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code. What a user can cause ends in one line, not in a traceback."""
    signal.signal(signal.SIGTERM, terminated)
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # it is closed, and nobody reads
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it lasts as long as we do
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a formula's sign that the terminal does not have becomes a "?"
    try:
        options = parser().parse_args(arguments)
        code = options.do(options)
        sys.stdout.flush()
        return code
    except WrongUseError as problem:
        return say(problem, WRONG_USE)
    except KeyboardInterrupt:
        goes_on = "; the same command goes on from its last finished stack" if trains(arguments) else ""
        print(f"dlconcepts: interrupted{goes_on}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        if not expected(problem):
            raise
        return say(problem, FAILED)


def program() -> int:
    """What the installed command runs. Once all is done, a late signal cannot take the exit code back."""
    code = main()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    return code


def trains(arguments: list[str] | None) -> bool:
    """Is it a command that keeps what it has finished?"""
    words = sys.argv[1:] if arguments is None else arguments
    return words[:1] in (["run"], ["sweep"])


def expected(problem: Exception) -> bool:
    """Is it about what the user gave (files, values), and not a mistake of ours?"""
    from ..images.idx import DataError

    return isinstance(problem, DataError | OSError | ValueError) or no_memory(problem)


def no_memory(problem: Exception) -> bool:
    """torch has RuntimeErrors for it."""
    words = ("can't allocate memory", "out of memory")
    torchs = isinstance(problem, RuntimeError) and any(said in str(problem) for said in words)
    return isinstance(problem, MemoryError) or torchs


def say(problem: Exception, code: int) -> int:
    """One line on stderr; what the system says gets a cure."""
    text = str(problem)
    if isinstance(problem, OSError) and problem.strerror:
        cure = "check the path and its permissions" if problem.filename else "send the output elsewhere"
        text = f"{problem.filename or 'standard output'}: {problem.strerror}; {cure}"
    if no_memory(problem) and not (isinstance(problem, MemoryError) and text):
        text = NO_MEMORY
    print(f"dlconcepts: {one_line(text)}", file=sys.stderr)
    return code
