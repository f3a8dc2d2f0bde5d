"""What is compared: networks that differ in nothing but their activation, flat and deep."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(128,), schedule="cosine")  # at a constant rate the last epoch's accuracy is mostly luck
FIRST = {
    "softmax regression": replace(BASE, hidden=(), activation="identity"),
    "linear, 1 hidden": replace(BASE, activation="identity"),
    "linear, 3 hidden": replace(BASE, hidden=(128, 128, 128), activation="identity"),
    "sigmoid": replace(BASE, activation="sigmoid"),
    "tanh": replace(BASE, activation="tanh"),
    "ReLU": replace(BASE, activation="relu"),
}
NAMES = {  # what people call it: its name in our table
    **{"identity": "identity", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "leaky ReLU": "leaky relu"},
    **{"ELU": "elu", "GELU": "gelu", "SiLU": "silu", "softplus": "softplus"},
}
DEPTHS = (2, 6)
# one start for all: weights that keep the size of signals and gradients where the slope is 1
DEEP = replace(BASE, initial="xavier normal", batch_size=128, epochs=3)
CHOICES = {depth: {name: f"{name}, {depth} deep" for name in NAMES} for depth in DEPTHS}
ARMS = FIRST | {
    label: replace(DEEP, hidden=(64,) * depth, activation=NAMES[name])
    for depth, labels in CHOICES.items()
    for name, label in labels.items()
}
WIDE, MIDDLE = (0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0), (0.03, 0.1, 0.3, 1.0, 3.0)
# a slope of 1 everywhere asks for smaller steps, slopes that are small at 0 for larger ones
GRIDS = {"identity": (0.01, 0.03, 0.1, 0.3), "sigmoid": (0.3, 1.0, 3.0, 10.0, 30.0), "softplus": (0.1, 0.3, 1.0, 3.0)}
TUNED = {label: ("lr", WIDE if label in FIRST else GRIDS.get(label.split(",")[0], MIDDLE)) for label in ARMS}
LINEAR = ("linear, 1 hidden", "linear, 3 hidden")
ONE_HIDDEN = {"identity": "linear, 1 hidden", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "ReLU"}
