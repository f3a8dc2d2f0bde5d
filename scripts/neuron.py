# %% [markdown]
# # A neuron: inputs, weights, a bias
#
# A neuron multiplies each input by a weight, adds the products and its bias, and passes the sum through a function.
# That is all. This lesson does it by hand, checks the slopes against autograd, and then asks what weights tell: takes
# single connections away, and a thousand at once, and trains with and without biases.
#
# Run it as a script (`python scripts/neuron.py`, with `--quick` in seconds) or open it as a notebook, cell by cell.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import neuron
from dlconcepts.concepts.neuron.single_units import by_hand
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.activation import relu
from dlconcepts.manual.linear import linear, linear_backward
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv

# %% [markdown]
# ## By hand
#
# Four inputs, four weights, one bias: 0.5 - 0.4 + 0 + 0.3 and the bias 0.1.

# %%
x, w, b = [1.0, 2.0, 0.0, 3.0], [0.5, -0.2, 0.9, 0.1], 0.1
z = by_hand(x, w, b)
h, _ = relu(torch.tensor([[z]]))
print(f"sum {z:.1f}, after ReLU {float(h):.1f}; with all inputs 0 the sum is the bias: {by_hand([0.0] * 4, w, b)}")

# %% [markdown]
# ## Is it right?
#
# A layer is many neurons side by side: one matrix product. The slope of the sum by an input is the weight, by a weight
# the input, by the bias 1. torch.autograd agrees, on random numbers and with a random gradient from above.

# %%
X, W, B = (torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in [(5, 4), (4, 3), (3,)])
Z, saved = linear(X.detach(), W.detach(), B.detach())
dz = torch.randn(5, 3, dtype=torch.float64)
expected = torch.autograd.grad(torch.nn.functional.linear(X, W.mT, B), (X, W, B), dz)
found = linear_backward(dz, *saved)
for name, ours, theirs in zip(("input", "weights", "biases"), found, expected, strict=True):
    print(f"{name:7}: largest difference from autograd {float((ours - theirs).abs().max()):.1e}")
    assert (ours - theirs).abs().max() < 1e-14

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# Thirty-two neurons and ten more behind them, without biases, once by hand and once with nn.Linear(bias=False).

# %%
data = load().first(5000, 2000)
setting = Setting(hidden=(32,), bias=False, epochs=2, lr=0.3, schedule="cosine")
(run,) = train({"by hand": setting}, [0], data)
theirs = by_epoch(neuron.in_torch(data, setting), setting, 5000)
for epoch, (ours, their) in enumerate(zip(run.curves["training loss"], theirs, strict=True), start=1):
    print(f"epoch {epoch}: training loss by hand {ours:.6f}, torch {their:.6f}")
    assert abs(ours - their) < 1e-4

# %% [markdown]
# ## Predict first
#
# 64 neurons look at 784 pixels: 50,000 connections. Write down: how many can be cut, smallest first, before a point of
# accuracy is lost? How many, largest first? Does a network get worse without biases? And after how many of a hundred
# steps is the loss on all digits higher than before?

# %%
record = gallery.run("neuron", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/neuron.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing, so the run above says "not judged". These are the verdicts of the committed record, with
# all images and ten seeds. At the border of the image are 67 pixels that no training digit lights. Their weights get no
# gradient and keep the numbers that they began with, about a third as large as the others. In the figure's picture of
# trained weights they look white, since its scale is many times that of the first.

# %%
print(summary(read(FOLDER / "neuron.json")))

# %% [markdown]
# ## Try it
#
# 1. A penalty on weights: `dlconcepts run neuron --quick --set l1=0.0003`. How many connections can go then?
# 2. First weights of another size: `dlconcepts run neuron --quick --set "initial=he normal"`. What happens to the
#    border of the pictures?
# 3. Two neurons: `dlconcepts run neuron --quick --set hidden=2`. Is a bias worth more where neurons are few? (All arms
#    then have two, whatever their labels say.)
