"""Writes the generated parts of README.md: the verdicts from the records, the operations from the table of rules."""

import re
from pathlib import Path

from dlconcepts import glossary, records
from dlconcepts.rules import rules
from dlconcepts.summary import numbers
from dlconcepts.verify import gradient_names

README = Path(__file__).parent.parent / "README.md"


def verdicts() -> str:
    """A row per statement, and one per condition of a conditional one."""
    lines = ["| statement | verdict | measured |", "| --- | --- | --- |"]
    for concept in glossary.concepts():
        found = records.read(records.FOLDER / f"{concept}.json").verdicts
        for statement, gist in glossary.statements(concept).items():
            verdict = found[statement]
            lines.append(f"| {gist} | **{verdict.outcome}** | {'' if verdict.parts else numbers(verdict)} |")
            lines += [f"| · {name} | {part.outcome} | {numbers(part)} |" for name, part in verdict.parts.items()]
    return "\n".join(lines)


def operations() -> str:
    """A row per rule: its file, what its forward says it is, its gradients, its bound."""
    lines = ["| operation | forward | gradients | bound | code |", "| --- | --- | --- | --- | --- |"]
    for name, rule in rules.items():
        says = rule.forward.__doc__.splitlines()[0].replace("|", "\\|")
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


def generated(text: str) -> str:
    """The README with its generated parts as they should be."""
    for name, make in [("verdicts", verdicts), ("operations", operations)]:
        pattern = rf"(<!-- begin {name}:[^\n]*-->\n).*?(<!-- end {name} -->)"
        text = re.sub(pattern, lambda found, make=make: f"{found[1]}{make()}\n{found[2]}", text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    README.write_text(generated(README.read_text(encoding="utf-8")), encoding="utf-8")
