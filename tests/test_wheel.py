"""The wheel alone, without the checkout, is enough."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dlconcepts.glossary import notebook

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[1]
pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_and_the_lessons_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "dlconcepts"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert inside == set(tracked.stdout.split()) | {
        f"dlconcepts/glossary/lessons/{name}.py" for name in notebook.lessons()
    }


def test_an_installed_wheel_lists_loads_and_teaches_without_the_checkout(wheel, tmp_path):
    target = tmp_path / "site"
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)], check=True)
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r})\n"
        "import dlconcepts; from dlconcepts.images.data_set import load; from dlconcepts.commands import cli\n"
        f"assert dlconcepts.__file__.startswith({str(target)!r}), dlconcepts.__file__\n"
        "assert len(load().train) == 50_000\n"
        "assert cli.main(['list']) == 0\n"
        "assert cli.main(['explain', 'mse']) == 0\n"
        "from dlconcepts.glossary import notebook\n"
        f"assert notebook.lessons() == {notebook.lessons()}\n"
        "assert all(cli.main(['notebook', name, '--out', 'notebooks']) == 0 for name in notebook.lessons())\n"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "supported" in found.stdout
    assert "site/dlconcepts/manual/loss.py:" in found.stdout
    assert "dlconcepts run loss --redraw" in found.stdout  # no figure lies beside an installed package
    for name in notebook.lessons():
        assert (tmp_path / "notebooks" / f"{name}.ipynb").read_text() == notebook.notebook(name)
