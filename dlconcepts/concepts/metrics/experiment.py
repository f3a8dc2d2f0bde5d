"""The experiment of the concept `metrics`: arms, what is measured, what is judged."""

# Over 200 lines, and one thing: six statements, each judged with its conditions. Figure and probes are elsewhere.

from collections.abc import Callable
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from ...evidence.judge import above, below, exact, under_conditions, values, within
from ...evidence.records import Run, Verdict
from ...images.data_set import CLASSES, Data
from ...manual.backprop import Params, forward
from ...manual.metrics import accuracy, confusion
from ...manual.network import Layer
from ...manual.softmax import softmax
from ...training import everyday_torch
from ...training.budget import steps
from ...training.seeding import generator
from ...training.setting import Setting
from ...training.stacks import Model
from ...training.train import train
from . import answers
from .figure import PANELS, draw_panels, finding

NETWORK, AGAIN = "network", "network again"
ARMS = {NETWORK: Setting(hidden=(32,), lr=0.2, schedule="cosine", epochs=3)}
TUNED = {}  # one kind of network, compared with answers that learn nothing
MORE = {NETWORK: 1}  # each is trained twice, from another start and in another order
REPEATED = 500_000  # the seed of the second training less that of the first
PAIRS, ALWAYS_ONE, ALWAYS_NO = "two trainings", "always 1", "always no"
RARE = 9  # the digit that is looked for, and made rare
NAMES = 1000  # ways to name the digits
ONE_IN = {10: "ten", 100: "a hundred", 1000: "a thousand"}  # digits is a nine
GOOD = 0.9  # who is accurate or precise, in whatever meaning, is so in nine cases of ten
SAME = 0.5  # points of accuracy that are called nothing
LITTLE = 0.05  # of a loss, or of an error: little
NOTICED = 0.1  # points that would show that a metric takes notice
SELDOM = 0.01  # a share of steps, or of namings, that one would overlook
MOST, NEARLY_ALL = 0.9, 0.99  # recall, before and after lowering the threshold
ROUNDING = 1e-12  # shares of 10,000, and sums of as many


def measure(arms: dict[str, Setting], data: Data, seeds: list[int], **options) -> list[Run]:
    """Trains each network twice, measures it alone and beside its repetition; and the answers that are of no use.

    Raises ValueError for test images among which a digit is missing: it has no recall.
    """
    if missing := sorted({*range(CLASSES)} - {*data.test.y.tolist()}):
        raise ValueError(f"metrics: expected every digit among the test images, found no {missing[0]}; add some")
    runs = train(arms, seeds, data, observe=observe, **options)
    again = train({AGAIN: arms[NETWORK]}, [REPEATED + seed for seed in seeds], data, observe=observe, **options)
    told = [
        [torch.tensor(run.extra.pop("predicted")) if run.extra else None for run in group] for group in (runs, again)
    ]
    y = data.test.y
    return [
        *runs,
        *(
            Run(PAIRS, s, extra=two_trainings(*pair, y, s))
            for s, *pair in zip(seeds, *told, strict=True)
            if all_there(pair)
        ),
        Run(ALWAYS_ONE, 0, extra=of_no_use(torch.ones_like(y), y)),
        Run(ALWAYS_NO, 0, extra=of_no_use(torch.zeros_like(y), (y == RARE).long(), K=2)),
    ]


def all_there(pair: list[Tensor | None]) -> bool:
    """Has none of the two diverged?"""
    return all(predicted is not None for predicted in pair)


def observe(model: Model, network: list[Layer], params: Params, data: Data) -> dict:
    """All that one network's answers to the test digits tell."""
    x, y = data.test.x, data.test.y
    p, _ = softmax(forward(network[:-1], params, x)[0].double())
    predicted, random = p.argmax(-1), generator(model.seed, "answers", 0)
    if model.label == AGAIN:
        return {"predicted": predicted.tolist()}
    nines = answers.by_digit((predicted == RARE).long(), (y == RARE).long(), 2)
    moved = answers.moved_next_to(predicted, y, CLASSES)
    dealt = answers.dealt_anew(predicted, random)
    return {
        "predicted": predicted.tolist(),
        "accuracy": float(accuracy(predicted, y)),
        "by digit": answers.by_digit(predicted, y, CLASSES),
        "miscounted": answers.miscounted(predicted, y, CLASSES),
        "macro": answers.macro_deviation(predicted, y, CLASSES),
        "closeness": {
            "as it is": answers.closeness_of_counts(predicted, y, CLASSES),
            "dealt anew": answers.closeness_of_counts(dealt, y, CLASSES),
        },
        "dealt anew": float(accuracy(dealt, y)),
        "wrong answers nearer": float(accuracy(moved, y)),
        "curves": [answers.precision_at(p[:, k], y == k) for k in range(CLASSES)],
        "steps": [answers.steps_of_threshold(p[:, k], y == k) for k in range(CLASSES)],
        "nines": {"found": nines["recall"][1], "false alarms": 1 - nines["recall"][0]},
        "other names": answers.under_other_names(predicted, p, y, names(model.seed)),
    }


