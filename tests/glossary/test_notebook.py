"""Every lesson as a notebook: a kernel runs what the command writes, as it is, from top to bottom."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from dlconcepts import glossary
from dlconcepts.commands import cli
from dlconcepts.glossary import notebook

ROOT = Path(__file__).parents[2]
LESSONS = notebook.lessons()
AT_ONCE = "metrics"  # the lesson that runs in full in every test run
every_lesson = pytest.mark.parametrize("name", LESSONS)


def written(name, folder, *options):
    """The notebook that the command writes."""
    assert cli.main(["notebook", name, "--out", str(folder), *options]) == 0
    return nbformat.read(folder / f"{name}.ipynb", as_version=4)


def outputs(cells):
    """All that the code cells of an executed notebook have put out."""
    return [out for cell in cells.cells if cell.cell_type == "code" for out in cell.outputs]


def execute(name, folder):
    """Runs the notebook in a kernel of its own."""
    command = [sys.executable, "-W", "error", str(ROOT / "tests" / "execute.py"), str(folder / f"{name}.ipynb")]
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=here, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "name", [name if name == AT_ONCE else pytest.param(name, marks=pytest.mark.long) for name in LESSONS]
)
def test_a_lesson_runs_as_a_notebook_and_shows_its_figure_in_it(name, tmp_path):
    written(name, tmp_path, "--quick")
    done = execute(name, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    found = outputs(nbformat.read(tmp_path / f"{name}.ipynb", as_version=4))
    said = {stream: "".join(o.text for o in found if o.get("name") == stream) for stream in ("stdout", "stderr")}
    assert said["stderr"] == ""
    images = [out for out in found if "image/png" in out.get("data", {})]
    if name == "doctor":
        assert said["stdout"].count("Wrong. ") == 4
    else:
        assert "interval over 3 seeds" in said["stdout"]
        assert "figure: " not in said["stdout"]
        assert len(images) == 1


def test_the_concepts_and_the_doctor_have_lessons():
    assert sorted([*glossary.concepts(), "doctor"]) == LESSONS


@every_lesson
def test_a_notebook_has_the_lessons_cells_after_two_of_its_own(name, tmp_path, capsys):
    found = written(name, tmp_path)
    nbformat.validate(found)
    assert capsys.readouterr().out == f"{tmp_path / name}.ipynb\n"
    lesson = (ROOT / "scripts" / f"{name}.py").read_text()
    kinds = ["markdown" if "markdown" in line else "code" for line in lesson.splitlines() if line.startswith("# %%")]
    assert [cell.cell_type for cell in found.cells] == ["markdown", "code", *kinds]
    for cell in found.cells[2:]:
        words = "\n".join(f"# {line}".rstrip() for line in cell.source.splitlines())
        assert (cell.source if cell.cell_type == "code" else words) in lesson
    assert len({cell.id for cell in found.cells}) == len(found.cells)


def test_the_same_lesson_is_the_same_bytes():
    assert notebook.notebook("doctor") == notebook.notebook("doctor")


def test_the_first_cells_say_what_to_install_and_choose_the_budget(tmp_path):
    words, code = written("activation", tmp_path, "--quick").cells[:2]
    assert "pip install" in words.source
    assert "pip wheel" in words.source
    assert code.source.splitlines()[-1].startswith('sys.argv[1:] = ["--quick"]')
    assert written("activation", tmp_path).cells[1].source.splitlines()[-1].startswith("sys.argv[1:] = []")
    assert "argv" not in written("doctor", tmp_path, "--quick").cells[1].source


def test_where_the_package_is_missing_the_notebook_says_so_at_once(tmp_path, monkeypatch):
    code = written("doctor", tmp_path).cells[1].source
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="the cell above says how"):
        exec(code, {})


def test_without_jupytext_one_line_names_the_cure(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    assert cli.main(["notebook", "doctor", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.err == "dlconcepts: notebook needs jupytext: pip install jupytext\n"
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_lesson_gets_the_nearest_name(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["notebook", "doctr"])
    assert end.value.code == 2
    assert "did you mean 'doctor'?" in capsys.readouterr().err


def test_a_notebook_that_cannot_be_written_leaves_the_old_one(tmp_path, capsys):
    (tmp_path / "file").write_text("old")
    assert cli.main(["notebook", "doctor", "--out", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "old"


def test_what_is_no_lesson_is_not_offered():
    assert "figures" not in LESSONS
    assert "readme" not in LESSONS
