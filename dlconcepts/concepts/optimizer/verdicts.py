"""What is judged: whether it is a search, which comparison is fair, and whether the axes matter."""

from collections.abc import Callable, Iterable
from statistics import fmean

from ...evidence.judge import above, accuracy, below, exact, paired, under_conditions, values
from ...evidence.records import Run, Verdict
from .arms import ADAM, ADAMW, BEND, HIGH, LABELS, LOW, OWN, PLAIN, RMSPROP, SCALED, SGD, SHOWN, TURNED, VALLEY

ARRIVED = -2.0  # log10 of the height left: a hundredth of that at the start
LEARNED = 90.0  # % of test digits; guessing gets 10
CLOSER = 10  # times, from which on we speak of another order of magnitude
ROUNDING = 1e-12  # a hundred float64 steps from coordinates of 10


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on optimizers, judged."""
    return {
        "optimizer.search": under_conditions("does it update, does it find, and is it a search", search(runs)),
        "optimizer.fair": under_conditions("the order at one rate for all and at each one's own", fair(runs)),
        "optimizer.axes": under_conditions("the same valley along the axes and across them", axes(runs)),
    }


def down(runs: list[Run], name: str, surface: str, what: str) -> dict[int, float | None]:
    """A number of an optimizer's way down a surface, by seed."""
    return values(runs, f"{SHOWN[name]}, {surface}", lambda run: run.extra[what])


def search(runs: list[Run]) -> dict[str, Verdict]:
    apart = [far for name in SHOWN for far in down(runs, name, VALLEY, "from torch").values()]
    ups = {name: down(runs, name, VALLEY, "upward").values() for name in SHOWN}
    last = picked(runs, SHOWN, OWN, min)
    metric = "share of steps that end higher up, the largest"
    return {
        "updates: ours are torch.optim's": exact(
            "largest distance of the paths in the valley, float64", apart, ROUNDING
        ),
        **{
            f"{surface}: {SHOWN[name]} finds the lowest place": below(
                "log10 of the height left, of that at the start, over starts",
                down(runs, name, surface, "left").values(),
                ARRIVED,
            )
            for surface in (VALLEY, BEND)
            for name in PLAIN + SCALED
        },
        "MNIST: the last of the seven has learned, at its own rate": above(
            "test accuracy, %", values(runs, LABELS[last, OWN], accuracy).values(), LEARNED
        ),
        f"{VALLEY}: SGD never goes up": exact(metric, ups[SGD], 0.0),
        f"{VALLEY}: nor does any other": exact(metric, [up for name in SHOWN if name != SGD for up in ups[name]], 0.0),
    }


def picked(runs: list[Run], names: Iterable[str], at: str, choose: Callable) -> str:
    """The one with the highest (max) or lowest (min) mean validation accuracy; one that diverged has none."""

    def score(name: str) -> float:
        mine = [run for run in runs if run.label == LABELS[name, at]]
        return fmean(run.curve("validation accuracy")[-1] if run.status == "ok" else 0.0 for run in mine)

    return choose(names, key=score)


def ahead(runs: list[Run], a: str, b: str, at: str) -> list[float | None]:
    """Test accuracy of a less that of b, points, by seed."""
    return paired(*(values(runs, LABELS[name, at], accuracy) for name in (a, b)))


def fair(runs: list[Run]) -> dict[str, Verdict]:
    """Whom to compare with is chosen on validation digits, and compared on test digits."""
    others = [name for name in SHOWN if name != SGD]
    low, own = (picked(runs, others, at, min) for at in (LOW, OWN))
    high = picked(runs, (RMSPROP, ADAM, ADAMW), HIGH, max)
    leaders = [picked(runs, SHOWN, at, max) for at in (OWN, LOW)]
    wide, narrow = (ahead(runs, picked(runs, SHOWN, at, max), picked(runs, SHOWN, at, min), at) for at in (LOW, OWN))
    left = [None if a is None or b is None else a - b / CLOSER for a, b in zip(narrow, wide, strict=True)]
    metric = "points of test accuracy"
    return {
        f"{LOW} for all: SGD is last": above(f"the last of the others - SGD, {metric}", ahead(runs, low, SGD, LOW)),
        f"{HIGH} for all: SGD beats RMSprop, Adam and AdamW": above(
            f"SGD - the best of the three, {metric}", ahead(runs, SGD, high, HIGH)
        ),
        f"each at its {OWN}: SGD is not last": above(
            f"SGD - the last of the others, {metric}", ahead(runs, SGD, own, OWN)
        ),
        f"each at its {OWN}: who was first at {LOW} is beaten": above(
            f"the first now - the first then, {metric}", ahead(runs, leaders[0], leaders[1], OWN)
        ),
        f"each at its {OWN}: {CLOSER} times closer together than at {LOW}": below(
            f"first - last, less 1 / {CLOSER} of that at {LOW}, {metric}", left
        ),
    }


def axes(runs: list[Run]) -> dict[str, Verdict]:
    metric = "log10 of the height left, across the axes - along them, each at its best rate"
    return {
        f"{SHOWN[name]}: the same path, turned": exact(
            "largest distance of the paths, float64", down(runs, name, VALLEY, "from turned").values(), ROUNDING
        )
        for name in PLAIN
    } | {
        f"{SHOWN[name]}: less far down where the valley lies across": above(
            metric, paired(*(down(runs, name, surface, "left") for surface in (TURNED, VALLEY)))
        )
        for name in SCALED
    }
