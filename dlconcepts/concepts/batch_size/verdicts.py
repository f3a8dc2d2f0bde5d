"""What is judged: what a batch is, its noise and memory, which size learns and which is fast."""

from ...evidence.judge import above, below, exact, paired, under_conditions, values, within
from ...evidence.records import Run, Verdict
from .arms import AMONG, ARMS, EVERY, FAR_BELOW, LARGE, ONCE, OWN, SCALED, SMALL, WATCHED, arm
from .counted_examples import miscounted
from .gradient_noise import falling
from .tape_memory import off_proportion

TIMED = ("batch_size.throughput",)
ROUNDING = 1e-12  # sums of 64 float64 gradients
SAME = 0.5  # percentage points of accuracy below which we call nothing gained
MARGIN = 0.05  # of the slope -1/2: a tenth of it
TWICE, FLAT = 2.0, 1.25  # as fast: nobody overlooks the one, and the other is little for four times the batch


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on batch sizes, judged."""
    named = {name: [run for run in runs if run.label == name] for name in ("definition", "memory", "throughput")}
    return {
        "batch_size.definition": definition_verdict([run.extra for run in named["definition"]]),
        "batch_size.memory": memory_verdict([saved for run in named["memory"] for saved in run.extra.values()]),
        "batch_size.noise": noise_verdict(runs),
        "batch_size.budget": budget_verdict(runs),
        "batch_size.throughput": throughput_verdict([run.timing["examples per second"] for run in named["throughput"]]),
    }


def definition_verdict(found: list[dict]) -> Verdict:
    off = [miscounted(int(B), passes, row["examples"]) for row in found for B, passes in row["counted"].items()]
    deviations = [row["deviation"] for row in found]
    return under_conditions(
        "what a batch is",
        {
            "a pass holds so many examples, an epoch's last one what is left": exact("examples amiss", off, 0),
            "its gradient is the mean of its examples' gradients": exact("deviation, float64", deviations, ROUNDING),
        },
    )


def memory_verdict(found: list[dict]) -> Verdict:
    off = [deviation for saved in found for deviation in off_proportion(saved)]
    return under_conditions(
        "bytes kept for the backward pass, fully connected and convolution",
        {
            "what examples leave is in proportion to their number": exact("relative deviation", [a for a, _ in off], 0),
            "the weights take the same at every size": exact("relative deviation", [p for _, p in off], 0),
        },
    )


def noise_verdict(runs: list[Run]) -> Verdict:
    """Does the noise fall as 1 / sqrt(B)?"""
    metric = "slope of log noise over log batch size, less -1/2"

    def off(name: str, sizes: tuple[int, ...], among: int | None = None) -> Verdict:
        slopes = values(runs, WATCHED, lambda run: falling(run.extra.get("noise", {}).get(name, {}), sizes, among))
        return within(metric, [slope if slope is None else slope + 0.5 for slope in slopes.values()], MARGIN)

    return under_conditions(
        metric,
        {
            "examples may be drawn twice, first weights": off("first weights", EVERY),
            "examples may be drawn twice, after training": off("trained", EVERY),
            "no example twice, at most a sixteenth of them": off(ONCE, FAR_BELOW),
            "no example twice, up to seven eighths": off(ONCE, EVERY),
            "the same over sqrt((N - B) / (N - 1))": off(ONCE, EVERY, AMONG),
        },
    )


def budget_verdict(runs: list[Run]) -> Verdict:
    """Does the smallest size win within the same epochs, and the largest within the same steps?"""
    of = {label: values(runs, label, lambda run: 100 * run.number("test accuracy")) for label in ARMS}
    return under_conditions(
        "points of test accuracy",
        {
            f"same {budget}, {rates}": above(
                f"batches of {better} - batches of {worse}, points of test accuracy",
                paired(of[arm(budget, better, rates)], of[arm(budget, worse, rates)]),
                SAME,
            )
            for rates in (OWN, SCALED)
            for budget, better, worse in [("epochs", SMALL, LARGE), ("steps", LARGE, SMALL)]
        },
    )


def throughput_verdict(rows: list[dict]) -> Verdict:
    """Is a larger batch faster per example, and does that end? The intervals are over turns of measuring."""
    gain, more = ([row[str(a)] / row[str(b)] for row in rows] for a, b in [(512, 8), (8192, 2048)])
    return under_conditions(
        "examples per second",
        {
            "512 at once against 8": above("times as fast", gain, TWICE),
            "8192 at once against 2048": below("times as fast", more, FLAT),
        },
    )
