"""Writes what is generated of README.md and docs/: figures, verdicts, operations, speed, faults, the doctor's score."""

import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

from dlconcepts import gallery, glossary
from dlconcepts.commands.cli import Parser
from dlconcepts.evidence import records
from dlconcepts.evidence.verdict_text import numbers, telling
from dlconcepts.rules import rules
from dlconcepts.rules.verify import gradient_names

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "README.md", ROOT / "docs" / "verdicts.md", ROOT / "docs" / "operations.md", ROOT / "docs" / "tests.md")
BENCH = Path(__file__).with_name("bench.json")
FAULTS = ROOT / "tests" / "faults" / "results.json"
BOX = ROOT / "tests" / "faultbox" / "results.json"
SCORE = ROOT / "tests" / "doctor" / "gradients" / "score.json"
OUTCOMES = ("supported", "conditional", "refuted", "not shown")


@cache
def found_of(concept: str) -> dict[str, records.Verdict]:
    return records.read(records.FOLDER / f"{concept}.json").found()


def cell(text: str) -> str:
    """Text that a table's cell can hold."""
    return text.replace("|", "\\|")


def figures() -> str:
    """The gallery, two figures a row: each concept's question, its figure with the alt text, and where the rest is."""
    cells = []
    for concept in glossary.concepts():
        alt = cell(gallery.concept(concept).alt(found_of(concept)))
        more = f"[lesson](scripts/{concept}.py), [experiment](dlconcepts/concepts/{concept}/experiment.py)"
        cells.append(f"**{concept}**: {glossary.question(concept)}<br>{more}<br>![{alt}](figures/{concept}.png)")
    cells += [""] * (len(cells) % 2)
    rows = [f"| {left} | {right} |" for left, right in zip(cells[::2], cells[1::2], strict=True)]
    return "\n".join(["| | |", "| :-- | :-- |", *rows])


def verdicts() -> str:
    """How all statements fared; then a row for each, with what says most about its verdict."""
    outcomes = Counter(verdict.outcome for concept in glossary.concepts() for verdict in found_of(concept).values())
    told = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in OUTCOMES if outcomes[outcome])
    lines = [f"{outcomes.total()} statements: {told}.", "", "| statement | verdict | effect [95 % interval] |"]
    lines.append("| --- | --- | --- |")
    for concept in glossary.concepts():
        lines.append(f"| **[{concept}](docs/verdicts.md#{concept})** | | |")
        for statement, gist in glossary.statements(concept).items():
            verdict = found_of(concept)[statement]
            lines.append(f"| {cell(gist)} | **{verdict.outcome}** | {effects(verdict)} |")
    return "\n".join(lines)


def effects(verdict: records.Verdict) -> str:
    """The effect; of several conditions the first of each outcome, and how many came out like it."""
    if not verdict.parts:
        return effect(verdict)
    outcomes = Counter(part.outcome for part in verdict.parts.values())
    return "<br>".join(
        f"{outcomes[part.outcome]} of {outcomes.total()} {part.outcome}: *{cell(name)}*: {effect(part)}"
        for name, part in telling(verdict).items()
    )


def effect(verdict: records.Verdict) -> str:
    """What was measured, without what it was held against."""
    return cell(numbers(verdict) if verdict.effect is None else numbers(verdict).rpartition(", ")[0])


def conditions() -> str:
    """A table per concept: every statement, every declared condition, every number."""
    lines = []
    for concept in glossary.concepts():
        lines += [f"## {concept}", "", glossary.question(concept), ""]
        lines += ["| statement, condition | outcome | measured |", "| --- | --- | --- |"]
        for statement, gist in glossary.statements(concept).items():
            verdict = found_of(concept)[statement]
            own = "" if verdict.parts else cell(numbers(verdict))
            lines.append(f"| **{cell(gist)}** | **{verdict.outcome}** | {own} |")
            lines += [
                f"| {cell(name)} | {part.outcome} | {cell(numbers(part))} |" for name, part in verdict.parts.items()
            ]
        lines.append("")
    return "\n".join(lines).rstrip()


def operations() -> str:
    """A row per rule: its file, what its forward says it is, its gradients, its bound."""
    lines = ["| operation | forward | gradients | bound | code |", "| --- | --- | --- | --- | --- |"]
    for name, rule in rules.items():
        says = rule.forward.__doc__.splitlines()[0].split(". ")[0].rstrip(".").replace("|", "\\|")
        file = rule.forward.__module__.rpartition(".")[2] + ".py"
        gradients = ", ".join(gradient_names(rule)[: count(rule)])
        lines.append(f"| {name} | {says} | {gradients} | {rule.bound:.0e} | [{file}](../dlconcepts/manual/{file}) |")
    return "\n".join(lines)


