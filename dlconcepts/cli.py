"""The command line: list, run, verify. Thin, and torch is imported only by the commands that compute."""

import argparse
import json
import os
import signal
import sys
from collections import Counter
from difflib import get_close_matches
from pathlib import Path

from . import __version__, glossary

FAILED, WRONG_USE, INTERRUPTED, TERMINATED = 1, 2, 130, 143


class Parser(argparse.ArgumentParser):
    """Refuses in one line, and takes no abbreviations: --opt would change its meaning with the next option."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, allow_abbrev=False, **kwargs)

    def error(self, message: str):
        self.exit(WRONG_USE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def count(text: str) -> int:
    """A whole number from 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1")
    return value


def one_of(names: list[str], what: str):
    """A name out of a list; the nearest is suggested."""

    def check(text: str) -> str:
        if text in names:
            return text
        near = get_close_matches(text, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise argparse.ArgumentTypeError(f"{text!r}: expected a {what}, one of {', '.join(names)}{hint}")

    return check


def formats(text: str) -> tuple[str, ...]:
    """png,svg,pdf or some of them."""
    known = ("png", "svg", "pdf")
    chosen = tuple(dict.fromkeys(text.split(",")))
    if not set(chosen) <= set(known):
        raise argparse.ArgumentTypeError(f"{text!r}: expected some of {','.join(known)}")
    return chosen


def assignment(text: str) -> tuple:
    """A Setting's field and its value, from FIELD=VALUE."""
    from .setting import parse

    try:
        return parse(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def parser() -> Parser:
    """All commands and options."""
    top = Parser(prog="dlconcepts", description="A deep-learning glossary you can run.")
    top.add_argument("--version", action="version", version=f"dlconcepts {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    listing = commands.add_parser("list", help="the concepts, their terms, and what was found")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(do=list_command)

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
    run.add_argument("--threads", type=count, metavar="N", help="CPU threads (default: torch's choice)")
    run.add_argument("--data", type=Path, metavar="DIR", help="a folder with MNIST's four IDX files, .gz or not")
    run.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="where results go (default out/)")
    run.add_argument("--format", type=formats, default=("png",), metavar="png,svg,pdf", dest="formats")
    run.add_argument("--redraw", action="store_true", help="draw the recorded numbers again, train nothing")
    run.add_argument("--json", action="store_true", help="print the record instead of the table")
    run.set_defaults(do=run_command)

    verify = commands.add_parser("verify", help="every hand-written rule against autograd and differences")
    verify.add_argument("rules", nargs="*", metavar="RULE")
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(do=verify_command)
    return top


def list_command(options: argparse.Namespace) -> int:
    from . import records

    rows = []
    for name in glossary.concepts():
        path = records.FOLDER / f"{name}.json"
        verdicts = records.read(path).verdicts if path.is_file() else {}
        outcomes = Counter(verdict.outcome for verdict in verdicts.values())
        rows.append(
            {
                "concept": name,
                "question": glossary.question(name),
                "terms": glossary.terms(name),
                "verdicts": dict(outcomes),
            }
        )
    if options.json:
        print(json.dumps({"concepts": rows}, indent=1))
        return 0
    for row in rows:
        outcomes = ", ".join(f"{n} {outcome}" for outcome, n in sorted(row["verdicts"].items())) or "not yet measured"
        print(f"{row['concept']:16}{row['question']}\n{'':16}terms: {', '.join(row['terms'])}; statements: {outcomes}")
    return 0


def run_command(options: argparse.Namespace) -> int:
    if bool(options.concepts) == options.all:
        raise WrongUseError("run: name concepts or give --all, one of the two; `dlconcepts list` shows them")
    import torch

    from . import gallery, records
    from .summary import summary

    if options.device == "cuda" and not torch.cuda.is_available():
        raise WrongUseError("run: --device cuda: torch sees no CUDA device here; use --device cpu")
    if options.threads:
        torch.set_num_threads(options.threads)
    overrides = dict(options.overrides) | ({"epochs": options.epochs} if options.epochs else {})
    request = gallery.Request(
        overrides=overrides,
        **{
            name: getattr(options, name)
            for name in ("quick", "seeds", "tune", "gradients", "device", "data", "out", "formats")
        },
    )
    for name in glossary.concepts() if options.all else dict.fromkeys(options.concepts):
        if options.redraw:
            record = gallery.recorded(name, request)
            gallery.draw(record, request)
        else:
            record = gallery.run(name, request)
        print(records.to_json(record) if options.json else summary(record))
        print("".join(f"figure: {request.out / name}.{form}\n" for form in request.formats), end="", file=sys.stderr)
    return 0


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


class WrongUseError(Exception):
    """Options that do not go together: one line, exit code 2."""


def terminated(*_):
    raise SystemExit(TERMINATED)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code. What a user can cause ends in one line, not in a traceback."""
    signal.signal(signal.SIGTERM, terminated)
    options = parser().parse_args(arguments)
    try:
        code = options.do(options)
        sys.stdout.flush()
        return code
    except WrongUseError as problem:
        return say(problem, WRONG_USE)
    except KeyboardInterrupt:
        print("dlconcepts: interrupted; what is finished is kept, the same command goes on from there", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        if not expected(problem):
            raise
        return say(problem, FAILED)


def expected(problem: Exception) -> bool:
    """Is it about what the user gave (files, values), and not a mistake of ours?"""
    from .data import DataError

    return isinstance(problem, DataError | OSError | ValueError | MemoryError)


def say(problem: Exception, code: int) -> int:
    print(f"dlconcepts: {problem}", file=sys.stderr)
    return code
