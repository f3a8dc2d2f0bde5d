"""Every other command in surroundings that it was not made for."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .box import Box, Said
from .rows import NotHereError, Trial, last_line, row

GOOD = "def double(x):\n    return 2 * x, ()\n\n\ndef double_backward(dy):\n    return 2 * dy\n"
COMMANDS = {  # that compute, print or write; {file} holds right gradients, {out} is an empty folder
    "list": ["list"],
    "list --json": ["list", "--json"],
    "explain": ["explain", "dropout"],
    "verify": ["verify", "sigmoid", "softmax"],
    "verify --json": ["verify", "sigmoid", "--json"],
    "check": ["check", "{file}"],
    "practice --list": ["practice", "--list"],
    "practice --solution": ["practice", "--solution", "sigmoid"],
    "practice": ["practice", "sigmoid", "--out", "{out}"],
    "notebook": ["notebook", "doctor", "--out", "{out}"],
    "report": ["report", "--out", "{out}"],
    "sweep": ["sweep", "activation", "--quick", "--out", "{out}"],
    "sweep --only": ["sweep", "activation", "--only", "activation=relu,depth=1,lr=0.1", "--json"],
    "run": ["run", "epochs", "--quick", "--seeds", "1", "--epochs", "1", "--out", "{out}"],
    "run --redraw": ["run", "epochs", "--redraw", "--format", "svg,pdf", "--out", "{out}"],
    "bench": ["bench", "--batch", "256", "--rounds", "1", "--no-scaling"],
}
WORKERS = ("report", "sweep", "sweep --only", "run", "bench")  # that take a while, and show how far they are
PRINTERS = [name for name in COMMANDS if name not in (*WORKERS, "run --redraw")]
NO_UTF_8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def given(box: Box, name: str) -> list[str]:
    """The command's words, with a file to check and a folder to write into."""
    place = box.place()
    (place / "mine.py").write_text(GOOD)
    return [word.format(file=place / "mine.py", out=place / "out") for word in COMMANDS[name]]


def all_done(names: list[str], run: Callable[[Box, list[str]], Said]) -> Callable[[Box], Trial]:
    """Each of the commands does its work."""

    def tried(box: Box) -> Trial:
        said = {name: run(box, given(box, name)) for name in names}
        amiss = [name for name, one in said.items() if not one.done()]
        words = "; ".join(f"{name}: {last_line(said[name].err)}" for name in amiss)
        return Trial(not amiss, True, words or f"{len(said)} commands, all done")

    return tried


def within(**changes: str | None) -> Callable[[Box, list[str]], Said]:
    """The command with these variables."""
    return lambda box, command: box.run(*command, environment=changes)


row("commands: no network")(all_done(list(COMMANDS), lambda box, command: box.run(*command, before=no_network())))
row("commands: warnings are errors")(
    all_done(list(COMMANDS), lambda box, command: box.run(*command, python=("-W", "error")))
)
row("commands: python -OO")(all_done(list(COMMANDS), lambda box, command: box.run(*command, python=("-OO",))))
row("commands: locale C and no UTF-8 mode")(all_done(list(COMMANDS), within(**NO_UTF_8)))
row("commands: a backend that does not exist")(
    all_done(["report", "run --redraw"], within(MPLBACKEND="no such backend"))
)
row("commands: HOME and caches that cannot be written")(
    all_done(list(COMMANDS), within(HOME="/proc/no", MPLCONFIGDIR=None, XDG_CACHE_HOME="/proc/no"))
)


def no_network() -> tuple[str, ...]:
    """What cuts a command off. Raises NotHereError where a process may have no network of its own."""
    words = ("unshare", "-n")
    if not shutil.which("unshare") or subprocess.run([*words, "true"], check=False).returncode:
        raise NotHereError("no network namespace of one's own here")
    return words


def shell(box: Box, command: list[str], rest: str) -> Said:
    """A command in a shell, with what stands behind it; bash, for the exit code of the first of two."""
    words = " ".join(f"'{word}'" for word in box.command(*command))
    script = ["bash", "-c", f"set -o pipefail; {words} {rest}"]
    options = {"capture_output": True, "text": True, "errors": "replace", "check": False}
    found = subprocess.run(script, env=box.environment(), cwd=box.folder, **options)
    return Said(found.returncode, found.stdout, found.stderr)


@row("commands: a reader that has seen enough (head -1)")
def head(box: Box) -> Trial:
    said = {name: shell(box, given(box, name), "| head -1") for name in PRINTERS}
    amiss = [name for name, one in said.items() if one.code or one.err or one.out.count("\n") != 1]
    return Trial(not amiss, True, ", ".join(amiss) or f"{len(said)} commands, one line each, nothing on stderr")


for words, rest in [("output", ">&-"), ("error", "2>&-"), ("input", "<&-")]:
    row(f"commands: standard {words} is closed")(
        all_done(list(COMMANDS), lambda box, command, rest=rest: shell(box, command, rest))
    )


@row("commands: standard output is a full device")
def full_device(box: Box) -> Trial:
    if not Path("/dev/full").exists():
        raise NotHereError("no /dev/full")
    said = {name: shell(box, given(box, name), "> /dev/full") for name in PRINTERS}
    amiss = [name for name, one in said.items() if not one.refused("No space left on device")]
    words = "; ".join(f"{name}: {said[name].err}" for name in amiss)
    return Trial(not amiss, True, words or f"{len(said)} commands, one line each")


def without(library: str, name: str) -> Callable[[Box], Trial]:
    """A library of an extra that is not installed: the line says how to get it, and nothing is left."""

    def tried(box: Box) -> Trial:
        site, out = box.place("site"), box.place()
        (site / "sitecustomize.py").write_text(f"import sys\nsys.modules[{library!r}] = None\n")
        command = [*COMMANDS[name][:-1], str(out)]
        said = box.run(*command, environment={"PYTHONPATH": f"{site}:{box.package}"})
        return Trial(said.refused(library, "pip install"), not list(out.iterdir()), last_line(said.err))

    return tried


for library in ("jinja2", "pygments", "latex2mathml", "jupytext"):
    row(f"commands: report without {library}")(without(library, "report"))
row("commands: notebook without jupytext")(without("jupytext", "notebook"))


@row("commands: a torch of another version, without torchvision")
def other_torch(box: Box) -> Trial:
    python = os.environ.get("OTHER_PYTHON")
    if not python:
        raise NotHereError("set OTHER_PYTHON to a Python with another torch")
    done = {}
    for words in (["run", "epochs", "--quick", "--seeds", "2", "--epochs", "1"], ["verify"]):
        folder = ["--out", str(box.place())] if words[0] == "run" else []
        command = [python, "-P", "-m", "dlconcepts", *words, *folder]
        found = subprocess.run(command, env=box.environment(), capture_output=True, text=True, check=False)
        done[words[0]] = Said(found.returncode, found.stdout, found.stderr)
    amiss = [name for name, one in done.items() if not one.done()]
    return Trial(not amiss, True, "; ".join(last_line(done[name].err) for name in amiss) or "trained and verified")
