"""The hand-written code of a concept: forward and backward highlighted, with what `verify` found."""

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import NamedTuple

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from ..glossary.source_code import PACKAGE, docstring, split
from ..rules import rules
from ..rules.rule import Rule
from ..rules.verify import DIFFERENCES_BOUND, Row, verify

BY_HAND = "manual."  # the places whose source the page shows; of others it says the file


class Check(NamedTuple):
    """What `verify` found for one gradient; "y" is the forward. The bounds, not the errors: those vary by machine.

    differences: None where there is nothing to differentiate, or only kinks to do it at.
    """

    gradient: str
    cases: int
    autograd: str
    differences: str | None
    passed: bool


class Listing(NamedTuple):
    """An operation's source, and its rows of `verify`; none where it is no rule. places: of its functions."""

    name: str
    places: list[str]
    file: str
    summary: str
    source: Markup
    checks: list[Check]


def listings(places: list[str]) -> list[Listing]:
    """One for each rule or function by hand that the places name, in their order, none twice."""
    found: dict[str, Listing] = {}
    for place in places:
        if place.startswith(BY_HAND) and inspect.isfunction(thing := named(place)):
            names = [name for name, rule in rules.items() if thing in (rule.forward, rule.backward)]
            for listing in [of_rule(name) for name in names] or [of_function(thing)]:
                found.setdefault(listing.name, listing)
    return list(found.values())


def named(place: str) -> object:
    """What stands at MODULE.NAME in the package."""
    file, inside = split(place)
    module = import_module(f"dlconcepts.{file.relative_to(PACKAGE).with_suffix('').as_posix().replace('/', '.')}")
    return attrgetter(".".join(inside))(module)


def of_rule(name: str) -> Listing:
    rule = rules[name]
    return listing(name, (rule.forward, rule.backward), list(checks(name, rule)))


def of_function(function: Callable) -> Listing:
    return listing(function.__name__.replace("_", " "), (function,), [])


def listing(name: str, functions: tuple[Callable, ...], found: list[Check]) -> Listing:
    modules = [function.__module__.removeprefix("dlconcepts.") for function in functions]
    places = [f"{module}.{function.__name__}" for module, function in zip(modules, functions, strict=True)]
    file = f"dlconcepts/{modules[0].replace('.', '/')}.py"
    source = "\n\n".join(inspect.getsource(function) for function in functions)
    return Listing(name, places, file, docstring(functions[0]).splitlines()[0], highlighted(source), found)


@cache
def highlighted(source: str) -> Markup:
    """The source with a class for each kind of word."""
    return Markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip())


def checks(name: str, rule: Rule) -> Iterator[Check]:
    for row in verified(name, rule):
        differences = None if row.differences is None else power(DIFFERENCES_BOUND)
        yield Check(row.gradient, row.cases, power(row.bound), differences, row.passed)


def power(bound: float) -> str:
    return f"{bound:.0e}".replace("e-0", "e-")


@cache
def verified(name: str, rule: Rule) -> list[Row]:
    return verify(name, rule)
