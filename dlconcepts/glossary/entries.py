"""The glossary's terms and statements, read from entries.toml and found by any name. Standard library only."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "concepts"


@dataclass(frozen=True)
class Term:
    """One entry of the glossary.

    code: places inside the package, as in manual.loss.mean_squared_error; `places` says in which file and line.
    formula: plain text for the terminal, latex: the same for a page; empty where there is none. try_it: a command, and
    after " # " what to watch. statements: ids of those that are about it; all of its concept's where none are given.
    """

    name: str
    concept: str
    aliases: tuple[str, ...] = ()
    definition: str = ""
    formula: str = ""
    latex: str = ""
    code: tuple[str, ...] = ()
    try_it: str = ""
    statements: tuple[str, ...] = ()


def concepts() -> list[str]:
    """The names of the concepts: one folder each that holds an experiment, no list to extend."""
    return sorted(path.parent.name for path in FOLDER.glob("*/experiment.py"))


def page(concept: str) -> str:
    """A concept's docstring, the learner's page: its question is the first line."""
    return ast.get_docstring(ast.parse((FOLDER / concept / "__init__.py").read_text(encoding="utf-8"))) or ""


def question(concept: str) -> str:
    """What a concept asks."""
    return page(concept).splitlines()[0]


@cache
def read() -> dict[str, Any]:
    """{"terms": {name: fields of a Term}, "statements": {id: {gist}}}, as the file has them"""
    return tomllib.loads(Path(__file__).with_name("entries.toml").read_text(encoding="utf-8"))


def term(name: str) -> Term:
    """The entry of this very name."""
    row: dict[str, Any] = {
        "try_it" if field == "try" else field: tuple(value) if isinstance(value, list) else value
        for field, value in read()["terms"][name].items()
    }
    return Term(name, **row)


def terms(concept: str) -> list[str]:
    """The terms that a concept covers."""
    return [name for name, term in read()["terms"].items() if term["concept"] == concept]


def statements(concept: str) -> dict[str, str]:
    """id -> gist, for the statements that a concept judges."""
    return {name: row["gist"] for name, row in read()["statements"].items() if name.split(".")[0] == concept}


def key(text: str) -> str:
    """What is left to compare when case, spaces, hyphens, underscores and the like do not matter."""
    return re.sub(r"[\W_]+", "", text.casefold())


def names() -> Iterator[tuple[str, str]]:
    """(name or alias, term) for all there are."""
    for name, row in read()["terms"].items():
        yield from ((said, name) for said in (name, *row.get("aliases", ())))


def find(text: str) -> str | None:
    """The term of this name, in whatever spelling; a plural is taken for its singular. None where there is none."""
    known = {key(said): name for said, name in names()}
    wanted = key(text)
    spellings = (wanted, wanted.removesuffix("s"), wanted.removesuffix("es"))
    return next((known[spelling] for spelling in spellings if spelling in known), None)


def near(text: str, others: tuple[str, ...] = (), most: int = 5) -> list[str]:
    """Names that may have been meant, one of a term: those spelled alike, then those in which the text is a word."""
    owners = dict(names()) | {other: other for other in others}
    known = {key(said): said for said in reversed(owners)}  # of two spellings the first
    alike = [known[found] for found in get_close_matches(key(text), known, n=most, cutoff=0.7)]
    words = [said for said in owners if text.casefold() in re.split(r"[\W_]+", said.casefold())]
    first: dict[str, str] = {}
    for said in (alike + words) if key(text) else ():
        first.setdefault(owners[said], said)
    return list(first.values())[:most]


WANTED = {"concept": str, "definition": str, "code": list, "try": str}
OPTIONAL = {"aliases": list, "formula": str, "latex": str, "statements": list}


def problems(content: dict[str, Any]) -> list[str]:
    """What is amiss in a glossary, a line each: fields, names that two terms share, ids that do not exist."""
    found = [problem for name, row in content["terms"].items() for problem in amiss(name, row, content["statements"])]
    owners: dict[str, str] = {}
    for name, row in content["terms"].items():
        for said in (name, *row.get("aliases", ())):
            if (owner := owners.setdefault(key(said), name)) != name:
                found.append(f"{name}: {said!r} is a name of {owner!r} too; give it to one of the two")
    return found


def amiss(name: str, row: dict[str, Any], statements: dict[str, Any]) -> Iterator[str]:
    """What is amiss in one term."""
    for field in WANTED:
        if not row.get(field):
            yield f"{name}: {field} is missing"
    for field, value in row.items():
        kind = (WANTED | OPTIONAL).get(field)
        if kind is None:
            yield f"{name}: {field} is no field; expected some of {', '.join(WANTED | OPTIONAL)}"
        elif not isinstance(value, kind) or (kind is list and not all(isinstance(part, str) for part in value)):
            yield f"{name}: {field} should be a {'list of texts' if kind is list else 'text'}"
    if bool(row.get("formula")) != bool(row.get("latex")):
        yield f"{name}: formula and latex go together"
    if row.get("try") and " # " not in row["try"]:
        yield f"{name}: try should say after ' # ' what to watch"
    yield from (f"{name}: there is no statement {id!r}" for id in row.get("statements", ()) if id not in statements)
