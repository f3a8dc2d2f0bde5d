"""The command `list`: the concepts, their terms, and what was found."""

import argparse
import json
from collections import Counter
from typing import Any

from .. import glossary
from ..evidence import records
from ..glossary.explain import wrapped

OUTCOMES = ("supported", "conditional", "refuted", "not shown", "not yet measured")


def add_to(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the parser's."""
    listing = commands.add_parser("list", help="the concepts, their terms, and what was found")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(do=list_command)


def list_command(options: argparse.Namespace) -> int:
    rows = [listed(name) for name in glossary.concepts()]
    total = sum((Counter(row["verdicts"]) for row in rows), Counter())
    if options.json:
        print(json.dumps({"concepts": rows, "verdicts": dict(total)}, indent=1))
        return 0
    for row in rows:
        print(f"{row['concept']:16}{row['question']}")
        print(wrapped(f"terms: {', '.join(row['terms'])}", 16))
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
