"""Every function that differs from a given one in a single expression, with what that would mean.

Shapes: none; everything here is syntax trees.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from copy import deepcopy
from itertools import chain
from typing import NamedTuple

from .variants import WAYS, Way, is_call, put, text


class Change(NamedTuple):
    """One changed function: the cause it would be, in words, and its new tree."""

    cause: str
    words: str
    function: str
    tree: ast.FunctionDef


def other_names(node: ast.AST, names: tuple[str, ...]) -> Way:
    """One tensor in another's place."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for name in names:
            if name != node.id:
                yield "other", f"{name} in place of {node.id}", ast.Name(name, ast.Load())


def decides(tree: ast.AST, node: ast.AST) -> bool:
    """Is the expression inside of what chooses between entries?"""
    deciding = [n for n in ast.walk(tree) if isinstance(n, ast.Compare) or is_call(n, "sign")]
    return any(node is inner and node is not outer for outer in deciding for inner in ast.walk(outer))


def tree_of(function: Callable) -> ast.FunctionDef:
    """The function's syntax tree, without docstring."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError("no function with a text of its own")
    if ast.get_docstring(tree):
        tree.body = tree.body[1:]
    tree.decorator_list = []
    return tree


def all_axes(tree: ast.FunctionDef) -> ast.FunctionDef | None:
    """The function with -1 and -2 exchanged throughout."""
    copy = deepcopy(tree)
    axes = [n for n in ast.walk(copy) if isinstance(n, ast.UnaryOp) and text(n) in ("-1", "-2")]
    for axis in axes:
        axis.operand = ast.Constant(3 - int(text(axis)[1:]))
    return copy if axes else None


def changes(function: Callable, names: tuple[str, ...]) -> list[Change]:
    """Every single change of one function. names: what may stand in the place of another name."""
    whole, found = tree_of(function), []
    for at, node in enumerate(ast.walk(whole)):
        if not isinstance(node, ast.expr):
            continue
        ways = [*chain.from_iterable(way(node) for way in WAYS), *other_names(node, names)]
        for cause, words, new in ways:
            copy = deepcopy(whole)
            put(copy, list(ast.walk(copy))[at], deepcopy(new))
            masked = cause in ("other", "missing factor") and decides(whole, node)
            cause = "mask" if masked else cause
            found.append(Change(cause, words, whole.name, ast.fix_missing_locations(copy)))
    if axes := all_axes(whole):
        found.append(Change("wrong axis", f"throughout {whole.name}", whole.name, ast.fix_missing_locations(axes)))
    return found
