"""The lesson of the doctor runs, and is laid out as a notebook."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

LESSON = Path(__file__).parents[3] / "scripts" / "doctor.py"


def test_the_lesson_runs_from_top_to_bottom(tmp_path):
    command, here = [sys.executable, "-W", "error", str(LESSON)], os.environ | {"PYTHONPATH": str(LESSON.parents[1])}
    found = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.count("Wrong. ") == 4
    assert found.stdout.count("Right. ") == 1


def test_the_lesson_alternates_words_and_code():
    cells = [line for line in LESSON.read_text().splitlines() if line.startswith("# %%")]
    assert cells[0] == "# %% [markdown]"
    assert all(a != b for a, b in pairwise(cells))
    assert len(cells) >= 12
