# %% [markdown]
# # Epochs: how long should a network train?
#
# An epoch is one round through all training examples. This lesson counts what a round consists of, writes early
# stopping by hand, trains on 1,000 digits until every one of them is known by heart, and looks at what that does to
# digits that the network has never seen.
#
# Run it as a script (`python scripts/epochs.py`, with `--quick` in seconds) or open it as a notebook, cell by cell.

# %%
import sys
from math import ceil

import torch

from dlconcepts import gallery
from dlconcepts.concepts import epochs
from dlconcepts.concepts.epochs.one_epoch import counted
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv

# %% [markdown]
# ## By hand: what is in an epoch?
#
# N examples in batches of B make ceil(N / B) batches, the last one maybe smaller. Each batch is one forward pass, one
# backward pass and one update. torch's hooks count them, on the feed that trains the networks below.

# %%
for B in (64, 300, 1000):
    found = counted(Setting(batch_size=B), 0, 1000)
    print(f"batches of {B:4}: ceil(1000 / {B}) = {ceil(1000 / B):2}, counted {found}")
    assert found["updates"] == ceil(1000 / B)

# %% [markdown]
# ## Is it right?
#
# What an epoch repeats is the slope of the loss. For cross-entropy it is softmax(z) less the one-hot target, divided by
# the size of the batch; torch.autograd agrees. For one example it is never exactly 0: where every example is right, a
# little more confidence still lowers the loss. There is no finite minimum, and the weights go on growing, ever more
# slowly.

# %%
z, y = torch.randn(64, 10, dtype=torch.float64, requires_grad=True), torch.randint(10, (64,))
dloss = torch.randn((), dtype=torch.float64)
(expected,) = torch.autograd.grad(torch.nn.functional.cross_entropy(z, y), z, dloss)
_, saved = cross_entropy(z.detach(), y)
dz = cross_entropy_backward(dloss, *saved)[0]
print(f"largest difference from autograd {float((dz - expected).abs().max()):.1e}")
assert (dz - expected).abs().max() < 1e-15

# %% [markdown]
# ## Early stopping, by hand
#
# Keep the epoch with the lowest validation loss; give up after `patience` epochs without a lower one.


# %%
def stop(losses, patience):
    """The epoch to keep and the epoch at which training ends, from 1."""
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[best] else best
        if epoch - best >= patience:
            return best + 1, epoch + 1
    return best + 1, len(losses)


print(stop([0.9, 0.6, 0.5, 0.55, 0.52, 0.6, 0.4], patience=3), "and with more patience", end=" ")
print(stop([0.9, 0.6, 0.5, 0.55, 0.52, 0.6, 0.4], patience=4))

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# A thousand digits, a few epochs, once by hand and once with nn.Linear, autograd and torch.optim.

# %%
data = load()
setting = Setting(hidden=(128,), examples=1000, epochs=5, lr=0.3)
(run,) = train({"by hand": setting}, [0], data)
theirs = by_epoch(epochs.in_torch(data, setting), setting, 1000)
for epoch, (a, b) in enumerate(zip(run.curves["training loss"], theirs, strict=True), start=1):
    print(f"epoch {epoch}: training loss by hand {a:.6f}, torch {b:.6f}")
    assert abs(a - b) < 1e-4

# %% [markdown]
# ## Predict first
#
# A hundred epochs on 1,000 digits, and twenty on all of them. Write down: will the network know its thousand digits by
# heart? What happens to the loss on test digits after the best epoch, and what to the accuracy? Does early stopping
# give the more accurate network?

# %%
record = gallery.run("epochs", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/epochs.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing, so the run above says "not judged". These are the verdicts of the committed record, with
# all images and ten seeds. "Worse" depends on the measure: compare the test loss with the test accuracy.

# %%
print(summary(read(FOLDER / "epochs.json")))

# %% [markdown]
# ## Try it
#
# 1. A tenth of the rate: `dlconcepts run epochs --quick --set lr=0.03`. Does the loss still turn within 100 epochs?
# 2. A rate that falls to 0: `dlconcepts run epochs --quick --set schedule=cosine`. Do the weights settle?
# 3. Fewer examples: `dlconcepts run epochs --quick --set examples=200`. By how much does the test
#    loss rise? (All arms then have 200 digits, whatever their labels say.)
