"""What a record says, as text: the table of arms and the verdicts with their numbers."""

from .. import glossary
from ..evidence.judge import accuracy, interval
from ..evidence.records import Record, Run
from ..evidence.verdict_text import told


def summary(record: Record) -> str:
    """The table of arms and the verdicts, as text."""
    seeds = len(record.environment["seeds"])
    lines = [f"{record.concept}: test accuracy, %, mean and 95 % t-interval over {seeds} seeds", ""]
    width = max(map(len, record.settings))
    for label, setting in record.settings.items():
        runs = [run for run in record.runs if run.label == label]
        edge = "  (an end of the grid: values beyond may be better)" if at_edge(record, label) else ""
        field = record.tuning.get(label, {}).get("field", "lr")
        lines.append(f"  {label:{width}}  {field} {setting[field]:<6g}{spread(runs)}{edge}")
    if record.tuning and (record.environment["overrides"] or record.environment["budget"] == "quick"):
        lines.append("  (tuned values as found for the arms as declared, on all images)")
    if "most steps" in record.environment:
        lines.append(
            f"  (every training was cut to {record.environment['most steps']} steps: these numbers say nothing)"
        )
    gists = glossary.statements(record.concept)
    lines.append("")
    found = record.found()
    for statement, gist in gists.items():
        lines += [f"  {found[statement].outcome.upper()}: {gist}  [{statement}]", *told(found[statement], "      ")]
    lines += [
        "",
        "  Intervals are over training seeds on one test set, and are not adjusted for their number. The test set's",
    ]
    lines += ["  own sampling error is about .3 points near 97.5 % for MNIST's 10,000 digits."]
    return "\n".join(lines)


def at_edge(record: Record, label: str) -> bool:
    """Was the first or the last value of the grid chosen for this arm?"""
    row = record.tuning.get(label)
    return row is not None and row["chosen"] in (row["grid"][0], row["grid"][-1])


def spread(runs: list[Run]) -> str:
    """Mean and interval of the test accuracy of the runs that did not diverge, and how many did."""
    scores = [accuracy(run) for run in runs if run.status == "ok"]
    diverged = f"  ({len(runs) - len(scores)} of {len(runs)} diverged)" if len(scores) < len(runs) else ""
    if len(scores) < 2:
        return "".join(f"{score:6.2f}" for score in scores) + diverged
    mean, low, high = interval(scores)
    return f"{mean:6.2f}  [{low:.2f}, {high:.2f}]{diverged}"
