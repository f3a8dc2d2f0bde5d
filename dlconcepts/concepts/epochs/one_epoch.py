"""What one epoch consists of, counted: how often each example is shown, how many passes and updates that takes."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from ...images.data_set import CLASSES, Data, Split
from ...training import everyday_torch
from ...training.setting import Setting


def counted(setting: Setting, seed: int, n: int) -> dict[str, int]:
    """An epoch of the feed that trains our networks, through a loop of torch whose hooks count.

    Each of the n examples carries its own number as its only pixel. least, most: how often one of them is shown.
    """
    numbers = torch.arange(n, dtype=torch.float64)[:, None]
    split = Split(numbers, torch.zeros(n, dtype=torch.int64))
    data = Data("numbers", "none", split, split, split)
    model = nn.Linear(1, CLASSES, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)  # nothing is learned here
    shown: list[Tensor] = []
    backward, updates = [], []

    def forward_hook(module: nn.Module, args: tuple[Tensor], output: Tensor) -> None:
        shown.append(args[0][:, 0].long())
        output.register_hook(lambda gradient: backward.append(len(gradient)))

    model.register_forward_hook(forward_hook)
    optimizer.register_step_post_hook(lambda *_: updates.append(1))
    batches = everyday_torch.examples(data, replace(setting, epochs=1), seed)
    everyday_torch.fit(model, nn.functional.cross_entropy, optimizer, batches)
    times = torch.cat(shown).bincount(minlength=n)
    return {
        **{"least": int(times.min()), "most": int(times.max())},
        **{"forward": len(shown), "backward": len(backward), "updates": len(updates)},
    }
