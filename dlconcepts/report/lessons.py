"""A concept's lesson as links to save: the script itself, and the same as a notebook. The file is inside the link."""

from base64 import b64encode
from pathlib import Path
from typing import NamedTuple

SCRIPTS = Path(__file__).parents[2] / "scripts"
KINDS = {"py": "text/x-python", "ipynb": "application/x-ipynb+json"}


class Download(NamedTuple):
    """name: of the file to save; link: a data: address with all that is in it."""

    name: str
    link: str
    kilobytes: int


def downloads(concept: str) -> list[Download]:
    """The lesson as .py and .ipynb; none where the package lies without its lessons."""
    path = SCRIPTS / f"{concept}.py"
    if not path.is_file():
        return []
    script = path.read_text(encoding="utf-8")
    return [download(f"{concept}.py", script), download(f"{concept}.ipynb", notebook(script))]


def download(name: str, content: str) -> Download:
    raw = content.encode()
    link = f"data:{KINDS[name.rpartition('.')[2]]};base64,{b64encode(raw).decode()}"
    return Download(name, link, round(len(raw) / 1000))


def notebook(script: str) -> str:
    """The cells as a notebook, each with its number as its id: the same script, the same bytes."""
    import jupytext

    cells = jupytext.reads(script, fmt="py:percent")
    for number, cell in enumerate(cells.cells):
        cell["id"] = f"cell-{number}"
    return jupytext.writes(cells, fmt="ipynb")
