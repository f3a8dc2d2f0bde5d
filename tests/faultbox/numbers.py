"""Numbers that run away, in every concept."""

import json
from collections.abc import Callable
from pathlib import Path

from .box import Box
from .rows import Trial, last_line, row

FAR_TOO_HIGH = ["--quick", "--seeds", "1", "--epochs", "1", "--threads", "1", "--set", "lr=1e6"]
CONCEPTS = sorted(path.stem for path in (Path(__file__).parents[2] / "dlconcepts" / "concepts").glob("[a-z]*.py"))


def no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def trial(concept: str) -> Callable[[Box], Trial]:
    def tried(box: Box) -> Trial:
        out = box.place()
        said = box.run("run", concept, *FAR_TOO_HIGH, "--out", str(out))
        if not said.done():
            return Trial(False, not list(out.glob(f"{concept}.*")), last_line(said.err))
        record = json.loads((out / f"{concept}.json").read_text(), parse_constant=no_constant)
        gone = sum(run["status"] == "diverged" for run in record["runs"])
        whole = (out / f"{concept}.png").read_bytes().endswith(b"IEND\xaeB`\x82")
        return Trial(
            not gone or "diverged" in said.out, whole, f"{gone} of {len(record['runs'])} runs diverged, and it says so"
        )

    return tried


for concept in CONCEPTS:
    row(f"numbers: a learning rate of a million in {concept}")(trial(concept))
