"""The page as one file: templates filled, styles and scripts inside, and a policy that forbids every request."""

import hashlib
import json
from base64 import b64encode
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .. import __version__, glossary, plot, records
from . import LIBRARIES
from .contents import Concept, concept, prose, slug
from .svg import Letters, store
from .verdicts import tally

HERE = Path(__file__).parent
EXPLORER = HERE / "explorer"


def html() -> str:
    """The page of all concepts that have a record: same records, same bytes."""
    letters: Letters = {}
    names = [name for name in glossary.concepts() if (records.FOLDER / f"{name}.json").is_file()]
    return filled([concept(name, letters) for name in names], letters)


def filled(concepts: list[Concept], letters: Letters) -> str:
    """The templates with these values. The explorer is part of it where its folder lies beside this file."""
    explorer = (EXPLORER / "explorer.html").is_file()
    styles, scripts = assets("css", explorer), assets("js", explorer)
    statements = {id: row for c in concepts for id, row in c.statements.items()}
    environment = Environment(
        loader=FileSystemLoader([HERE, EXPLORER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"slug": slug, "prose": prose}
    return environment.get_template("page.html").render(
        concepts=concepts,
        entries=sorted((entry for c in concepts for entry in c.entries), key=lambda entry: entry.name.casefold()),
        statements=statements,
        tally=tally(row.outcome for row in statements.values()),
        store=Markup(store(letters)),
        policy=policy(styles, scripts),
        styles=Markup(styles),
        scripts=Markup(scripts),
        sweeps=sweeps() if explorer else None,
        version=__version__,
        generator=made_with(),
    )


def assets(kind: str, explorer: bool) -> str:
    """The page's own file of this kind, then the explorer's, as they stand between their tags."""
    content = "\n" + (HERE / f"page.{kind}").read_text(encoding="utf-8")
    if explorer:
        content += "\n" + getattr(explorer_module(), {"css": "style", "js": "script"}[kind])()
    if "</" in content:
        raise ValueError(f"{kind}: '</' would end the element that holds it")
    return content


def explorer_module() -> ModuleType:
    return import_module("dlconcepts.report.explorer.explorer")


def policy(styles: str, scripts: str) -> str:
    """Content-Security-Policy: nothing from anywhere, and of styles and scripts these very ones."""
    return (
        f"default-src 'none'; style-src {digest(styles)}; script-src {digest(scripts)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def digest(content: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def sweeps() -> Markup:
    """The explorer's numbers as JSON that stands inside an element: no "<" can end it."""
    context: dict[str, Any] = explorer_module().context()
    text = json.dumps(context, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def made_with() -> str:
    """What decides the page's bytes besides the records."""
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    return "; ".join([f"dlconcepts {__version__}", plot.DRAWN_BY, *libraries])


def write(folder: Path) -> Path:
    """Writes index.html, whole or not at all."""
    path = folder / "index.html"
    records.write(path, html())
    return path
