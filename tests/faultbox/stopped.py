"""Runs that are stopped at moments nobody chose, and two runs at once."""

import json
import random
import signal
import subprocess
import time
from pathlib import Path

from .box import SHORT, Box, Said, same_but_timing
from .rows import Trial, row

TIMES = 10
WHOLE = ["run", "epochs", "normalization", "--quick", "--seeds", "1", "--epochs", "1", "--set", "lr=0.1"]
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


def at_random(box: Box, number: signal.Signals) -> Trial:
    """Stopped again and again, each time going on from what was finished, and then left to end."""
    whole, out, random_moment = box.place(), box.place(), random.Random(int(number))
    began = time.perf_counter()
    assert box.run(*WHOLE, "--out", str(whole)).done()
    lasts = time.perf_counter() - began
    ended_well, kept, slowest, again = True, True, 0.0, 0
    for _ in range(TIMES):
        said, seconds, done = stopped(box, number, out, random_moment.uniform(0.05, lasts))
        slowest, again = max(slowest, seconds), again + done
        right = said.code == (0 if done else EXPECTED[number])
        ended_well &= right and "Traceback" not in said.err and (number == signal.SIGKILL or seconds < WITHIN)
        kept &= valid(out)
    ended_well &= box.run(*WHOLE, "--out", str(out)).done()
    kept &= all(same_but_timing(out / path.name, path) for path in whole.glob("*.json"))
    kept &= all((out / path.name).read_bytes() == path.read_bytes() for path in whole.glob("*.png"))
    return Trial(
        ended_well, kept, f"{TIMES - again} times stopped, at most {slowest:.1f} s to the end; then the same bytes"
    )


for number, name in [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM"), (signal.SIGKILL, "kill -9")]:
    row(f"stopped: {name} at {TIMES} random moments")(lambda box, number=number: at_random(box, number))


@row("stopped: two runs into one folder")
def two(box: Box) -> Trial:
    out = box.place()
    command = [*box.command(*SHORT, "--out", str(out))]
    both = [subprocess.Popen(command, env=box.environment(), stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [Said(child.wait(), "", child.stderr.read()) for child in both]
    kept = same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    return Trial(all(one.done() for one in said), kept and len(list(out.iterdir())) == 2, "both done, one record")
