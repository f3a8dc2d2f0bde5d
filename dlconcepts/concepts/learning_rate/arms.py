"""What is compared: nine rates, seven schedules, and rates around the edge of stability."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(64,), batch_size=128, epochs=3)
PEAK = 0.3  # the rate that all schedules share, and the one that a tenth of it is held against
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BOWL = {rate: f"rate {rate:g}" for rate in RATES}
PATIENT = "rate 0.03, 10 times the epochs"
CHANGING = ("step", "exponential", "cosine", "warm-up", "warm-up cosine", "one-cycle")
SHARED = {"constant": BOWL[PEAK]} | {name: f"{name}, same peak" for name in CHANGING}
OWN = {name: f"{name}, own peak" for name in ("constant", *CHANGING)}
ARMS = {
    **{label: replace(BASE, lr=rate) for rate, label in BOWL.items()},
    PATIENT: replace(BASE, lr=PEAK / 10, epochs=10 * BASE.epochs),
    **{SHARED[name]: replace(BASE, lr=PEAK, schedule=name) for name in CHANGING},
    **{label: replace(BASE, schedule=name) for name, label in OWN.items()},
}
TUNED = dict.fromkeys(OWN.values(), ("lr", (0.3, 0.45, 0.6, 0.85, 1.2, 1.7, 2.4)))
DIGITS, DECAY = 100, 0.1  # the training sets of the edge: small, and with a minimum that exists
SMALL = replace(BASE, hidden=(), examples=DIGITS)
RATIOS, STEPS = (0.8, 0.9, 0.98, 1.02, 1.1, 1.2), 300  # learning rate over predicted edge; steps until one looks
FIRST = (0.01, 0.1, 1.0)  # the rates of a first step
