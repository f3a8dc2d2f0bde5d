"""Numbers that run away, settings that nobody had in mind and data without anything to learn, in every concept."""

import json
from collections.abc import Callable
from pathlib import Path

from .box import Box
from .rows import Trial, last_line, row
from .wrong_data import TRAINING, whole

LITTLE = ["--quick", "--seeds", "2", "--epochs", "1", "--workers", "1"]
CONCEPTS = sorted(
    p.parent.name for p in (Path(__file__).parents[2] / "dlconcepts" / "concepts").glob("*/experiment.py")
)
ODD = [
    "hidden=1",
    "bias=false",
    "normalization=batch norm",
    "loss=huber",
    "activation=step",
    "proximal_l1=1e6",
    "lr=1e-30",
]
ONE_AFTER_THE_OTHER = """
import contextlib, io, json, sys
from dlconcepts.commands import cli
found = []
for line in json.load(sys.stdin):
    with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(io.StringIO()):
        try:
            code = cli.main(line)
        except SystemExit as end:
            code = end.code
        except Exception as problem:
            code = repr(problem)
    found.append([code, said.getvalue()])
print(json.dumps(found))
"""


def no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def whole_results(out: Path, concept: str) -> bool:
    """Are record and figure there, the one strict JSON, the other with its end?"""
    json.loads((out / f"{concept}.json").read_text(), parse_constant=no_constant)
    return (out / f"{concept}.png").read_bytes().endswith(b"IEND\xaeB`\x82")


def far_too_high(box: Box, concept: str) -> Trial:
    """A learning rate at which training diverges."""
    out = box.place()
    said = box.run("run", concept, *LITTLE, "--set", "lr=1e6", "--out", str(out))
    if not said.done():
        return Trial(False, not list(out.glob(f"{concept}.*")), last_line(said.err))
    runs = json.loads((out / f"{concept}.json").read_text(), parse_constant=no_constant)["runs"]
    gone = sum(run["status"] == "diverged" for run in runs)
    tells = not gone or "diverged" in said.out
    return Trial(tells, whole_results(out, concept), f"{gone} of {len(runs)} runs diverged, and it says so")


def odd_settings(box: Box, concept: str) -> Trial:
    """Each is measured, or refused because it does not go with the concept's own."""
    places = [box.place() for _ in ODD]
    lines = [["run", concept, *LITTLE, "--set", odd, "--out", str(out)] for odd, out in zip(ODD, places, strict=True)]
    found = json.loads(box.python(ONE_AFTER_THE_OTHER, json.dumps(lines)))
    done = {odd: out for odd, out, (code, _) in zip(ODD, places, found, strict=True) if code == 0}
    refused = [odd for odd, (code, said) in zip(ODD, found, strict=True) if code == 2 and said.count("\n") == 1]
    amiss = [f"{odd}: {code} {last_line(said)}" for odd, (code, said) in zip(ODD, found, strict=True)]
    kept = all(whole_results(out, concept) for out in done.values())
    right = len(done) + len(refused) == len(ODD)
    return Trial(right, kept, f"{len(done)} done, {len(refused)} refused" if right else "; ".join(amiss))


def alike(box: Box, concept: str) -> Trial:
    """A data set whose images are all the same."""
    out, folder = box.place(), whole(box.place("alike"), 2 * TRAINING)
    said = box.run("run", concept, *LITTLE, "--data", str(folder), "--out", str(out))
    kept = said.done() and whole_results(out, concept)
    return Trial(said.done(), kept, "done" if said.done() else last_line(said.err))


FAULTS: dict[str, Callable[[Box, str], Trial]] = {
    "a learning rate of a million": far_too_high,
    f"{len(ODD)} settings that it does not have in mind": odd_settings,
    "images that are all alike": alike,
}
for fault, trial in FAULTS.items():
    for concept in CONCEPTS:
        row(f"numbers: {fault}, in {concept}")(lambda box, trial=trial, concept=concept: trial(box, concept))
