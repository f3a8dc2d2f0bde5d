"""An installed wheel in a box: commands are run in it with a fault, and asked what they said and what they left."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
SHORT = ["run", "epochs", "--quick", "--seeds", "1", "--epochs", "1", "--workers", "1"]  # a whole run, in seconds
LIMIT = 600.0  # seconds after which a command counts as hanging


@dataclass(frozen=True)
class Said:
    """What a command left on its way: its exit code, and what it printed."""

    code: int
    out: str
    err: str

    def refused(self, *words: str, code: int = 1) -> bool:
        """Did it end with this code and one line that has these words, and no traceback?"""
        return self.code == code and self.err.count("\n") == 1 and all(word in self.err for word in words)

    def done(self) -> bool:
        """Did it do its work, without a traceback?"""
        return self.code == 0 and "Traceback" not in self.err


class Box:
    """A folder with the package as its wheel installs it, and a place of its own for every trial."""

    def __init__(self, folder: Path):
        self.folder, self.package, self.number = folder, folder / "package", 0
        wheel = [
            *PIP,
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "--wheel-dir",
            str(folder),
            str(ROOT),
        ]
        subprocess.run(wheel, check=True, capture_output=True)
        (built,) = folder.glob("*.whl")
        install = [*PIP, "install", "--no-deps", "--no-index", "--target", str(self.package), str(built)]
        subprocess.run(install, check=True, capture_output=True)
        self.earlier = self.place()
        assert self.run(*SHORT, "--out", str(self.earlier)).done()

    def place(self, name: str = "") -> Path:
        """A new empty folder."""
        self.number += 1
        path = self.folder / f"{self.number} {name}".strip()
        path.mkdir(parents=True)
        return path

    def results(self) -> Path:
        """A new folder with the results of an earlier run: what must not be lost."""
        path = self.place()
        shutil.copytree(self.earlier, path, dirs_exist_ok=True)
        return path

    def command(self, *arguments: str, python: tuple[str, ...] = ()) -> list[str]:
        return [sys.executable, "-P", *python, "-m", "dlconcepts", *arguments]

    def environment(self, **changes: str | None) -> dict[str, str]:
        """Ours with the box's package first; None takes a variable away."""
        found = os.environ | {"PYTHONPATH": str(self.package), "PYTHONDONTWRITEBYTECODE": "1"} | changes
        return {name: value for name, value in found.items() if value is not None}

    def python(self, code: str, given: str) -> str:
        """What a program prints that imports the box's package."""
        command = [sys.executable, "-P", "-c", code]
        options = {"capture_output": True, "text": True, "check": True, "cwd": self.folder}
        return subprocess.run(command, input=given, env=self.environment(), **options).stdout

    def run(
        self,
        *arguments: str,
        environment: dict[str, str | None] | None = None,
        python: tuple[str, ...] = (),
        before: tuple[str, ...] = (),
        cwd: Path | None = None,
        limits: Callable[[], None] | None = None,
    ) -> Said:
        """Runs one command. before: words in front of it, as `unshare -n` has them. limits: called in the child."""
        found = subprocess.run(
            [*before, *self.command(*arguments, python=python)],
            env=self.environment(**(environment or {})),
            cwd=cwd or self.folder,
            preexec_fn=limits,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT,
            check=False,
        )
        return Said(found.returncode, found.stdout, found.stderr)


def contents(folder: Path) -> dict[str, str]:
    """Each file's path and what is in it, as a digest."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def same_but_timing(a: Path, b: Path) -> bool:
    """Do two records agree in everything but measured times?"""
    import json

    first, second = (json.loads(path.read_text(encoding="utf-8")) for path in (a, b))
    for record in (first, second):
        del record["timing"]
        for run in record["runs"]:
            del run["timing"]
    return first == second
