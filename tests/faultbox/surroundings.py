"""Machines that are not like ours: no network, no display, other libraries, other words in the environment."""

import resource
from collections.abc import Callable

from .box import SHORT, Box, contents, same_but_timing
from .commands import no_network, shell
from .rows import Trial, last_line, row

ENVIRONMENTS = {
    "no display": {"DISPLAY": None, "WAYLAND_DISPLAY": None},
    "a backend that needs a display": {"MPLBACKEND": "TkAgg", "DISPLAY": None},
    "a backend that does not exist": {"MPLBACKEND": "no such backend"},
    "another time zone": {"TZ": "Asia/Kathmandu"},
    "locale C": {"LC_ALL": "C", "LANG": "C"},
    "locale C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "locale C and no UTF-8 mode": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "another hash seed": {"PYTHONHASHSEED": "12345"},
    "no PATH": {"PATH": "/nonexistent"},
    **{f"OMP_NUM_THREADS={word}": {"OMP_NUM_THREADS": word} for word in ("1", "2", "3", "4", "0", "abc")},
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
def cut_off(box: Box) -> Trial:
    out = box.place()
    said = box.run(*SHORT, "--out", str(out), before=no_network())
    kept = said.done() and same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    return Trial(said.done(), kept, "done, with the same numbers" if kept else last_line(said.err))


def torchvision(problem: str) -> Callable[[Box], Trial]:
    """A torchvision that raises this when it is imported: who needs it leaves its row out and says why."""

    def tried(box: Box) -> Trial:
        site = box.place("site")
        (site / "torchvision").mkdir()
        (site / "torchvision" / "__init__.py").write_text(f"raise {problem}\n")
        changed = {"PYTHONPATH": f"{site}:{box.package}"}
        trained = same_numbers(changed)(box)
        bench = box.run("bench", "--batch", "256", "--rounds", "1", "--no-scaling", environment=changed)
        told = "torchvision" in bench.out + bench.err
        return Trial(trained.refused and bench.done() and told, trained.kept, last_line(bench.err) or trained.said)

    return tried


row("surroundings: no torchvision")(torchvision("ModuleNotFoundError('No module named torchvision')"))
row("surroundings: a torchvision of another torch")(torchvision("RuntimeError('operator torchvision::nms is missing')"))


@row("surroundings: standard output is closed")
def closed(box: Box) -> Trial:
    out = box.place()
    found = shell(box, [*SHORT, "--out", str(out)], ">&-")
    kept = same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    return Trial(found.done(), kept, last_line(found.err) or "nothing said")


@row("surroundings: standard output is a full device")
def full_device(box: Box) -> Trial:
    out = box.place()
    found = shell(box, [*SHORT, "--out", str(out)], "> /dev/full")
    kept = same_but_timing(out / "epochs.json", box.earlier / "epochs.json")
    return Trial(found.code == 1 and "Traceback" not in found.err, kept, last_line(found.err))


def little_memory() -> None:
    """Enough to begin with, and not for what is asked."""
    resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))


@row("surroundings: less memory than it takes")
def less_memory(box: Box) -> Trial:
    out = box.results()
    before = contents(out)
    said = box.run(*SHORT, "--set", "hidden=400000", "--out", str(out), limits=little_memory)
    return Trial(said.refused("there is not enough memory"), contents(out) == before, last_line(said.err))


@row("surroundings: more memory asked for than there is")
def too_much(box: Box) -> Trial:
    out = box.results()
    before = contents(out)
    said = box.run(*SHORT, "--set", "hidden=99999999", "--out", str(out))
    return Trial(said.refused("GiB", "hidden"), contents(out) == before, last_line(said.err))
