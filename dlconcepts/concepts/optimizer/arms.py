"""What is compared: seven optimizers at two shared rates and each at its own, and three surfaces."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(64,), batch_size=128, schedule="cosine", epochs=3)
SHOWN = {
    **{"sgd": "SGD", "momentum": "momentum", "nesterov": "Nesterov"},
    **{"adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"},
}
SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW = SHOWN
PLAIN, SCALED = (SGD, MOMENTUM, NESTEROV), (ADAGRAD, RMSPROP, ADAM)  # without decay AdamW is Adam, as on the surfaces
LOW, HIGH, OWN = "rate 0.001", "rate 0.3", "own rate"
RATES = {LOW: 0.001, HIGH: 0.3}  # torch's default of Adam and AdamW, and one that suits momentum
LABELS = {(name, at): f"{shown}, {at}" for at in (LOW, HIGH, OWN) for name, shown in SHOWN.items()}
DECAY = 0.01  # torch's default of AdamW, without which it is Adam
ARMS = {
    label: replace(BASE, optimizer=name, lr=RATES.get(at, 0.1), weight_decay=DECAY * (name == ADAMW))
    for (name, at), label in LABELS.items()
}
# A decade in seven steps for each, around its best of 0.0001, 0.0003, 0.001 ... 3 on two seeds of their own.
COARSE = {SGD: 1.0, MOMENTUM: 0.3, NESTEROV: 0.3, ADAGRAD: 0.03, RMSPROP: 0.003, ADAM: 0.01, ADAMW: 0.01}
STEPS = (0.33, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
TUNED = {LABELS[name, OWN]: ("lr", tuple(float(f"{best * s:.3g}") for s in STEPS)) for name, best in COARSE.items()}
VALLEY, TURNED, BEND = "valley", "turned valley", "Rosenbrock"
