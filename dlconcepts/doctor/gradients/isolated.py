"""Foreign code in a process of its own, with a time limit: whatever it does, the doctor goes on.

Shapes: none.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from io import BufferedReader
from pathlib import Path
from typing import Any

from .diagnosis import Diagnosis

KEPT = 4000  # characters of what the file prints; of the rest none is stored
GRACE = 0.5  # seconds between the traceback of what hangs and the end
START = 120.0  # seconds in which torch must have been imported
PACKAGE = Path(__file__).parents[3]


def isolated(path: Path, like: str | None, timeout: float) -> dict[str, Any]:
    """{"diagnoses": {name: plain values}, "like", "printed"} or {"misuse": one line}."""
    with tempfile.TemporaryDirectory(prefix="dlconcepts-") as folder:
        result = Path(folder) / "result.json"
        code, printed = run(path, like, result, timeout)
        try:
            found = json.loads(result.read_text())
        except (OSError, ValueError):
            found = {"ended": ended(code, timeout)}
        if "ended" in found:
            diagnosis = lost(found["ended"], found.get("where") or hanging(result, path))
            found = {"diagnoses": {path.stem: diagnosis.to_dict()}}
        return {**found, "printed": printed}


def run(path: Path, like: str | None, result: Path, timeout: float) -> tuple[int | None, str]:
    """The child's exit code, None if it did not end in time, and the beginning of what it printed."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "dlconcepts.doctor.gradients.child",
        str(path),
        like or "",
        str(result),
        str(timeout),
    ]
    places = filter(None, [str(PACKAGE), os.environ.get("PYTHONPATH")])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    child = subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    printed: list[bytes] = []
    reader = threading.Thread(target=drain, args=(child.stdout, printed), daemon=True)
    reader.start()
    try:
        code = wait(child, Path(f"{result}.ready"), timeout + GRACE)
    finally:
        end(child)
    reader.join(GRACE)
    return code, b"".join(printed).decode(errors="replace")


def wait(child: subprocess.Popen, ready: Path, timeout: float) -> int | None:
    """The exit code; None once the timeout has passed since the child was ready, torch imported."""
    deadline, started = time.monotonic() + START, False
    while (code := child.poll()) is None and time.monotonic() < deadline:
        if not started and ready.exists():
            deadline, started = time.monotonic() + timeout, True
        time.sleep(0.01)
    return code


def drain(stream: BufferedReader, kept: list[bytes]) -> None:
    """Reads to the end, so that nobody waits for us, and keeps the beginning."""
    left = KEPT
    with stream:
        while part := stream.read1(65536):
            kept.append(part[:left])
            left = max(0, left - len(part))


def end(child: subprocess.Popen) -> None:
    """Ends the child with all that it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError, AttributeError):  # over already; Windows has no groups
        child.kill()
    child.wait()


def ended(code: int | None, timeout: float) -> str:
    if code is None:
        return f"it did not end within {timeout:g} s; --timeout gives it more"
    if code < 0:
        return f"the process was ended by signal {-code}" + (": too little memory, perhaps" if code == -9 else "")
    return f"the file ends the process: exit code {code}"


def hanging(result: Path, path: Path) -> str:
    """The line of the file that was running, from the traceback that the child left."""
    try:
        trace = Path(f"{result}.where").read_text(errors="replace")
    except OSError:
        return ""
    found = re.search(rf'File "[^"]*{re.escape(path.name)}", line (\d+) in (\w+)', trace)
    return f"{path.name}, line {found[1]}, in {found[2]}" if found else ""


def lost(reason: str, where: str) -> Diagnosis:
    """The diagnosis of code that gave no answer."""
    text = f"Wrong. other: no answer, {reason}" + (f"\n  {where}" if where else "")
    return Diagnosis("other", reason, where, (), text)
