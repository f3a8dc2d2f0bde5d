"""The commands of the glossary: `list` shows what there is, `explain` what one thing means and what was measured."""

import argparse
import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from . import explain, glossary, records
from .commands import WrongUseError
from .records import Verdict

OUTCOMES = ("supported", "conditional", "refuted", "not shown", "not yet measured")


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds both commands to the parser's."""
    listing = commands.add_parser("list", help="the concepts, their terms, and what was found")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(do=list_command)

    explaining = commands.add_parser("explain", help="what a term means, where its code is, what was measured")
    explaining.add_argument("term", nargs="*", metavar="TERM", help="any spelling; or a concept, or a statement's id")
    explaining.add_argument("--json", action="store_true", help="print JSON")
    explaining.set_defaults(do=explain_command)


def list_command(options: argparse.Namespace) -> int:
    rows = [listed(name) for name in glossary.concepts()]
    total = sum((Counter(row["verdicts"]) for row in rows), Counter())
    if options.json:
        print(json.dumps({"concepts": rows, "verdicts": dict(total)}, indent=1))
        return 0
    for row in rows:
        print(f"{row['concept']:16}{row['question']}")
        print(explain.wrapped(f"terms: {', '.join(row['terms'])}", 16))
        print(f"{'':16}statements: {in_words(row['verdicts'])}")
    print(f"\n{sum(len(row['terms']) for row in rows)} terms, {total.total()} statements: {in_words(total)}.")
    print("dlconcepts explain TERM says what one means and what was measured.")
    return 0


def listed(concept: str) -> dict[str, Any]:
    """A concept's row: its question, its terms, and how many statements had which outcome."""
    path = records.FOLDER / f"{concept}.json"
    found = records.read(path).found() if path.is_file() else {}
    outcomes = [found[id].outcome if id in found else "not yet measured" for id in glossary.statements(concept)]
    return {
        "concept": concept,
        "question": glossary.question(concept),
        "terms": glossary.terms(concept),
        "verdicts": {outcome: outcomes.count(outcome) for outcome in OUTCOMES if outcome in outcomes},
    }


def in_words(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in OUTCOMES if outcomes.get(outcome)) or "none"


def explain_command(options: argparse.Namespace) -> int:
    text = " ".join(options.term)
    if not options.term:
        return every_term(options.json)
    found = explain.explain(text)
    if found is None:
        near = glossary.near(text, (*glossary.concepts(), *glossary.read()["statements"]))
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "`dlconcepts explain` shows all terms"
        raise WrongUseError(f"explain: {text!r}: no such term, concept or statement; {hint}")
    print(json.dumps(found, indent=1, ensure_ascii=False, default=plain) if options.json else explain.as_text(found))
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
        print(f"{concept:16}{explain.wrapped(', '.join(names), 16).lstrip()}")
    print("\ndlconcepts explain TERM, as in: dlconcepts explain mse. Concepts and statements' ids will do too.")
    return 0
