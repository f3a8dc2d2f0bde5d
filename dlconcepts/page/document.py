"""The page as one file: templates filled, styles and scripts inside, and a policy that forbids every request."""

import hashlib
import json
from base64 import b64encode
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from .. import __version__, glossary
from ..drawing.render import DRAWN_BY
from ..evidence import records
from . import LIBRARIES
from .contents import Concept, breakable, concept, prose, slug
from .explorer import explorer
from .svg import Letters, store
from .verdicts import tally

HERE = Path(__file__).parent


def html() -> str:
    """The page of all concepts that have a record: same records, same bytes."""
    letters: Letters = {}
    names = [name for name in glossary.concepts() if (records.FOLDER / f"{name}.json").is_file()]
    return filled([concept(name, letters) for name in names], letters)


def filled(concepts: list[Concept], letters: Letters) -> str:
    """The templates with these values. The explorer is part of it where there are recorded sweeps."""
    sweeps = explorer.context()
    styles = asset("page.css", explorer.style() if sweeps else "")
    scripts = asset("page.js", explorer.script() if sweeps else "")
    statements = {id: row for c in concepts for id, row in c.statements.items()}
    return template().render(
        concepts=concepts,
        entries=sorted((entry for c in concepts for entry in c.entries), key=lambda entry: entry.name.casefold()),
        statements=statements,
        tally=tally(row.outcome for row in statements.values()),
        store=Markup(store(letters)),
        policy=policy(styles, scripts),
        styles=Markup(styles),
        scripts=Markup(scripts),
        sweeps=as_json(sweeps) if sweeps else None,
        version=__version__,
        generator=made_with(),
    )


def template() -> Template:
    """The page's template: all that it is given is escaped unless it is Markup, and what it lacks is an error."""
    environment = Environment(
        loader=FileSystemLoader([HERE, HERE / "explorer"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"slug": slug, "prose": prose, "breakable": breakable}
    return environment.get_template("page.html")


def asset(name: str, more: str) -> str:
    """The page's own file and what the explorer adds, as they stand between their tags."""
    content = f"\n{(HERE / name).read_text(encoding='utf-8')}\n{more}"
    if "</" in content:
        raise ValueError(f"{name}: '</' would end the element that holds it")
    return content


def policy(styles: str, scripts: str) -> str:
    """Content-Security-Policy: nothing from anywhere, and of styles and scripts these very ones."""
    return (
        f"default-src 'none'; style-src {digest(styles)}; script-src {digest(scripts)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def digest(content: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def as_json(values: dict[str, Any]) -> Markup:
    """JSON that can stand inside an element: no "<" can end it."""
    text = json.dumps(values, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def made_with() -> str:
    """What decides the page's bytes besides the records."""
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    return "; ".join([f"dlconcepts {__version__}", DRAWN_BY, *libraries])


def write(folder: Path) -> Path:
    """Writes index.html, whole or not at all."""
    path = folder / "index.html"
    records.need_place(path)
    records.write(path, html())
    return path
