"""Foreign code: whatever it does, the doctor answers in time, and says where."""

import json
import time

import pytest

from dlconcepts.commands import cli
from dlconcepts.doctor.gradients.isolated import KEPT, isolated

HEAD = "import os, sys, ctypes, torch\ndef square(x): return x * x\ndef square_backward(dy, x):\n"
LINE = 4  # of what comes after the head


def file(folder, body):
    path = folder / "mine.py"
    path.write_text(HEAD + "".join(f"    {line}\n" for line in body.split("\n")))
    return path


ENDS = {
    "an endless loop": ("while True: x = x + 0", "did not end within 1 s", True),
    "an exit": ("sys.exit(0)", "exit code 0", True),
    "an exit without goodbye": ("os._exit(3)", "exit code 3", False),
    "a killed process": ("os.kill(os.getpid(), 9)", "signal 9", False),
    "a crash": ("ctypes.string_at(0)", "signal 11", True),
}


@pytest.mark.parametrize("case", ENDS)
def test_whatever_the_code_does_there_is_an_answer(case, tmp_path):
    body, reason, line = ENDS[case]
    start = time.monotonic()
    found = isolated(file(tmp_path, body), None, 1)
    (diagnosis,) = found["diagnoses"].values()
    assert not diagnosis["right"]
    assert reason in diagnosis["text"]
    assert (f"mine.py, line {LINE}" in diagnosis["text"]) == line
    assert time.monotonic() - start < 60


def test_what_the_code_starts_ends_with_it_and_its_output_is_cut(tmp_path):
    body = "import subprocess\np = subprocess.Popen(['sleep', '1000'])\nprint('pid', p.pid)\nprint('x' * 3_000_000)\n"
    found = isolated(file(tmp_path, body + "p.wait()"), None, 1)
    assert "did not end" in next(iter(found["diagnoses"].values()))["text"]
    assert len(found["printed"]) <= KEPT
    pid = int(found["printed"].split()[1])
    state = f"/proc/{pid}/stat"
    try:
        with open(state) as status:
            assert status.read().split()[2] == "Z"  # ended, and nobody has asked how
    except FileNotFoundError:
        pass


def test_the_command_says_right_with_code_0_in_strict_json(tmp_path, capsys):
    path = file(tmp_path, "return 2 * dy * x")
    assert cli.main(["check", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(word))
    assert found["right"] is True
    assert found["diagnoses"]["square"]["cause"] == "right"
