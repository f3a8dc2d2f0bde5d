"""How good is the doctor? Every case of the corpus is examined, the split that was held back apart from the other.

python -m tests.doctor.gradients.score [--quick]      prints the table, and writes score.json, which the README quotes;
                                            exit code 1 where a bar is missed. --quick: one seed, nothing is written

A gradient counts as called wrong, or right, if it is at every seed: a right one at 20, a wrong one at 5. So does its
cause, which must stand in the first line.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from dlconcepts.doctor import Diagnosis, check
from tests.doctor.gradients.corpus import SPLITS, cases
from tests.doctor.gradients.corpus.case import Case

RESULTS = Path(__file__).with_name("score.json")
SEEDS = {"right": 20, "wrong": 5}
BARS = {"developed": 0.9, "held_back": 0.8}  # of the wrong ones, how many causes must be right


def diagnosis_of(case: Case, seed: int) -> Diagnosis:
    """What the doctor says of the case, as in a fresh process."""
    if case.forget:
        case.forget()
    inputs = case.inputs(torch.Generator().manual_seed(seed))
    return check(case.forward, case.backward, *inputs, like=case.like)


def cause_is_right(case: Case, diagnosis: Diagnosis) -> bool:
    """Is it the case's cause, or one that is as good, and does the first line say so?"""
    return diagnosis.cause in (case.cause, *case.accepted) and diagnosis.cause in diagnosis.text.splitlines()[0]


def score(found: list[Case], seeds: dict[str, int]) -> dict[str, Any]:
    """The counts of one split, and the names of what was missed."""
    missed, other_cause, alarms = [], [], []
    for case in tqdm(found, disable=None):
        diagnoses = [diagnosis_of(case, seed) for seed in range(seeds["right" if case.right else "wrong"])]
        if case.right and not all(d.right for d in diagnoses):
            alarms.append(case.name)
        if case.cause and any(d.right for d in diagnoses):
            missed.append(case.name)
        if case.cause and not all(cause_is_right(case, d) for d in diagnoses):
            other_cause.append(case.name)
    wrong, right = sum(not c.right for c in found), sum(c.right for c in found)
    return {
        "rules": len({c.rule for c in found}),
        "wrong": wrong,
        "called wrong": wrong - len(missed),
        "cause right": wrong - len(other_cause),
        "right": right,
        "called right": right - len(alarms),
        "missed": missed,
        "another cause": other_cause,
        "false alarms": alarms,
    }


def table(results: dict[str, Any]) -> str:
    """A line for each split."""
    lines = [f"{'rules':12}{'':>4}{'wrong called wrong':>21}{'cause in first line':>21}{'right called right':>21}"]
    for split, row in results["splits"].items():
        parts = [
            (row["called wrong"], row["wrong"]),
            (row["cause right"], row["wrong"]),
            (row["called right"], row["right"]),
        ]
        cells = "".join(f"{f'{a} of {b}':>21}" for a, b in parts)
        lines.append(f"{split.replace('_', ' '):12}{row['rules']:4}{cells}")
    return "\n".join(lines)


def meets_bars(results: dict[str, Any]) -> bool:
    return all(
        row["called wrong"] == row["wrong"]
        and row["called right"] == row["right"]
        and row["cause right"] >= BARS[split] * row["wrong"]
        for split, row in results["splits"].items()
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    options.add_argument("--quick", action="store_true", help="one seed")
    seeds = {"right": 1, "wrong": 1} if options.parse_args().quick else SEEDS
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    results = {"seeds": seeds, "splits": {split: score(cases(split), seeds) for split in SPLITS if cases(split)}}
    print(table(results))
    for split, row in results["splits"].items():
        for kind in ("missed", "another cause", "false alarms"):
            print("".join(f"{split}, {kind}: {name}\n" for name in row[kind]), end="")
    if seeds is SEEDS:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0 if meets_bars(results) else 1


if __name__ == "__main__":
    sys.exit(main())
