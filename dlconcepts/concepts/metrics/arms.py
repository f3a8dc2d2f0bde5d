"""What is compared: a network, its repetition, and two answers that are of no use."""

from ...training.setting import Setting

NETWORK, AGAIN = "network", "network again"
ARMS = {NETWORK: Setting(hidden=(32,), lr=0.2, schedule="cosine", epochs=3)}
TUNED: dict[str, tuple[str, tuple[float, ...]]] = {}  # one kind of network, compared with answers that learn nothing
MORE = {NETWORK: 1}  # each is trained twice, from another start and in another order
PAIRS, ALWAYS_ONE, ALWAYS_NO = "two trainings", "always 1", "always no"
