"""What the page shows of each concept and each term, as plain values: from the glossary and the records alone."""

import re
from typing import NamedTuple

from markupsafe import Markup, escape

from .. import gallery, glossary
from ..drawing.render import render
from ..evidence import records
from ..evidence.records import Record
from ..glossary.entries import Term
from .code import Listing, listings
from .formulas import mathml
from .lessons import Download, downloads
from .svg import Letters, inline
from .verdicts import Row, row


class Entry(NamedTuple):
    """A term as it is shown. names: all, to be searched; also: the others, one of each spelling; code: places;
    about: ids of statements, not only of its own concept.
    """

    name: str
    id: str
    concept: str
    names: tuple[str, ...]
    also: list[str]
    definition: Markup
    formula: Markup
    code: tuple[str, ...]
    command: str
    watch: Markup
    about: tuple[str, ...]


class Concept(NamedTuple):
    """A concept as it is shown. listed: {place: id} of the code; made: what the record says of how it came about."""

    name: str
    title: str
    question: str
    words: list[Markup]
    entries: list[Entry]
    figure: Markup
    alt: str
    statements: dict[str, Row]
    code: list[Listing]
    listed: dict[str, str]
    made: dict[str, str]
    lesson: list[Download]


def prose(text: str) -> Markup:
    """Text with what stands in `backticks` as code, all else escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(" ".join(text.split())))))


def breakable(place: str) -> Markup:
    """A dotted name that may go on in the next line after a dot or an underscore."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(place))))


def slug(text: str) -> str:
    """Letters and digits with hyphens between: fit for an address."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-")


def concept(name: str, letters: Letters) -> Concept:
    """All about one concept. Raises FileNotFoundError where it has no record."""
    record = records.read(records.FOLDER / f"{name}.json")
    found = record.found()
    question, *words = glossary.page(name).split("\n\n")
    terms = [glossary.term(term) for term in glossary.terms(name)]
    alt = gallery.concept(name).alt(found)
    code = listings([place for term in terms for place in term.code])
    return Concept(
        name=name,
        title=name.replace("_", " "),
        question=question,
        words=[prose(paragraph) for paragraph in words],
        entries=[entry(term) for term in terms],
        figure=figure(record, alt, letters),
        alt=alt,
        statements={id: row(gist, found[id]) for id, gist in glossary.statements(name).items()},
        code=code,
        listed={place: f"{name}-code-{slug(listing.name)}" for listing in code for place in listing.places},
        made=made(record),
        lesson=downloads(name),
    )


def entry(term: Term) -> Entry:
    command, _, watch = term.try_it.partition(" # ")
    return Entry(
        name=term.name,
        id="term-" + slug(term.name),
        concept=term.concept,
        names=(term.name, *term.aliases),
        also=list({glossary.key(alias): alias for alias in reversed(term.aliases)}.values())[::-1],
        definition=prose(term.definition),
        formula=mathml(term.latex, term.formula) if term.latex else Markup(),
        code=term.code,
        command=command,
        watch=prose(watch),
        about=term.statements,
    )


def figure(record: Record, alt: str, letters: Letters) -> Markup:
    """The record's figure, drawn anew."""
    module = gallery.concept(record.concept)
    svg = render(lambda canvas: module.draw(canvas, record.runs, record.found()), "svg")
    return Markup(inline(svg, record.concept, alt, letters))


def made(record: Record) -> dict[str, str]:
    """On what, with what and how often the numbers were measured."""
    environment = record.environment
    data, seeds = environment["data"], environment["seeds"]
    return {
        "data": f"{data['name']}, {data['training examples']:,} images to train on",
        "seeds": f"{len(seeds)}, from {seeds[0]} to {seeds[-1]}",
        "arms": f"{len(record.settings)}, {len(record.runs)} runs",
        "with": f"torch {environment['torch']}, Python {environment['python']}, {environment['device']}",
        "sha-256 of the data": data["sha256"],
    }
