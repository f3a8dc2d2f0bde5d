# %% [markdown]
# # Normalization: numbers on one scale
#
# A weight is multiplied by the number that meets it, and so is the weight's slope. Pixels from 0 to 255 therefore push
# the first layer 255 times as hard as pixels from 0 to 1. This lesson scales pixels by hand and back again, writes
# layer norm and batch norm, checks their gradients against torch, and asks what is left of the gain once every form
# of the pixels gets a learning rate of its own.
#
# Run it as a script (`python scripts/normalization.py`, with `--quick` in seconds) or open it as a notebook.

# %%
import sys

import torch
from torch.nn import functional

from dlconcepts import gallery
from dlconcepts.concepts import normalization
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.normalization import batch_norm, batch_norm_backward, layer_norm, layer_norm_backward
from dlconcepts.manual.scaling import (
    min_max,
    min_max_fit,
    min_max_inverse,
    quantile,
    quantile_fit,
    standard,
    standard_fit,
)
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv

# %% [markdown]
# ## By hand: three ways to scale, and one bad reading
#
# Min-max scaling sends the smallest value to 0 and the largest to 1. Standardization subtracts the mean and divides by
# the standard deviation. Quantiles keep nothing but the order. Here is a feature with one bad reading at its end: look
# where each way puts the other values. Min-max and standardization can be undone exactly, after quantiles between known
# values only: here min-max is undone.

# %%
x = torch.tensor([[1.0], [2.0], [3.0], [4.0], [100.0]], dtype=torch.float64)
fit = min_max_fit(x)
print("min-max     ", [round(v, 3) for v in min_max(x, fit).flatten().tolist()])
print("standardized", [round(v, 3) for v in standard(x, standard_fit(x)).flatten().tolist()])
print("quantiles   ", [round(v, 3) for v in quantile(x, quantile_fit(x, 5)).flatten().tolist()])
assert (min_max_inverse(min_max(x, fit), fit) - x).abs().max() < 1e-13

# %% [markdown]
# ## Inside the network, and is it right?
#
# Batch norm standardizes each unit over the examples of a batch, layer norm each example over its units. Both then
# scale by gamma and shift by beta, which are learned. In their backward, mean and variance pass gradients on as well:
# dx = (dxhat - mean(dxhat) - xhat mean(dxhat xhat)) / s. torch.autograd has to find the same.

# %%
x, dy = torch.randn(2, 32, 8, dtype=torch.float64)
gamma, beta = torch.randn(2, 8, dtype=torch.float64)
for ours, backward, theirs in [
    (layer_norm, layer_norm_backward, lambda x, g, b: functional.layer_norm(x, (8,), g, b)),
    (batch_norm, batch_norm_backward, lambda x, g, b: functional.batch_norm(x, None, None, g, b, training=True)),
]:
    leaves = [t.clone().requires_grad_() for t in (x, gamma, beta)]
    expected = torch.autograd.grad(theirs(*leaves), leaves, dy)
    _, saved = ours(x, gamma, beta)
    difference = max(float((a - b).abs().max()) for a, b in zip(backward(dy, *saved), expected, strict=True))
    print(f"{ours.__name__} largest difference from autograd {difference:.1e}")
    assert difference < 1e-12

# %% [markdown]
# ## A batch of one
#
# One example has no spread over the batch. Batch norm says so; layer norm has its units to go by.

# %%
try:
    batch_norm(x[:1], gamma, beta)
except ValueError as refusal:
    print("batch norm:", refusal)
print("layer norm:", [round(v, 2) for v in layer_norm(x[:1], gamma, beta)[0].flatten().tolist()])

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# With nn.BatchNorm1d, autograd and torch.optim, from the same weights and in the same order of digits.

# %%
data = load()
setting = Setting(hidden=(128,), normalization="batch norm", epochs=1, lr=0.2)
part = data.first(5_000 if QUICK else 20_000)
(run,) = train({"by hand": setting}, [0], part)
(by_torch,) = by_epoch(normalization.in_torch(part, setting), setting, len(part.train))
print(f"mean training loss of the first epoch: by hand {run.curves['training loss'][0]:.6f}, torch {by_torch:.6f}")
assert abs(run.curves["training loss"][0] - by_torch) < 1e-4
print(f"test accuracy by hand: {100 * run.final['test accuracy']:.2f} %")

# %% [markdown]
# ## Predict first
#
# One epoch with pixels from 0 to 255, from 0 to 1, and standardized: all at a learning rate of 0.1, all at 0.001, and
# each at its own best one. Write down by how many points 0 to 1 beats 0 to 255, three times. And if one training image
# in a hundred has eight pixels that read 16 times white: which scaling suffers, min-max, standardization or quantiles?

# %%
record = gallery.run("normalization", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/normalization.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing, so the run above says "not judged". These are the verdicts of the committed record, with
# all images and ten seeds. Compare the rates of each form: they are the condition under which the gain shrinks or turns
# into a loss.

# %%
print(summary(read(FOLDER / "normalization.json")))

# %% [markdown]
# ## Try it
#
# 1. More time for all: `dlconcepts run normalization --quick --set epochs=3`. What is left of the differences?
# 2. A rate in between, for all: `dlconcepts run normalization --quick --set lr=0.01`. Which form of the pixels wins?
# 3. In `dlconcepts/manual/normalization.py` drop `- dxhat.mean(dim, keepdim=True)`, then `dlconcepts verify`.
