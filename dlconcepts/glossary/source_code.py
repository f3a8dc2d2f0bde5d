"""Where in the package something is defined: file and line, without importing it. Standard library only."""

import ast
from collections.abc import Callable
from functools import cache
from inspect import getsource
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

PACKAGE = Path(__file__).parents[1]


class Place(NamedTuple):
    """file: as in dlconcepts/manual/loss.py, from the folder that holds the package; line: from 1."""

    file: str
    line: int

    def path(self) -> Path:
        """Where the file is on this machine, in a checkout or where the package is installed."""
        return PACKAGE.parent / self.file


def place(name: str) -> Place:
    """The place of a function, class, method, field or table: manual.loss.huber, training.setting.Setting.lr.

    Raises ValueError where the package has no such thing.
    """
    module, inside = split(name)
    line, body = 1, tree(module).body
    for part in inside:
        node = next((node for node in body if part in defines(node)), None)
        if node is None:
            raise ValueError(f"{name!r}: {module.relative_to(PACKAGE.parent).as_posix()} defines no {part!r}")
        line, body = node.lineno, getattr(node, "body", [])
    return Place(module.relative_to(PACKAGE.parent).as_posix(), line)


def docstring(thing: Callable[..., Any] | ModuleType) -> str:
    """Its docstring as the source has it: python -OO keeps none."""
    found = ast.parse(getsource(thing))
    node: Any = found if isinstance(thing, ModuleType) else found.body[0]
    return ast.get_docstring(node) or ""


def split(name: str) -> tuple[Path, list[str]]:
    """The file of the module that a dotted name begins with, and the names inside it."""
    folder, parts = PACKAGE, name.split(".")
    while len(parts) > 1 and parts[0].isidentifier():
        if (folder / f"{parts[0]}.py").is_file():  # before a folder of the same name, as records/ is
            return folder / f"{parts[0]}.py", parts[1:]
        folder /= parts.pop(0)
    raise ValueError(f"{name!r}: expected MODULE.NAME inside the package, as in manual.loss.huber")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def defines(node: ast.stmt) -> set[str]:
    """The names that a statement defines; what it imports is defined elsewhere."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}
