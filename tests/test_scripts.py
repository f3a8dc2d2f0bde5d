"""Every lesson runs as a script and is laid out as a notebook."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from dlconcepts import glossary

SCRIPTS = Path(__file__).parents[1] / "scripts"
every_lesson = pytest.mark.parametrize("name", glossary.concepts())


@every_lesson
def test_a_lesson_runs_from_top_to_bottom(name, tmp_path):
    command = [sys.executable, "-W", "error", str(SCRIPTS / f"{name}.py"), "--quick"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "figure: out/" in found.stdout


@every_lesson
def test_a_lesson_alternates_words_and_code(name):
    cells = [line for line in (SCRIPTS / f"{name}.py").read_text().splitlines() if line.startswith("# %%")]
    assert cells[0] == "# %% [markdown]"
    assert all(a != b for a, b in pairwise(cells))
    assert len(cells) >= 10
