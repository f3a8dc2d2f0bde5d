"""The command `verify`: every hand-written rule against autograd and finite differences."""

import argparse
import json

from .options import FAILED, WrongUseError, one_of


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    verify = commands.add_parser("verify", help="every hand-written rule against autograd and differences")
    verify.add_argument("rules", nargs="*", metavar="RULE")
    verify.add_argument("--json", action="store_true", help="print JSON")
    verify.set_defaults(do=verify_command)


def verify_command(options: argparse.Namespace) -> int:
    from ..rules import rules
    from ..rules.verify import DIFFERENCES_BOUND, verify

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
