"""Places that cannot be written, or only in part."""

import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

from .box import SHORT, Box, contents, same_but_timing
from .rows import NotHereError, Trial, last_line, row

NAMESPACE = ("unshare", "-Urm", "sh", "-c")
SOMEBODY = 65534  # a user without any rights of ours


def namespaces() -> None:
    """Raises NotHereError where a process may not have mounts of its own."""
    if not shutil.which("unshare") or subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode:
        raise NotHereError("no mounts of one's own here")


def small_files() -> None:
    """No file may have more than 8 KiB: a full disk for every figure and record."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@row("disk: full, while a record is written")
def full(box: Box) -> Trial:
    out = box.results()
    before = contents(out)
    said = box.run(*SHORT, "--set", "lr=0.2", "--out", str(out), limits=small_files)
    kept = {name: digest for name, digest in contents(out).items() if ".partial" not in name} == before
    return Trial(said.refused(str(out), "cannot be written"), kept, last_line(said.err))


@row("disk: full, while a figure is drawn again")
def full_for_a_figure(box: Box) -> Trial:
    out = box.results()
    before = contents(out)
    said = box.run("run", "epochs", "--redraw", "--out", str(out), limits=small_files)
    return Trial(said.refused("epochs.png", "cannot be written"), contents(out) == before, last_line(said.err))


def mounted(box: Box, options: str, *arguments: str) -> Trial:
    """The command with its output folder on a file system of its own, with the earlier results in it."""
    namespaces()
    out, after = box.results(), box.place()
    words = " ".join(f"'{word}'" for word in box.command(*arguments, "--out", str(out)))
    script = (
        f"mkdir '{after}/m' && cp -a '{out}/.' '{after}/m' && mount -t tmpfs -o size=8m none '{out}' && "
        f"cp -a '{after}/m/.' '{out}' && mount -o remount,{options} '{out}' && {words}; code=$?; "
        f"rm -r '{after}/m'; mkdir '{after}/found'; cp -a '{out}/.' '{after}/found'; exit $code"
    )
    before = contents(out)
    found = subprocess.run(
        [*NAMESPACE, script], env=box.environment(), cwd=box.folder, capture_output=True, text=True, check=False
    )
    kept = {n: d for n, d in contents(after / "found").items() if ".partial" not in n} == before
    one_line = found.returncode == 1 and found.stderr.count("\n") == 1 and str(out) in found.stderr
    return Trial(one_line, kept, last_line(found.stderr))


@row("disk: a full file system")
def full_file_system(box: Box) -> Trial:
    return mounted(box, "size=" + str(used(box.earlier)), *SHORT, "--set", "lr=0.2")


def used(folder: Path) -> int:
    """What is in use, in whole pages: nothing more fits."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*")) + 4096


@row("disk: an output folder that is mounted read-only")
def read_only(box: Box) -> Trial:
    return mounted(box, "ro", *SHORT)


@row("disk: an output folder of somebody else")
def foreign_folder(box: Box) -> Trial:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        raise NotHereError("only root can become somebody else")
    out = box.results()
    before = contents(out)
    somebody = ("setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups")
    home = {"HOME": "/nonexistent", "MPLCONFIGDIR": None, "XDG_CACHE_HOME": None}
    said = box.run(*SHORT, "--out", str(out), before=somebody, environment=home)
    return Trial(said.refused(str(out), "cannot be written"), contents(out) == before, last_line(said.err))


@row("disk: an output folder that is a file")
def a_file(box: Box) -> Trial:
    path = box.place() / "file"
    path.write_text("mine")
    said = box.run(*SHORT, "--out", str(path))
    return Trial(said.refused(str(path)), path.read_text() == "mine", last_line(said.err))


@row("disk: HOME and caches that cannot be written")
def no_home(box: Box) -> Trial:
    out = box.place()
    nowhere = dict.fromkeys(("HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), "/proc/nowhere")
    said = box.run(*SHORT, "--out", str(out), environment=nowhere)
    return Trial(said.done(), same_but_timing(out / "epochs.json", box.earlier / "epochs.json"), "done all the same")


@row("disk: spaces, umlauts and a picture in the path")
def odd_names(box: Box) -> Trial:
    out = box.place("Größe 数字 ✎") / "a b"
    said = box.run(*SHORT, "--out", str(out))
    return Trial(said.done(), same_but_timing(out / "epochs.json", box.earlier / "epochs.json"), "done all the same")


@row("disk: run from another folder, with a relative path")
def elsewhere(box: Box) -> Trial:
    cwd = box.place()
    said = box.run(*SHORT, "--out", "here", cwd=cwd)
    kept = same_but_timing(cwd / "here" / "epochs.json", box.earlier / "epochs.json")
    return Trial(said.done(), kept, "done all the same")
