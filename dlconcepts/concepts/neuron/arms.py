"""What is compared: four kinds of units, each with and without biases."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(64,), schedule="cosine")
KINDS = {
    "64 ReLU units": BASE,
    "8 ReLU units": replace(BASE, hidden=(8,)),
    "64 sigmoid units": replace(BASE, activation="sigmoid"),
    "no hidden layer": replace(BASE, hidden=()),
}
WATCHED = "64 ReLU units"  # whose connections are taken away


def without_biases(kind: str) -> str:
    return f"{kind}, no biases"


ARMS = KINDS | {without_biases(kind): replace(setting, bias=False) for kind, setting in KINDS.items()}
GRID = (0.03, 0.1, 0.2, 0.5, 1.0, 2.0)
HIGHER = {  # a sigmoid's slope is at most 1/4, and without hidden layer no unit dies
    "64 sigmoid units": (0.2, 0.5, 1.0, 2.0, 5.0),
    "no hidden layer": (0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
}
TUNED = {name: ("lr", HIGHER.get(kind, GRID)) for kind in KINDS for name in (kind, without_biases(kind))}
ALL_AT_ONCE = "all examples in each step"
