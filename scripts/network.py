# %% [markdown]
# # Network: layers, shapes, and what goes through them
#
# A network is layers of units, each layer's outputs the next one's inputs. This lesson builds one that is small enough
# to print: four inputs, hidden layers of 4, 5, 6, 4 and 3 units, three outputs. It sends a digit through, layer by
# layer, tries shapes that it takes and refuses, asks which units hear of which, and then compares deep networks with
# wide ones that have as many parameters.
#
# Run it as a script (`python scripts/network.py`, with `--quick` in seconds) or open it as a notebook, cell by cell.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import network
from dlconcepts.concepts.network.coupling import within_a_layer
from dlconcepts.concepts.shared.small_network import DIGITS, as_in_torch, first_wrong, four_numbers, layers, train_small
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.activation import tanh
from dlconcepts.manual.linear import linear
from dlconcepts.manual.network import unstack
from dlconcepts.manual.softmax import softmax
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv
data = load()
torch.set_printoptions(precision=2, sci_mode=False)

# %% [markdown]
# ## Parameters by layer
#
# The four inputs are the mean brightness of an image's four quarters; the three outputs are for zeros, ones and sixes.
# A layer of O units behind I values has a weight for each pair and a bias for each unit: (I + 1) O numbers. The inputs
# have none. Add up before you read on: how many parameters are there?

# %%
parts, small = four_numbers(data), layers()
stacked, losses = train_small(small, [0], parts["train"])
params = unstack(stacked, 0)
counts = [(W.numel(), b.numel()) for W, b in filter(None, params)]
for name, (weights, biases) in zip([*(f"hidden {i}" for i in range(1, 6)), "outputs"], counts, strict=True):
    print(f"{name:9}{weights:4} weights {biases:2} biases")
print(f"together {sum(w for w, _ in counts)} weights + {sum(b for _, b in counts)} biases = {sum(map(sum, counts))}")

# %% [markdown]
# ## By hand: a digit on its way forward
#
# Each hidden layer is two lines: the weighted sums of all that the layer before hands on, and tanh of the sums. This
# is a digit that the trained network gets wrong. Watch the shapes: one row, as many numbers as the layer has units.

# %%
i = first_wrong(small, params, parts["train"])
h, digit = parts["train"].x[i : i + 1], DIGITS[int(parts["train"].y[i])]
print("inputs  ", h)
*hidden, last = [p for p in params if p]
for W, b in hidden:
    z, _ = linear(h, W, b)
    h, _ = tanh(z)
    print("hidden  ", h)
z, _ = linear(h, *last)
p, _ = softmax(z)
print("outputs ", z)
print("shares  ", ", ".join(f"{of}: {100 * float(share):.0f} %" for of, share in zip(DIGITS, p[0], strict=True)))
print("it is a ", digit)

# %% [markdown]
# ## Is it right?
#
# A torch.nn model with these weights gives the same outputs, loss and gradients on all training digits.

# %%
difference = as_in_torch(small, params, parts["train"])
print(f"largest difference from torch.nn: {difference:.1e}")
assert difference < 1e-12

# %% [markdown]
# ## Which shapes does it take?
#
# Four numbers could be written as (4,), as a row (1, 4), as a column for one sample (1, 4, 1). Each is right in some
# library. torch's Linear wants the last dimension to be the inputs; ours wants rows, always, and says so.

# %%
W, b = params[0]
torchs = torch.nn.Linear(4, 4, dtype=torch.float64)
for shape in [(4,), (1, 4), (1, 4, 1), (100, 4), (100, 4, 1)]:
    for name, call in [("by hand", lambda x: linear(x, W, b)[0]), ("torch.nn.Linear", torchs)]:
        try:
            answer = f"gives {tuple(call(torch.ones(shape, dtype=torch.float64)).shape)}"
        except (ValueError, RuntimeError) as problem:
            answer = f"refuses: {str(problem)[:75]}"
        print(f"{shape!s:12}{name:16}{answer}")

# %% [markdown]
# Beware of one case that torch does not refuse (ours does): a layer with a single input takes (100, 4, 1), and answers
# for 400 examples.
#
# ## Which units of a layer hear of one another?
#
# An activation works unit by unit: the derivative of one unit's output by another's sum is 0. Softmax and layer norm
# look at the whole layer. Here is the share of what moves a unit that comes from the other units of its layer.

# %%
for name, share in within_a_layer(torch.randn(100, 6)).items():
    print(f"{name:12}{100 * share:5.1f} %")

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# `in_torch` is the training loop as one writes it every day. It and ours start from the same weights and see the
# digits in the same order, so their losses agree step by step, up to rounding.

# %%
setting = Setting(hidden=(32, 32), batch_size=128, epochs=1, lr=0.3, initial="he normal", schedule="cosine")
part = data.first(5_000 if QUICK else 20_000)
(run,) = train({"by hand": setting}, [0], part)
(by_torch,) = by_epoch(network.in_torch(part, setting), setting, len(part.train))
print(f"mean training loss of the first epoch: by hand {run.curves['training loss'][0]:.6f}, torch {by_torch:.6f}")
assert abs(run.curves["training loss"][0] - by_torch) < 1e-5

# %% [markdown]
# ## Predict first
#
# Now networks for all ten digits, with one, two, four and eight hidden layers. To be fair, all have as many parameters:
# the deeper, the narrower. Write down: which depth is best with 13,000 parameters, which with 60,000? And what does it
# cost to have eight layers?
#
# And: a network is asked for its answers in the mode in which it learns, and in the mode in which it is used. For which
# of plain, dropout, batch norm and layer norm do answers differ?

# %%
record = gallery.run("network", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/network.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing; these are the verdicts of the committed record, with all images and ten seeds. Look at the
# conditional ones: (1, 4, 1) is the shape of a column on paper and of a convolution's channels, not of a fully
# connected layer; softmax and layer norm couple a layer's units, by a formula and not by weighted connections, which
# within a layer belong to recurrent networks; and a forward pass is inference unless dropout or batch norm is in it.
# More parameters help at every depth. More layers with as many parameters do not, in so short a training by plain
# gradient descent: this is no law of depth.

# %%
print(summary(read(FOLDER / "network.json")))

# %% [markdown]
# ## Try it
#
# 1. Do deep networks only need more time? `dlconcepts run network --quick --epochs 10`
# 2. Or steps that are easier to take? `dlconcepts run network --quick --set "normalization=batch norm"`: look at eight
#    layers. The arms called plain and dropout have it then, too.
# 3. In `dlconcepts/concepts/shared/small_network.py` change `WIDTHS`, then run this lesson again: can three digits be
#    told apart with fewer parameters?
