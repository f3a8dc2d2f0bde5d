"""The command `explain`: what a term means, where its code is, what was measured."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from .. import glossary
from ..evidence.records import Verdict
from ..glossary.explain import as_text, explain, wrapped
from .options import WrongUseError


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    explaining = commands.add_parser("explain", help="what a term means, where its code is, what was measured")
    explaining.add_argument("term", nargs="*", metavar="TERM", help="any spelling; or a concept, or a statement's id")
    explaining.add_argument("--json", action="store_true", help="print JSON")
    explaining.set_defaults(do=explain_command)


def explain_command(options: argparse.Namespace) -> int:
    text = " ".join(options.term)
    if not options.term:
        return every_term(options.json)
    found = explain(text)
    if found is None:
        near = glossary.near(text, (*glossary.concepts(), *glossary.read()["statements"]))
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "`dlconcepts explain` shows all terms"
        raise WrongUseError(f"explain: {text!r}: no such term, concept or statement; {hint}")
    print(json.dumps(found, indent=1, ensure_ascii=False, default=plain) if options.json else as_text(found))
    return 0


def plain(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON has it."""
    return asdict(verdict)


def every_term(as_json: bool) -> int:
    """Without a term: all there are, by concept."""
    terms = {concept: glossary.terms(concept) for concept in glossary.concepts()}
    if as_json:
        print(json.dumps({"terms": terms}, indent=1, ensure_ascii=False))
        return 0
    for concept, names in terms.items():
        print(f"{concept:16}{wrapped(', '.join(names), 16).lstrip()}")
    print("\ndlconcepts explain TERM, as in: dlconcepts explain mse. Concepts and statements' ids will do too.")
    return 0