def names(seed: int) -> Tensor:
    return answers.renamings(CLASSES, NAMES, generator(seed, "names", 0))


def two_trainings(a: Tensor, b: Tensor, y: Tensor, seed: int) -> dict:
    """Do two networks give the same answers, and is the better one the better one under any names?"""
    y = y.cpu()
    counts = (confusion(predicted, y, CLASSES) for predicted in (a, b))
    return {
        "agreement": float((a == b).double().mean()),
        "by digit": answers.agreement(a, b, y, CLASSES),
        "order turned": answers.order_turned(*counts, names(seed)),
    }


def of_no_use(predicted: Tensor, y: Tensor, K: int = CLASSES) -> dict:
    """An answer that is always the same, measured as a network is; who repeats it agrees with it."""
    return {
        "accuracy": float(accuracy(predicted, y)),
        "agreement": float((predicted == predicted.clone()).double().mean()),
        "by digit": answers.by_digit(predicted, y, K),
    }


Get = Callable[[Run], float | None]


def of(runs: list[Run], get: Get, label: str = NETWORK) -> list[float | None]:
    return list(values(runs, label, get).values())


def verdicts(runs: list[Run]) -> dict[str, Verdict]:
    """The statements of the glossary on metrics, judged."""
    judged = {
        "metrics.accuracy": ("what accuracy is", accuracy_parts),
        "metrics.precision": ("what precision is", precision_parts),
        "metrics.recall": ("what recall is, and what it costs", recall_parts),
        "metrics.f1": ("do they tell how well a network performs", f1_parts),
        "metrics.imbalance": ("does accuracy prefer an answer of no use", imbalance_parts),
        "metrics.mae": ("does it measure how digits are recognized", mae_parts),
    }
    return {name: under_conditions(metric, judge(runs)) for name, (metric, judge) in judged.items()}


def as_counted(runs: list[Run], name: str) -> Verdict:
    return exact("deviation", of(runs, lambda run: run.extra["miscounted"][name]), ROUNDING)


def accuracy_parts(runs: list[Run]) -> dict[str, Verdict]:
    """A network's answers, and the same answers dealt out to other digits: who is accurate in which meaning?"""
    close = {name: of(runs, lambda run, name=name: run.extra["closeness"][name]) for name in ("as it is", "dealt anew")}
    right = {name: of(runs, lambda run, name=name: run.extra[name]) for name in ("accuracy", "dealt anew")}
    nearer = of(runs, lambda run: 100 * (run.extra["wrong answers nearer"] - run.extra["accuracy"]))
    known, share = "closeness to the known numbers of the digits", "share of right answers"
    return {
        "share of right answers, as counted one by one": as_counted(runs, "accuracy"),
        "network, closeness to known values": above(known, close["as it is"], GOOD),
        "network, share of right answers": above(share, right["accuracy"], GOOD),
        "its answers dealt out anew, closeness to known values": above(known, close["dealt anew"], GOOD),
        "its answers dealt out anew, share of right answers": above(share, right["dealt anew"], GOOD),
        "wrong answers moved next to the digit": above("points gained", nearer, NOTICED),
    }


def precision_parts(runs: list[Run]) -> dict[str, Verdict]:
    """A network, and "always 1": who is precise in which meaning?"""
    two, share = "agreement of two trainings", "TP / (TP + FP)"
    always = [run for run in runs if run.label == ALWAYS_ONE]
    return {
        "TP / (TP + FP), as counted one by one": as_counted(runs, "precision"),
        "network, repeatability": above(two, of(runs, lambda run: run.extra["agreement"], PAIRS), GOOD),
        "network, TP / (TP + FP)": above(f"{share}, mean of the digits", of(runs, mean_precision), GOOD),
        "always 1, repeatability": known("agreement with itself", [run.extra["agreement"] for run in always]),
        "always 1, TP / (TP + FP)": known(share, [run.extra["by digit"]["precision"][1] for run in always]),
    }


def known(metric: str, found: list[float]) -> Verdict:
    """What has no chance in it, and so no interval: at least GOOD?"""
    return exact(f"1 - {metric}", [1 - value for value in found], 1 - GOOD)


def mean_precision(run: Run) -> float:
    return sum(run.extra["by digit"]["precision"]) / CLASSES