def count(rule) -> int:
    """How many gradients the rule's backward returns."""
    import torch

    from dlconcepts.rules.verify import by_hand

    sample = next(iter(rule.samples((), torch.Generator().manual_seed(0))))
    y, _ = rule.forward(*sample.inputs, **sample.constants)
    return len(by_hand(rule, sample, y))


def faults_in_short() -> str:
    """How many of the planted faults our tests and the usual recipe miss, and how many wait to be planted."""
    results = json.loads(FAULTS.read_text(encoding="utf-8"))
    missed = {name: sum(len(row["survivors"]) for row in found.values()) for name, found in results.items()}
    total = sum(row["faults"] for row in results["our tests"].values())
    listed = sum(len(tomllib.loads(path.read_text(encoding="utf-8"))) for path in FAULTS.parent.glob("*.toml"))
    waiting = f" {listed - total} more are listed since, and wait for the next whole run." if listed > total else ""
    return (
        f"Of {total} planted faults {missed['our tests']} survive our tests; "
        f"the usual recipe lets {missed['the usual recipe']} pass.{waiting}"
    )


def faults() -> str:
    """The same by kind of fault."""
    results = json.loads(FAULTS.read_text(encoding="utf-8"))
    ours, usual = results["our tests"], results["the usual recipe"]
    lines = [
        faults_in_short(),
        "",
        "| kind of fault | planted | survive our tests | survive the usual recipe |",
        "| --- | ---: | ---: | ---: |",
    ]
    for kind, row in sorted(ours.items(), key=lambda item: (-len(usual[item[0]]["survivors"]), item[0])):
        lines.append(f"| {kind} | {row['faults']} | {len(row['survivors'])} | {len(usual[kind]['survivors'])} |")
    return "\n".join(lines)


def faultbox() -> str:
    """What came of the faults that users meet, by kind: the word before the colon of a fault's name."""
    found = json.loads(BOX.read_text(encoding="utf-8"))
    tried = Counter(name.partition(":")[0] for name, outcome in found.items() if outcome != "not here")
    well = Counter(name.partition(":")[0] for name, outcome in found.items() if outcome == "ok")
    kinds = ", ".join(f"{well[kind]} of {tried[kind]} {kind}" for kind in tried)
    return f"{tried.total()} faults tried, {well.total()} ended well with nothing lost: {kinds}."


def speed() -> str:
    """From the benchmark kept in bench.json: the recipes at batch 64 as ratios; then every kind of training."""
    bench = json.loads(BENCH.read_text(encoding="utf-8"))
    found = {row["batch"]: row for row in bench["batches"]}[64]
    times, share = found["times as fast as in memory"], found["share of the limit"]
    lines = ["| 784-128-10, batch 64, per model | times as fast | share of the limit |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {times[name]:.2f} | {share[name]:.0%} |" for name in times]
    if kinds := bench.get("kinds"):
        lines += [
            "",
            "| times as fast as the same in everyday torch | one model | 16 at once |",
            "| --- | ---: | ---: |",
        ]
        for row in kinds:
            note = "" if row["models"] == 16 else f" ({row['models']} at once)"
            lines.append(f"| {row['kind']}{note} | {' | '.join(f'{t:.2f}' for t in row['times as fast'].values())} |")
    return "\n".join(lines)


def doctor() -> str:
    """What the doctor says of the corpus, the rules that its diagnoses were developed on apart from the others."""
    score = json.loads(SCORE.read_text(encoding="utf-8"))
    lines = [
        "| | rules | wrong, called so | cause in the first line | right, called so |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for split, row in score["splits"].items():
        wrong, right = row["wrong"], row["right"]
        cells = f"{row['called wrong']} of {wrong} | {row['cause right']} of {wrong} | {row['called right']} of {right}"
        lines.append(f"| {split.replace('_', ' ')} | {row['rules']} | {cells} |")
    seeds = score["seeds"]
    draws = f"{seeds['wrong']} draws of inputs for a wrong gradient, {seeds['right']} for a right one"
    return "\n".join([*lines, "", f"With {draws}, and counted only if it holds for each of them."])


PARTS = (figures, verdicts, conditions, operations, speed, faults_in_short, faults, faultbox, doctor)


def generated(text: str) -> str:
    """A file's text with its generated parts as they should be."""
    for make in PARTS:
        pattern = rf"(<!-- begin {make.__name__}:[^\n]*-->\n).*?(<!-- end {make.__name__} -->)"
        text = re.sub(pattern, lambda found, make=make: f"{found[1]}{make()}\n{found[2]}", text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    Parser(prog="readme.py", description=__doc__).parse_args()  # it takes no words
    for path in FILES:
        path.write_text(generated(path.read_text(encoding="utf-8")), encoding="utf-8")
