# %% [markdown]
# # Activation: what bends a network, and can we do without?
#
# A unit adds up its weighted inputs and hands the sum to its *activation function*. This lesson writes three of these
# functions and their slopes by hand, checks the slopes against torch, trains with them on MNIST, and takes the
# activation away to see what is lost.
#
# Run it as a script (`python scripts/activation.py`, with `--quick` in seconds) or open it as a notebook, cell by cell.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import activation
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.activation import relu, relu_backward, sigmoid, sigmoid_backward, tanh, tanh_backward
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv

# %% [markdown]
# ## By hand
#
# Each function returns its value and what its backward needs. The backward gets `dy`, the gradient that arrives from
# above, and multiplies it by the local slope: that product is the chain rule. For the sigmoid, dx = dy y (1 - y).

# %%
x = torch.tensor([-2.0, 0.0, 3.0], dtype=torch.float64)
y, saved = sigmoid(x)
dy = torch.tensor([1.0, -0.5, 2.0], dtype=torch.float64)
(dx,) = sigmoid_backward(dy, *saved)
print("sigmoid", y.tolist())
print("its dx ", dx.tolist())

# %% [markdown]
# ## Is it right?
#
# torch.autograd finds the same gradient on its own. The upstream gradient is random: with ones, some wrong backwards
# would pass.

# %%
x = torch.randn(1000, dtype=torch.float64, requires_grad=True)
dy = torch.randn(1000, dtype=torch.float64)
for ours, backward, theirs in [
    (sigmoid, sigmoid_backward, torch.sigmoid),
    (tanh, tanh_backward, torch.tanh),
    (relu, relu_backward, torch.relu),
]:
    (expected,) = torch.autograd.grad(theirs(x), x, dy)
    _, saved = ours(x.detach())
    (dx,) = backward(dy, *saved)
    difference = float((dx - expected).abs().max())
    print(f"{ours.__name__:8} largest difference from autograd {difference:.1e}")
    assert difference < 1e-13

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# `in_torch` is the training loop as one writes it every day: nn.Linear, autograd, torch.optim. Ours uses the
# hand-written backward. Both start from the same weights and see the digits in the same order, so their losses agree
# step by step, up to rounding.

# %%
data = load()
setting = Setting(hidden=(128,), activation="relu", epochs=1, lr=0.2)
part = data.first(5_000 if QUICK else 20_000)
(run,) = train({"by hand": setting}, [0], part)
losses = activation.in_torch(part, setting)
(by_torch,) = by_epoch(losses, setting, len(part.train))
print(f"mean training loss of the first epoch: by hand {run.curves['training loss'][0]:.6f}, torch {by_torch:.6f}")
assert abs(run.curves["training loss"][0] - by_torch) < 1e-5
print(f"test accuracy by hand: {100 * run.final['test accuracy']:.2f} %")

# %% [markdown]
# ## Predict first
#
# Six networks differ in nothing but their activation and depth, each at its own best learning rate. Three of them have
# no activation at all: no hidden layer, one, and three. Write down: which of the three is best, and by how many points
# does ReLU beat it?
#
# Then nine activations, with two hidden layers and with six, again each at its own best rate. A gradient on its way to
# the first layer is multiplied by the slope of every activation it passes: the sigmoid's is at most a quarter. Which of
# the nine will not learn with six layers? And does it matter whether the others are smooth or have a kink?

# %%
record = gallery.run("activation", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/activation.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing, so the run above says "not judged". These are the verdicts of the committed record, with
# all images and ten seeds. A conditional verdict names the conditions that disagree.

# %%
print(summary(read(FOLDER / "activation.json")))

# %% [markdown]
# ## Try it
#
# 1. A far deeper linear network: `dlconcepts run activation --quick --set hidden=64,64,64,64,64`. All arms then have
#    five hidden layers, whatever their labels say; look at the three linear ones.
# 2. Much too fast: `dlconcepts run activation --quick --set lr=30`. Which activations survive, and why?
# 3. In `dlconcepts/manual/activation.py` change `(1 + e)` to `(2 + e)` in `sigmoid_backward`, then `dlconcepts verify`.
