"""Machines that are not like ours: no network, no display, other libraries, other words in the environment."""

import shutil
import subprocess
from collections.abc import Callable

from .box import SHORT, Box, same_but_timing
from .rows import NotHereError, Trial, last_line, row

ENVIRONMENTS = {
    "no display": {"DISPLAY": None, "WAYLAND_DISPLAY": None},
    "a backend that needs a display": {"MPLBACKEND": "TkAgg", "DISPLAY": None},
    "a backend that does not exist": {"MPLBACKEND": "no such backend"},
    **{f"{n} threads": {"OMP_NUM_THREADS": str(n)} for n in (1, 2, 3, 4)},
    **{f"OMP_NUM_THREADS={word}": {"OMP_NUM_THREADS": word} for word in ("0", "abc")},
    "another time zone": {"TZ": "Asia/Kathmandu"},
    "locale C": {"LC_ALL": "C", "LANG": "C"},
    "locale C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "locale C and no UTF-8 mode": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "another hash seed": {"PYTHONHASHSEED": "12345"},
    "no PATH": {"PATH": "/nonexistent"},
}
PYTHONS = {"python -O": ("-O",), "python -OO": ("-OO",), "warnings are errors": ("-W", "error")}


def same_numbers(environment: dict[str, str | None], python: tuple[str, ...] = ()) -> Callable[[Box], Trial]:
    """The run is done, and its numbers are those of any other machine."""

    def tried(box: Box) -> Trial:
        out = box.place()
        said = box.run(*SHORT, "--out", str(out), environment=environment, python=python)
        kept = said.done() and same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
        return Trial(said.done(), kept, "done, with the same numbers" if kept else last_line(said.err))

    return tried


for name, environment in ENVIRONMENTS.items():
    row(f"surroundings: {name}")(same_numbers(environment))
for name, python in PYTHONS.items():
    row(f"surroundings: {name}")(same_numbers({}, python))


@row("surroundings: no network")
def no_network(box: Box) -> Trial:
    if not shutil.which("unshare") or subprocess.run(["unshare", "-n", "true"], check=False).returncode:
        raise NotHereError("no network namespace of one's own here")
    out = box.place()
    said = box.run(*SHORT, "--out", str(out), before=("unshare", "-n"))
    kept = said.done() and same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    return Trial(said.done(), kept, "done, with the same numbers" if kept else last_line(said.err))


def torchvision(problem: str) -> Callable[[Box], Trial]:
    """A torchvision that raises this when it is imported."""

    def tried(box: Box) -> Trial:
        site = box.place("site")
        (site / "torchvision").mkdir()
        (site / "torchvision" / "__init__.py").write_text(f"raise {problem}\n")
        return same_numbers({"PYTHONPATH": f"{site}:{box.package}"})(box)

    return tried


row("surroundings: no torchvision")(torchvision("ModuleNotFoundError('No module named torchvision')"))
row("surroundings: a torchvision of another torch")(torchvision("RuntimeError('operator torchvision::nms is missing')"))


def shell(box: Box, arguments: list[str], rest: str) -> subprocess.CompletedProcess:
    """A command in a shell, with what stands behind it; bash, for the exit code of the first of two."""
    words = " ".join(f"'{word}'" for word in box.command(*arguments))
    script = ["bash", "-c", f"set -o pipefail; {words} {rest}"]
    return subprocess.run(script, env=box.environment(), cwd=box.folder, capture_output=True, text=True, check=False)


@row("surroundings: a reader that has seen enough (head -1)")
def head(box: Box) -> Trial:
    found = [shell(box, arguments, "| head -1") for arguments in (["list"], ["verify"], ["list", "--json"])]
    quiet = all(not one.stderr for one in found)
    return Trial(quiet, all(one.stdout.count("\n") == 1 for one in found), "one line, nothing on stderr")


@row("surroundings: standard output is closed")
def closed(box: Box) -> Trial:
    out = box.place()
    found = shell(box, [*SHORT, "--out", str(out)], ">&-")
    kept = same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    return Trial("Traceback" not in found.stderr, kept, last_line(found.stderr) or "nothing said")


@row("surroundings: standard output is a full device")
def full_device(box: Box) -> Trial:
    out = box.place()
    found = shell(box, [*SHORT, "--out", str(out)], "> /dev/full")
    kept = same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    refused = found.returncode == 1 and "Traceback" not in found.stderr
    return Trial(refused, kept, last_line(found.stderr))
