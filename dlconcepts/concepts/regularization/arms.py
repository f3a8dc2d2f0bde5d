"""What is compared: eight ways against over-fitting and none, and two kinds of L1 steps."""

from dataclasses import replace

from ...training.setting import Setting

BASE = Setting(hidden=(128,), examples=1_000, batch_size=50, epochs=24, schedule="cosine", lr=0.5)
STRONG = 0.001  # an L1 penalty that leaves most weights no use
WAYS = {
    "L1": replace(BASE, l1=3e-4),
    "L2": replace(BASE, l2=3e-3),
    "elastic net": replace(BASE, l1=1e-4, l2=1.5e-3),
    "weight decay": replace(BASE, weight_decay=3e-3),
    "early stopping": replace(BASE, patience=5),
    "dropout": replace(BASE, dropout=0.5),
    "label smoothing": replace(BASE, label_smoothing=0.2),
    "shifted images": replace(BASE, shift=1),
}
PLAIN, PROXIMAL = "strong L1, plain steps", "strong L1, proximal steps"
ARMS = {
    "none": BASE,
    **WAYS,
    PLAIN: replace(BASE, l1=STRONG),
    PROXIMAL: replace(BASE, proximal_l1=STRONG),
}
SQUARES, SHARES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2), (0.1, 0.2, 0.35, 0.5, 0.7)
TUNED = {
    "none": ("lr", (0.1, 0.2, 0.5, 1.0, 2.0)),  # a test holds the others to what is found here
    "L1": ("l1", (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)),
    "L2": ("l2", SQUARES),
    "elastic net": ("l1", (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)),
    "weight decay": ("weight_decay", SQUARES),
    "dropout": ("dropout", SHARES),
    "label smoothing": ("label_smoothing", SHARES),
    "shifted images": ("shift", (1, 2, 3)),
}
LAMBDA = 0.01  # any will do where formulas are compared
