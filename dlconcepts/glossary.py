"""The glossary's terms and statements, read from glossary.toml. Standard library only."""

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "concepts"


def concepts() -> list[str]:
    """The names of the concepts: one file each, no list to extend."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))


def question(concept: str) -> str:
    """What a concept asks: the first line of its file."""
    return ast.get_docstring(ast.parse((FOLDER / f"{concept}.py").read_text(encoding="utf-8"))).splitlines()[0]


@cache
def read() -> dict[str, Any]:
    """{"terms": {name: {concept, aliases}}, "statements": {id: {gist}}}"""
    return tomllib.loads(Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8"))


def terms(concept: str) -> list[str]:
    """The terms that a concept covers."""
    return [name for name, term in read()["terms"].items() if term["concept"] == concept]


def statements(concept: str) -> dict[str, str]:
    """id -> gist, for the statements that a concept judges."""
    return {name: row["gist"] for name, row in read()["statements"].items() if name.split(".")[0] == concept}
