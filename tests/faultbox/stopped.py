"""Runs that are stopped at moments nobody chose, and two runs at once."""

import json
import random
import signal
import subprocess
import time
from functools import cache, partial
from pathlib import Path

from .box import SHORT, Box, Said, same_but_timing
from .rows import Trial, last_line, row

TIMES = 10
WHOLE = ["run", "epochs", "regularization", "--quick", "--seeds", "1", "--epochs", "1"]
WITHIN = 2.0  # seconds from the signal to the end
EXPECTED = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}


def stopped(box: Box, number: signal.Signals, out: Path, after: float) -> tuple[Said, float, bool]:
    """The command, stopped so many seconds after its start; how long it took to end, and whether it was done before."""
    child = subprocess.Popen(
        box.command(*WHOLE, "--out", str(out)),
        env=box.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = child.communicate(timeout=after)
        return Said(child.returncode, *said), 0.0, True
    except subprocess.TimeoutExpired:
        child.send_signal(number)
        began = time.perf_counter()
        said = child.communicate()
        return Said(child.returncode, *said), time.perf_counter() - began, False


def valid(out: Path) -> bool:
    """Is everything under a final name whole?"""
    for path in out.glob("*"):
        if path.suffix == ".json":
            json.loads(path.read_text())
        if path.suffix == ".png" and not path.read_bytes().endswith(b"IEND\xaeB`\x82"):
            return False
    return True


@cache
def uninterrupted(box: Box) -> tuple[Path, float]:
    """What the command leaves if nobody stops it, and how many seconds it takes."""
    out, began = box.place(), time.perf_counter()
    assert box.run(*WHOLE, "--out", str(out)).done()
    return out, time.perf_counter() - began


def same(out: Path, whole: Path, number: signal.Signals) -> bool:
    """The same records and figures, and nothing else but what kill -9 keeps anybody from clearing away."""
    names = sorted(path.name for path in whole.iterdir())
    left = [path.name for path in out.iterdir() if number != signal.SIGKILL or not path.name.startswith(".")]
    return sorted(left) == names and all(
        same_but_timing(out / name, whole / name)
        if name.endswith(".json")
        else (out / name).read_bytes() == (whole / name).read_bytes()
        for name in names
    )


def at_random(box: Box, number: signal.Signals) -> Trial:
    """Stopped again and again, each time going on from what was finished, and then left to end."""
    (whole, lasts), out, random_moment = uninterrupted(box), box.place(), random.Random(int(number))
    slowest, times, amiss = 0.0, 0, []
    while times < TIMES:
        said, seconds, done = stopped(box, number, out, random_moment.uniform(0.05, lasts))
        if done:  # from the beginning again
            amiss += [] if said.done() and same(out, whole, number) else [f"other results, {last_line(said.err)}"]
            out = box.place()
            continue
        times, slowest = times + 1, max(slowest, seconds)
        late = said.code == 0 and same(out, whole, number)  # all was done when the signal came
        right = (said.code == EXPECTED[number] or late) and "Traceback" not in said.err
        amiss += [] if right else [f"exit code {said.code}, {said.err[-300:]}"]
        amiss += [] if valid(out) else ["a file that is not whole"]
    ended = box.run(*WHOLE, "--out", str(out)).done() and same(out, whole, number)
    in_time = number == signal.SIGKILL or slowest < WITHIN
    words = f"{times} times stopped, at most {slowest:.1f} s to the end; then {'the same' if ended else 'other'} bytes"
    return Trial(not amiss and in_time, ended, "; ".join([*amiss, words]))


for number, name in [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM"), (signal.SIGKILL, "kill -9")]:
    row(f"stopped: {name} at {TIMES} random moments of a run of two concepts")(partial(at_random, number=number))


@row("stopped: two runs into one folder")
def two(box: Box) -> Trial:
    out = box.place()
    command = [*box.command(*SHORT, "--out", str(out))]
    both = [
        subprocess.Popen(command, env=box.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [Said(child.wait(), "", child.stderr.read()) for child in both]
    kept = same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    return Trial(all(one.done() for one in said), kept and len(list(out.iterdir())) == 2, "both done, one record")
