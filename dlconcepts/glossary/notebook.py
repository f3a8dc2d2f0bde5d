"""The lessons as notebooks: scripts whose cells begin with `# %%`, which jupytext turns into .ipynb.

The folder is the registry: every file of it that begins with a cell of words is a lesson.
"""

from pathlib import Path

from .. import __version__

HERE = Path(__file__).parent
FOLDERS = (HERE / "lessons", HERE.parents[1] / "scripts")  # where the wheel has them; where a checkout has them
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
BUDGETS = {  # the last line of a notebook whose lesson has a choice
    True: '\nsys.argv[1:] = ["--quick"]  # a look in seconds; [] takes all images',
    False: '\nsys.argv[1:] = []  # all images; ["--quick"] is a look in seconds',
}

WORDS = """\
*A lesson of dlconcepts {version}, written by `dlconcepts notebook {name}`. It needs the package, which is on no package
index: install it once where this notebook runs.*

- *On a machine with a checkout:* `%pip install -e PATH/OF/THE/CHECKOUT`
- *Elsewhere, as in Colab: make a wheel in a checkout,* `pip wheel --no-deps --wheel-dir dist .`*, upload the file
  (MNIST is inside), and run* `%pip install dlconcepts-{version}-py3-none-any.whl` *in a cell of its own.*"""

CODE = """\
import importlib.util
import sys

if importlib.util.find_spec("dlconcepts") is None:
    raise ModuleNotFoundError("dlconcepts is not installed where this notebook runs: the cell above says how")"""


def folder() -> Path:
    """Where the lessons are: beside the package's code in an installed wheel, in scripts/ of a checkout."""
    return next((path for path in FOLDERS if path.is_dir()), FOLDERS[-1])


def lessons() -> list[str]:
    """Their names: those of the concepts, and of what else has a lesson."""
    return sorted(path.stem for path in folder().glob("*.py") if opens_with_words(path))


def opens_with_words(path: Path) -> bool:
    with path.open(encoding="utf-8") as lines:
        return next(lines, "").startswith("# %% [markdown]")


def notebook(name: str, quick: bool = False) -> str:
    """A lesson as .ipynb, with what it needs said first; the same bytes each time.

    quick: its first cell asks for the small budget. Raises ModuleNotFoundError without jupytext.
    """
    import jupytext
    from nbformat import v4

    lesson = (folder() / f"{name}.py").read_text(encoding="utf-8")
    found = jupytext.reads(lesson, fmt="py:percent")
    budget = BUDGETS[quick] if "--quick" in lesson else ""
    words = WORDS.format(version=__version__, name=name)
    found.cells[:0] = [v4.new_markdown_cell(words), v4.new_code_cell(CODE + budget)]
    for place, cell in enumerate(found.cells):
        cell.id, cell.metadata = f"{name}-{place}", {}  # nbformat's own ids are random
    found.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return jupytext.writes(found, fmt="ipynb")
