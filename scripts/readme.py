"""Writes the generated parts of README.md: figures, verdicts, operations, speed, faults, the doctor's score."""

import json
import re
from collections import Counter
from pathlib import Path

from dlconcepts import gallery, glossary, records
from dlconcepts.rules import rules
from dlconcepts.telling import numbers
from dlconcepts.verify import gradient_names

README = Path(__file__).parent.parent / "README.md"
BENCH = Path(__file__).with_name("bench.json")
FAULTS = README.parent / "tests" / "faults" / "results.json"
SCORE = README.parent / "tests" / "doctor" / "score.json"


def found_of(concept: str) -> dict[str, records.Verdict]:
    return records.read(records.FOLDER / f"{concept}.json").found()


def figures() -> str:
    """Each concept's question, its figure with the alt text, and where the rest of it is."""
    parts = []
    for concept in glossary.concepts():
        alt = gallery.concept(concept).alt(found_of(concept))
        lesson, file = f"[lesson](scripts/{concept}.py)", f"[code](dlconcepts/concepts/{concept}.py)"
        parts.append(f"**{glossary.question(concept)}** {lesson}, {file}\n\n![{alt}](figures/{concept}.png)")
    return "\n\n".join(parts)


def verdicts() -> str:
    """A row per statement, then one per declared condition of those that have several."""
    short = ["| statement | verdict | measured |", "| --- | --- | --- |"]
    whole = ["| statement, condition | outcome | measured |", "| --- | --- | --- |"]
    for concept in glossary.concepts():
        for statement, gist in glossary.statements(concept).items():
            verdict = found_of(concept)[statement]
            measured = counted(verdict) if verdict.parts else numbers(verdict)
            short.append(f"| {gist} | **{verdict.outcome}** | {measured} |")
            if verdict.parts:
                whole.append(f"| **{gist}** | **{verdict.outcome}** | |")
                whole += [f"| {name} | {part.outcome} | {numbers(part)} |" for name, part in verdict.parts.items()]
    details = ["<details><summary>Every condition, with its numbers</summary>", "", *whole, "", "</details>"]
    return "\n".join([*short, "", *details])


def counted(verdict: records.Verdict) -> str:
    """How many of the declared conditions came out how."""
    outcomes = Counter(part.outcome for part in verdict.parts.values())
    return "conditions: " + ", ".join(f"{n} {outcome}" for outcome, n in outcomes.items())


def operations() -> str:
    """A row per rule: its file, what its forward says it is, its gradients, its bound."""
    lines = ["| operation | forward | gradients | bound | code |", "| --- | --- | --- | --- | --- |"]
    for name, rule in rules.items():
        says = rule.forward.__doc__.splitlines()[0].split(". ")[0].rstrip(".").replace("|", "\\|")
        file = rule.forward.__module__.rpartition(".")[2] + ".py"
        gradients = ", ".join(gradient_names(rule)[: count(rule)])
        lines.append(f"| {name} | {says} | {gradients} | {rule.bound:.0e} | [{file}](dlconcepts/manual/{file}) |")
    return "\n".join(lines)


def count(rule) -> int:
    """How many gradients the rule's backward returns."""
    import torch

    from dlconcepts.verify import by_hand

    sample = next(iter(rule.samples((), torch.Generator().manual_seed(0))))
    y, _ = rule.forward(*sample.inputs, **sample.constants)
    return len(by_hand(rule, sample, y))


def faults() -> str:
    """How many of the planted faults our tests and the usual recipe miss, in all and by category."""
    results = json.loads(FAULTS.read_text(encoding="utf-8"))
    ours, usual = results["our tests"], results["the usual recipe"]
    missed = {name: sum(len(row["survivors"]) for row in found.values()) for name, found in results.items()}
    total = sum(row["faults"] for row in ours.values())
    lines = [
        f"Of {total} planted faults {missed['our tests']} survive our tests; "
        f"the usual recipe lets {missed['the usual recipe']} pass.",
        "",
        "| kind of fault | planted | survive our tests | survive the usual recipe |",
        "| --- | ---: | ---: | ---: |",
    ]
    for kind, row in sorted(ours.items(), key=lambda item: (-len(usual[item[0]]["survivors"]), item[0])):
        lines.append(f"| {kind} | {row['faults']} | {len(row['survivors'])} | {len(usual[kind]['survivors'])} |")
    return "\n".join(lines)


def speed() -> str:
    """The recipes at batch 64 as ratios, from the benchmark kept in bench.json."""
    found = {row["batch"]: row for row in json.loads(BENCH.read_text(encoding="utf-8"))["batches"]}[64]
    times, share = found["times as fast as in memory"], found["share of the limit"]
    lines = ["| 784-128-10, batch 64, per model | times as fast | share of the limit |", "| --- | ---: | ---: |"]
    return "\n".join([*lines, *(f"| {name} | {times[name]:.2f} | {share[name]:.0%} |" for name in times)])


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


def generated(text: str) -> str:
    """The README with its generated parts as they should be."""
    for make in (figures, verdicts, operations, speed, faults, doctor):
        pattern = rf"(<!-- begin {make.__name__}:[^\n]*-->\n).*?(<!-- end {make.__name__} -->)"
        text = re.sub(pattern, lambda found, make=make: f"{found[1]}{make()}\n{found[2]}", text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    README.write_text(generated(README.read_text(encoding="utf-8")), encoding="utf-8")