def recall_parts(runs: list[Run]) -> dict[str, Verdict]:
    falls = of(runs, lambda run: max(step["recall falls"] for step in run.extra["steps"]))
    rises = of(runs, lambda run: sum(step["precision rises"] for step in run.extra["steps"]) / CLASSES)
    a, b = (answers.RECALLS.index(wanted) for wanted in (MOST, NEARLY_ALL))
    cost = of(runs, lambda run: 100 * sum(curve[a] - curve[b] for curve in run.extra["curves"]) / CLASSES)
    return {
        "TP / (TP + FN), as counted one by one": as_counted(runs, "recall"),
        "a lower threshold never lowers it": exact("largest fall", falls, 0),
        f"from {MOST} to {NEARLY_ALL} it costs precision": above("points of precision lost, mean of the digits", cost),
        "each lower threshold costs precision": below("share of steps at which precision rose", rises, SELDOM),
    }


def f1_parts(runs: list[Run]) -> dict[str, Verdict]:
    points = of(runs, lambda run: 100 * (run.curves["validation accuracy"][-1] - run.final["test accuracy"]))
    loss = of(runs, lambda run: run.curves["validation loss"][-1] / run.final["test loss"] - 1)
    return {
        "F1 of a digit: harmonic mean of precision and recall": as_counted(runs, "F1"),
        "macro F1: harmonic mean of macro precision and recall": exact(
            "deviation", of(runs, lambda run: run.extra["macro"]), ROUNDING
        ),
        "validation accuracy is test accuracy": within("points, validation - test", points, SAME),
        "validation loss is test loss": within("validation / test - 1", loss, LITTLE),
    }


def imbalance_parts(runs: list[Run]) -> dict[str, Verdict]:
    """How much more often than the network is "always no" right, if one digit in so many is a nine?"""

    def ahead(share: float) -> list[float | None]:
        return of(runs, lambda run: 100 * (wrong(run, share) - share))

    least = 1 / max(ONE_IN)
    return {
        **{
            f"one nine in {words}: always no is right more often": above("points, always no - network", ahead(1 / n))
            for n, words in ONE_IN.items()
        },
        f"one nine in {ONE_IN[max(ONE_IN)]}: F1 prefers the network": above(
            "F1, network - always no", of(runs, lambda run: f1_at(run, least))
        ),
    }


def wrong(run: Run, share: float) -> float:
    """The share of wrong answers to "is it a nine?" where this share of the digits are nines."""
    return share * (1 - run.extra["nines"]["found"]) + (1 - share) * run.extra["nines"]["false alarms"]


def f1_at(run: Run, share: float) -> float:
    """F1 of "is it a nine?"; that of always no is 0, as it finds none."""
    found = share * run.extra["nines"]["found"]
    return 2 * found / (found + (1 - share) * run.extra["nines"]["false alarms"] + share)


def mae_parts(runs: list[Run]) -> dict[str, Verdict]:
    def other(get: Callable[[dict], float]) -> list[float | None]:
        return of(runs, lambda run: get(run.extra["other names"]))

    return {
        "of digits as numbers: the same under other names": below(
            "(largest - smallest) / own", other(lambda e: (e["most"] - e["least"]) / (e["own names"] or 1)), LITTLE
        ),
        "of digits as numbers: the better of two networks stays the better": below(
            "share of namings that turn the order", of(runs, lambda run: run.extra["order turned"], PAIRS), SELDOM
        ),
        "of probabilities: the same under other names": exact(
            "deviation", other(lambda e: e["probabilities move"]), ROUNDING
        ),
    }


def draw(figure: Figure, runs: list[Run], found: dict[str, Verdict]) -> None:
    """A table of both precisions, recall and F1, a threshold curve for each digit, and the trap of the rare class."""
    draw_panels(figure, runs, title(found), (NETWORK, PAIRS, ALWAYS_ONE, ALWAYS_NO), wrong)


def title(found: dict[str, Verdict]) -> str:
    """The finding, as the verdict has it."""
    return finding(found["metrics.precision"].parts)


def alt(found: dict[str, Verdict]) -> str:
    """The figure in words, for those who do not see it."""
    return f"{title(found)}. {PANELS}"


def in_torch(data: Data, setting: Setting, seed: int = 0) -> list[float]:
    """The same training as one writes it every day in torch: the loss of each step."""
    widths = [data.train.x.shape[1], *setting.hidden, CLASSES]
    layers = [part for I, O in pairwise(widths) for part in (nn.Linear(I, O), nn.ReLU())]
    model = everyday_torch.begin(nn.Sequential(*layers[:-1]), setting, data, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=setting.lr)
    schedule = everyday_torch.scheduler(optimizer, setting, steps(setting, data))
    return everyday_torch.fit(
        model, nn.functional.cross_entropy, optimizer, everyday_torch.examples(data, setting, seed), schedule
    )
