"""The command `verify`: every hand-written rule against autograd and finite differences, or in another type."""

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .options import FAILED, WrongUseError, one_of

if TYPE_CHECKING:
    from ..rules.precision import TypeRow
    from ..rules.verify import Row

TYPES = ("float64", "float32", "bfloat16", "float16")


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    verify = commands.add_parser("verify", help="every hand-written rule against autograd and differences")
    verify.add_argument("rules", nargs="*", metavar="RULE")
    verify.add_argument(
        "--dtype",
        choices=TYPES,
        default=TYPES[0],
        help="float64 (the default) compares with autograd and differences, the others with the rule in float64",
    )
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(do=verify_command)


def verify_command(options: argparse.Namespace) -> int:
    from ..rules import rules

    for name in options.rules:
        try:
            one_of(list(rules), "rule")(name)
        except argparse.ArgumentTypeError as problem:
            raise WrongUseError(f"verify: {problem}") from None
    names = options.rules or list(rules)
    rows, lines, about = in_float64(names) if options.dtype == "float64" else in_type(options.dtype, names)
    passed = all(row.passed for row in rows)
    if options.json:
        table = [{**row._asdict(), "passed": row.passed} for row in rows]
        print(json.dumps({**about, "passed": passed, "rows": table}, indent=1))
    else:
        print(*lines, sep="\n")
    return 0 if passed else FAILED


def in_float64(names: Sequence[str]) -> tuple[list["Row"], list[str], dict]:
    """The rows, the table's lines, and what the JSON says besides."""
    from ..rules import rules
    from ..rules.verify import DIFFERENCES_BOUND, verify

    rows = [row for name in names for row in verify(name, rules[name])]
    lines = [f"{'rule':36}{'':8}{'autograd':>10}{'bound':>8}{'differences':>13}{'cases':>7}"]
    for row in rows:
        differences = "" if row.differences is None else f"{row.differences:.1e}"
        numbers = f"{row.autograd:10.1e}{row.bound:8.0e}{differences:>13}{row.cases:7}"
        lines.append(f"{row.rule:36}{row.gradient:8}{numbers}  {verdict(row)}")
    lines.append(f"bound of differences: {DIFFERENCES_BOUND:.0e}")
    return rows, lines, {"differences_bound": DIFFERENCES_BOUND}


def in_type(dtype: str, names: Sequence[str]) -> tuple[list["TypeRow"], list[str], dict]:
    """The same for a type's own errors, in its eps."""
    import torch

    from ..rules import rules
    from ..rules.precision import verify_in

    rows = [row for name in names for row in verify_in(getattr(torch, dtype), name, rules[name])]
    lines = [f"{'rule':36}{'':8}{'error':>8}{'bound':>8}{'torch':>10}{'cases':>7}"]
    for row in rows:
        torchs = "none" if row.torch is None else f"{row.torch:.2f}"
        numbers = f"{row.error:8.2f}{row.bound:8.2f}{torchs:>10}{row.cases:7}"
        lines.append(f"{row.rule:36}{row.gradient:8}{numbers}  {verdict(row)}")
    eps = torch.finfo(getattr(torch, dtype)).eps
    lines.append(f"errors against the same rule in float64, in units of {dtype}'s eps, {eps:.1e}")
    return rows, lines, {"dtype": dtype, "eps": eps}


def verdict(row: "Row | TypeRow") -> str:
    return "ok" if row.passed else "WRONG"
