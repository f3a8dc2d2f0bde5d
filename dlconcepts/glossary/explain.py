"""What there is to say of a term, a concept or a statement: first as plain values, then as text. Needs no torch."""

from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any

from .. import glossary
from ..evidence.records import FOLDER, Verdict, read
from ..evidence.verdict_text import conditions, telling, told
from .entries import Term
from .source_code import PACKAGE, place

WIDTH = 100
LABEL = 12  # columns for the words before a line
AMONG_OTHERS = 4  # conditions of one statement that are shown with a term; all of them with the statement


def explain(text: str) -> dict[str, Any] | None:
    """What goes by this name: a term, a concept, both, or a statement's id. None where nothing does."""
    names = {glossary.key(name): name for name in glossary.concepts()}
    ids = {glossary.key(id): id for id in glossary.read()["statements"]}
    name, concept, wanted = glossary.find(text), names.get(glossary.key(text)), glossary.key(text)
    if wanted in ids and not name:
        return about(None, ids[wanted].split(".")[0], [ids[wanted]], page=False)
    term = glossary.term(name) if name else None
    if concept:  # and a term of the same name, which is then told with all that was found
        return about(term, concept, list(glossary.statements(concept)), page=True)
    if term is None:
        return None
    return about(term, term.concept, list(term.statements or glossary.statements(term.concept)), page=False)


def about(term: Term | None, concept: str, statements: list[str], page: bool) -> dict[str, Any]:
    return {
        "term": term and entry(term),
        "concept": {
            "name": concept,
            "question": glossary.question(concept),
            "page": glossary.page(concept).partition("\n")[2].strip() if page else None,
            "terms": glossary.terms(concept),
        },
        "statements": [finding(id) for id in statements],
        "figure": beside(f"figures/{concept}.png"),
        "lesson": beside(f"scripts/{concept}.py"),
    }


def entry(term: Term) -> dict[str, Any]:
    """A term's own part, each place with its file and line."""
    command, _, watch = term.try_it.partition(" # ")
    return {
        "name": term.name,
        "aliases": other_names(term),
        "definition": term.definition,
        "formula": term.formula or None,
        "latex": term.latex or None,
        "code": [{"name": name, **place(name)._asdict()} for name in term.code],
        "try": {"command": command.strip(), "watch": watch.strip()},
    }


def other_names(term: Term) -> list[str]:
    """The aliases, each in one spelling, and no plural of what is there already."""
    known = {glossary.key(term.name): term.name}
    for alias in term.aliases:
        if glossary.key(alias).removesuffix("s") not in known:
            known.setdefault(glossary.key(alias), alias)
    return list(known.values())[1:]


def finding(statement: str) -> dict[str, Any]:
    """A statement and what the committed record says of it; None where nothing is measured yet."""
    found = verdicts(FOLDER / f"{statement.split('.')[0]}.json")
    return {
        "id": statement,
        "gist": glossary.read()["statements"][statement]["gist"],
        "verdict": found.get(statement),
    }


@cache
def verdicts(path: Path) -> dict[str, Verdict]:
    return read(path).found() if path.is_file() else {}


def beside(file: str) -> str | None:
    """A file of the checkout, as one would type it from here; None where the package is installed without it."""
    root = PACKAGE.parent
    return shown(root / file) if (root / "pyproject.toml").is_file() and (root / file).is_file() else None


def shown(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def as_text(found: dict[str, Any]) -> str:
    """The whole answer, for a terminal."""
    term, concept, blocks = found["term"], found["concept"], []
    if term:
        blocks.append(term_text(term, concept))
    if concept["page"] or not term:
        title = f"{concept['name']}: {concept['question']}"
        blocks.append(title + (f"\n\n{indented(concept['page'])}" if concept["page"] else ""))
    words = [term["name"], *term["aliases"]] if term and not concept["page"] else []
    alone = len(found["statements"]) == 1 and not term
    lines = [line for row in found["statements"] for line in statement_lines(row, words, alone)]
    blocks.append("\n".join(["  Measured on MNIST: means and 95 % t-intervals over training seeds", *lines]))
    blocks.append("\n".join(labelled(label, text) for label, text in further(found)))
    return "\n\n".join(block for block in blocks if block)


def term_text(term: dict[str, Any], concept: dict[str, Any]) -> str:
    lines = [term["name"], "", wrapped(term["definition"], 2), ""]
    if term["formula"]:
        lines.append(labelled("formula", term["formula"]))
    if term["aliases"]:
        lines.append(labelled("also called", ", ".join(term["aliases"])))
    where = [f"{shown(PACKAGE.parent / row['file'])}:{row['line']}  {row['name']}" for row in term["code"]]
    lines += [labelled("code" if i == 0 else "", line) for i, line in enumerate(where)]
    if not concept["page"]:
        lines.append(labelled("concept", f"{concept['name']}: {concept['question']}"))
    return "\n".join(lines)


def statement_lines(row: dict[str, Any], words: list[str], alone: bool) -> list[str]:
    """A statement with its verdict's numbers: all conditions where it stands alone, else those that say most."""
    verdict: Verdict | None = row["verdict"]
    outcome = verdict.outcome.upper() if verdict else "NOT YET MEASURED"
    first = "  " + wrapped(f"{outcome}: {row['gist']}  [{row['id']}]", 4).lstrip()
    if verdict is None:
        return [first]
    if alone or not verdict.parts:
        return [first, *told(verdict, "      ")]
    chosen = dict(list(telling(verdict, words).items())[:AMONG_OTHERS])
    left = len(verdict.parts) - len(chosen)
    more = [f"      {left} more: dlconcepts explain {row['id']}"] if left else []
    return [first, *conditions(chosen, "      "), *more]


def further(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Where to go from here."""
    term, concept = found["term"], found["concept"]
    others = [name for name in concept["terms"] if not term or name != term["name"]]
    run = f"dlconcepts run {concept['name']}"
    rows = [("figure", found["figure"] or f"{run} --redraw  (draws it into out/)")]
    rows += [("lesson", f"python {found['lesson']}")] if found["lesson"] else []
    rows += [("see also" if term else "terms", ", ".join(others))] if others else []
    rows.append(("try", term["try"]["command"] if term else f"{run} --quick"))
    return rows + ([("", term["try"]["watch"])] if term else [])


def labelled(label: str, text: str) -> str:
    """The label in its column, and the text beside it, over as many lines as it takes."""
    return f"  {label:{LABEL}}" + wrapped(text, LABEL + 2).lstrip()


def wrapped(text: str, column: int) -> str:
    """Lines that begin at this column and break between words alone."""
    margin = " " * column
    return fill(text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)


def indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
