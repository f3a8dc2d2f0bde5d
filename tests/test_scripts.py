"""Every lesson runs as a script and is laid out as a notebook."""

import runpy
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from dlconcepts import glossary
from dlconcepts.training.budget import MOST_STEPS

SCRIPTS = Path(__file__).parents[1] / "scripts"
AT_ONCE = "epochs"  # the lesson that runs in full in every test run: it counts the updates of whole epochs
LESSONS = glossary.concepts()
every_lesson = pytest.mark.parametrize("name", LESSONS)


@pytest.mark.parametrize(
    "name", [name if name == AT_ONCE else pytest.param(name, marks=pytest.mark.long) for name in LESSONS]
)
def test_a_lesson_runs_from_top_to_bottom(name, tmp_path):
    command = [sys.executable, "-W", "error", str(SCRIPTS / f"{name}.py"), "--quick"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "figure: out/" in found.stdout


@pytest.mark.parametrize("name", [name for name in LESSONS if name != AT_ONCE])
def test_a_lesson_runs_from_top_to_bottom_with_its_trainings_cut(name, tmp_path, monkeypatch, capsys):
    """In this process, which has imported all that lessons import."""
    monkeypatch.setenv(MOST_STEPS, "2")
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--quick"])
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    runpy.run_path(str(SCRIPTS / f"{name}.py"), run_name="__main__")
    said = capsys.readouterr().out
    assert "figure: out/" in said
    assert "every training was cut to 2 steps" in said


@every_lesson
def test_a_lesson_alternates_words_and_code(name):
    cells = [line for line in (SCRIPTS / f"{name}.py").read_text().splitlines() if line.startswith("# %%")]
    assert cells[0] == "# %% [markdown]"
    assert all(a != b for a, b in pairwise(cells))
    assert len(cells) >= 10
