"""A concept's lesson as links to save: the script itself, and the same as a notebook. The file is inside the link."""

from base64 import b64encode
from typing import NamedTuple

from ..glossary import notebook

KINDS = {"py": "text/x-python", "ipynb": "application/x-ipynb+json"}


class Download(NamedTuple):
    """name: of the file to save; link: a data: address with all that is in it."""

    name: str
    link: str
    kilobytes: int


def downloads(concept: str) -> list[Download]:
    """The lesson as .py and .ipynb; none where the package lies without its lessons."""
    if concept not in notebook.lessons():
        return []
    script = (notebook.folder() / f"{concept}.py").read_text(encoding="utf-8")
    return [download(f"{concept}.py", script), download(f"{concept}.ipynb", notebook.notebook(concept))]


def download(name: str, content: str) -> Download:
    raw = content.encode()
    link = f"data:{KINDS[name.rpartition('.')[2]]};base64,{b64encode(raw).decode()}"
    return Download(name, link, round(len(raw) / 1000))
