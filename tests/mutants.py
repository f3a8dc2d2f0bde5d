"""Changes every expression of the mathematics in turn (mutmut) and runs the tests against each change.

python -m tests.mutants             all of them, from scratch
python -m tests.mutants --report    judges what the last run left in mutants/

Exit code 1 if fewer than 97 % are killed, or if one survives that tests/manual/survivors.toml does not list. A mutant's
number is its place in its function: after a change of the function the list must be looked at again.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORK = ROOT / "mutants"
SURVIVORS = ROOT / "tests/manual/survivors.toml"
PACKAGE = "dlconcepts.manual."
KILLED = 1  # pytest's exit code when a test fails; whatever else happens does not count
LEAST = 0.97


def run(workers: int = os.cpu_count() or 1) -> None:
    """mutmut on a copy. One thread each: a mutant is a fork, and a pool of threads does not survive one."""
    shutil.rmtree(WORK, ignore_errors=True)
    for folder in ("dlconcepts", "tests", "docs"):
        shutil.copytree(ROOT / folder, WORK / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", WORK)
    for path in (WORK / "dlconcepts/manual").glob("*.py"):
        path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")
    command = [Path(sys.executable).with_name("mutmut"), "run", "--max-children", str(workers)]
    subprocess.run(command, check=True, cwd=WORK, env={**os.environ, "OMP_NUM_THREADS": "1"})


def undecorated(source: str) -> str:
    """The module with `f = rounded_once(f)` after each function that has the decorator: mutmut leaves those out."""
    lines = source.splitlines(keepends=True)
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    for function in reversed(functions):
        if [ast.unparse(d) for d in function.decorator_list] == ["rounded_once"]:
            lines.insert(function.end_lineno or 0, f"\n\n{function.name} = rounded_once({function.name})\n")
            del lines[function.lineno - 2]
    return "".join(lines)


def found(folder: Path = WORK / "mutants/dlconcepts/manual") -> dict[str, int | None]:
    """The exit code of the tests for each mutant, by its name without the package; None where it was not run."""
    metas = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.meta")))
    return {name.removeprefix(PACKAGE): code for meta in metas for name, code in meta["exit_code_by_key"].items()}


def read_listed(path: Path = SURVIVORS) -> dict[str, str]:
    """The survivors that are known, and why each survives; the file's tables are kinds of reasons."""
    tables = tomllib.loads(path.read_text(encoding="utf-8")).values()
    return {name: reason for table in tables for name, reason in table.items()}


def judge(codes: dict[str, int | None], listed: dict[str, str]) -> tuple[list[str], bool]:
    """What to print, and whether all is well."""
    survivors = {name for name, code in codes.items() if code != KILLED}
    killed = len(codes) - len(survivors)
    rate = killed / len(codes) if codes else 0.0
    lines = [f"SURVIVED and is not listed: {name}" for name in sorted(survivors - listed.keys())]
    lines += [f"listed, but no survivor: {name}" for name in sorted(listed.keys() - survivors)]
    lines.append(f"{len(codes)} mutants, {killed} killed, {100 * rate:.2f} %; {len(listed)} survivors listed")
    return lines, rate >= LEAST and survivors <= listed.keys()


def main(arguments: list[str]) -> int:
    began = time.perf_counter()
    if "--report" not in arguments:
        run()
    lines, well = judge(found(), read_listed())
    print(*lines, sep="\n")
    print(f"{(time.perf_counter() - began) / 60:.1f} minutes")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
