"""Places that cannot be written, or only in part, for every command that writes."""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from .box import SHORT, Box, Said, contents, same_but_timing
from .rows import NotHereError, Trial, last_line, row

WRITERS = {  # the command, and a file that it leaves
    "run": ([*SHORT, "--set", "lr=0.2"], "epochs.json"),
    "redraw": (["run", "epochs", "--redraw"], "epochs.png"),
    "sweep": (["sweep", "optimizer", "--quick", "--workers", "1"], "optimizer.json"),
    "report": (["report"], "index.html"),
    "notebook": (["notebook", "doctor"], "doctor.ipynb"),
    "practice": (["practice", "sigmoid"], "sigmoid.py"),
}
NAMESPACE = ("unshare", "-Urm", "sh", "-c")
SOMEBODY = 65534  # a user without any rights of ours


def namespaces() -> None:
    """Raises NotHereError where a process may not have mounts of its own."""
    if not shutil.which("unshare") or subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode:
        raise NotHereError("no mounts of one's own here")


def no_room() -> None:
    """No file may have more than 16 bytes: a full disk for all that is written."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))


def refused(said: Said, out: Path, before: dict[str, str], after: dict[str, str]) -> Trial:
    """One line that names the place, and all files as they were; finished stacks may have come."""
    kept = {name: digest for name, digest in after.items() if ".partial" not in name} == before
    return Trial(said.refused(str(out), "cannot be written", "--out"), kept, last_line(said.err))


def full(box: Box, command: list[str]) -> Trial:
    out = box.results()
    before = contents(out)
    said = box.run(*command, "--out", str(out), limits=no_room)
    return refused(said, out, before, contents(out))


def mounted(box: Box, command: list[str], options: str) -> Trial:
    """The command with its output folder on a file system of its own, with the earlier results in it."""
    namespaces()
    out, after = box.results(), box.place()
    before = contents(out)
    words = " ".join(f"'{word}'" for word in box.command(*command, "--out", str(out)))
    script = (
        f"mkdir '{after}/m' && cp -a '{out}/.' '{after}/m' && mount -t tmpfs -o size=8m none '{out}' && "
        f"cp -a '{after}/m/.' '{out}' && mount -o remount,{options} '{out}' && {words}; code=$?; "
        f"rm -r '{after}/m'; mkdir '{after}/found'; cp -a '{out}/.' '{after}/found'; exit $code"
    )
    options = {"capture_output": True, "text": True, "check": False}
    found = subprocess.run([*NAMESPACE, script], env=box.environment(), cwd=box.folder, **options)
    return refused(Said(found.returncode, found.stdout, found.stderr), out, before, contents(after / "found"))


def read_only(box: Box, command: list[str]) -> Trial:
    return mounted(box, command, "ro")


def full_file_system(box: Box, command: list[str]) -> Trial:
    """Not a page is free."""
    used = sum(-(-path.stat().st_size // 4096) * 4096 for path in box.earlier.rglob("*"))
    return mounted(box, command, f"size={used}")


def foreign_folder(box: Box, command: list[str]) -> Trial:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        raise NotHereError("only root can become somebody else")
    out = box.results()
    box.folder.chmod(0o755)  # as mkdtemp makes it, nobody else may look inside
    before = contents(out)
    somebody = ("setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups")
    cache = box.place()
    cache.chmod(0o777)  # or matplotlib says a line of its own about it
    home = {"HOME": "/nonexistent", "MPLCONFIGDIR": str(cache), "XDG_CACHE_HOME": None}
    said = box.run(*command, "--out", str(out), before=somebody, environment=home)
    return refused(said, out, before, contents(out))


def a_file(box: Box, command: list[str]) -> Trial:
    out = box.place()
    (out / "file").write_text("mine")
    before = contents(out)
    said = box.run(*command, "--out", str(out / "file"))
    return refused(said, out, before, contents(out))


FAULTS: dict[str, Callable[[Box, list[str]], Trial]] = {
    "full": full,
    "a full file system": full_file_system,
    "an output folder that is mounted read-only": read_only,
    "an output folder of somebody else": foreign_folder,
    "an output folder that is a file": a_file,
}
for fault, trial in FAULTS.items():
    for name, (command, _) in WRITERS.items():
        row(f"disk: {fault}, in {name}")(lambda box, trial=trial, command=command: trial(box, command))


def odd_names(box: Box, command: list[str], leaves: str) -> Trial:
    out = box.place("Größe 数字 ✎") / "a b"
    said = box.run(*command, "--out", str(out))
    return Trial(said.done(), (out / leaves).is_file(), "done all the same" if said.done() else last_line(said.err))


def elsewhere(box: Box, command: list[str], leaves: str) -> Trial:
    cwd = box.place()
    said = box.run(*command, "--out", "here", cwd=cwd)
    left = (cwd / "here" / leaves).is_file() and list(cwd.iterdir()) == [cwd / "here"]
    return Trial(said.done(), left, "done all the same" if said.done() else last_line(said.err))


for name, (command, leaves) in WRITERS.items():
    row(f"disk: spaces, umlauts and a picture in the path, in {name}")(
        lambda box, command=command, leaves=leaves: odd_names(box, command, leaves)
    )
    row(f"disk: run from another folder, with a relative path, in {name}")(
        lambda box, command=command, leaves=leaves: elsewhere(box, command, leaves)
    )


@row("disk: HOME and caches that cannot be written")
def no_home(box: Box) -> Trial:
    out = box.place()
    nowhere = dict.fromkeys(("HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), "/proc/nowhere")
    said = box.run(*SHORT, "--out", str(out), environment=nowhere)
    return Trial(said.done(), same_but_timing(out / "epochs.json", box.earlier / "epochs.json"), "done all the same")
