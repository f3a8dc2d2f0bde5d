# %% [markdown]
# # Back-propagation: what has this weight to do with the loss?
#
# The loss is one number, made of thousands of others. To bring it down, one must know for each weight: if it were a
# little larger, would the loss rise or fall, and how fast? That is the weight's *gradient*, and the chain rule finds
# all of them in one walk from the loss back to the first layer. This lesson follows one digit through a small network,
# number by number, forward and back; checks the result in three ways; and trains with it.
#
# Run it as a script (`python scripts/backprop.py`, with `--quick` in seconds) or open it as a notebook, cell by cell.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import backprop
from dlconcepts.concepts.backprop.all_paths import paths, strongest, summed, way
from dlconcepts.concepts.backprop.finite_differences import errors
from dlconcepts.concepts.shared.curvature import flat
from dlconcepts.concepts.shared.every_number import values_and_slopes
from dlconcepts.concepts.shared.small_network import DIGITS, first_wrong, four_numbers, layers, train_small
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.activation import tanh, tanh_backward
from dlconcepts.manual.backprop import backward, forward
from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.manual.linear import linear, linear_backward
from dlconcepts.manual.network import unstack
from dlconcepts.training.gradients import autograd, manual
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv
data = load()
torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# ## One digit, forward
#
# The network: four inputs (how bright are the quarters of the image?), hidden layers of 4, 5, 6, 4 and 3 units with
# tanh, three outputs for the digits 0, 1 and 6. It is trained, and this is a digit that it gets wrong: there is
# something to learn. We stop before the last two layers, which come number by number.

# %%
parts, network = four_numbers(data), layers()
stacked, _ = train_small(network, [0], parts["train"])
params = unstack(stacked, 0)
i = first_wrong(network, params, parts["train"])
x, y = parts["train"].x[i : i + 1], parts["train"].y[i : i + 1]
*_, (V, c), (W, b) = [p for p in params if p]
h4, _ = forward(network[:8], params[:8], x)
z5, _ = linear(h4, V, c)
h5, _ = tanh(z5)
z, _ = linear(h5, W, b)
loss, saved = cross_entropy(z, y)
print("hidden 4 hands on", h4[0])
print("hidden 5 hands on", h5[0])
print("the outputs are  ", z[0])
print("their shares     ", z[0].softmax(0), f"for the digits {DIGITS}")
print(f"it is a {DIGITS[int(y)]}, so the loss is -log of that share: {float(loss):.4f}")

# %% [markdown]
# ## One digit, back: four steps to one weight
#
# The weight from unit a of hidden 4 to unit b of hidden 5: what is its gradient? Go from the loss to it.
#
# 1. How does the loss change with each output's sum? For cross-entropy: its share, less 1 for the right digit.
# 2. Unit b feeds all three outputs. What it hands on matters through each of them: the sum of weight times gradient.
# 3. Between unit b's sum and its activation is tanh, whose derivative is 1 - h^2: multiply.
# 4. The sum grows by h_a where the weight grows by 1: multiply by what unit a hands on.

# %%
_, parts_of_loss, _ = manual(network, params, x, y)
*_, (dv, dc), (dw, db) = [dp for dp in parts_of_loss if dp]
a, of_b = divmod(int(dv.abs().argmax()), dv.shape[1])
p = z[0].softmax(0)
dz = [float(p[k]) - (k == int(y)) for k in range(3)]
print("1. dz  =", ", ".join(f"{slope:+.4f}" for slope in dz))
products = [float(W[of_b, k]) * dz[k] for k in range(3)]
print("2. dh  =", " + ".join(f"({float(W[of_b, k]):.4f})({dz[k]:.4f})" for k in range(3)), f"= {sum(products):.4f}")
bend = 1 - float(h5[0, of_b]) ** 2
print(f"3. dz5 = {sum(products):.4f} x (1 - {float(h5[0, of_b]):.4f}^2) = {sum(products) * bend:.4f}")
one = float(h4[0, a]) * sum(products) * bend
print(f"4. dw  = {float(h4[0, a]):.4f} x {sum(products) * bend:.4f} = {one:.4f}")

# %% [markdown]
# ## The same with matrices
#
# A layer's backward gets the gradient by its output and returns that by its input; linear layers give dW and db, too.
# Four calls do for all weights of both layers what the four steps did for one. Then `backward` does it for the whole
# network.

# %%
(dz,) = cross_entropy_backward(torch.ones_like(loss), *saved)
dh5, own_dw, own_db = linear_backward(dz, h5, W)
(dz5,) = tanh_backward(dh5, z5)
dh4, own_dv, own_dc = linear_backward(dz5, h4, V)
print("dV of hidden 5:\n", own_dv)
print(f"the weight of above: {float(own_dv[a, of_b]):.4f}")
assert abs(float(own_dv[a, of_b]) - one) < 1e-12
value, tape = forward(network, [*params, (y,)], x)
dx, found = backward(network, tape, torch.ones_like(value))
print("gradients by the four inputs, at the end of the way back:", dx[0])

# %% [markdown]
# ## Is it right? Three ways to know
#
# First, torch.autograd. Second, the chain rule without cleverness: a weight of the first layer reaches the loss on
# 1,080 paths, each a product of twelve numbers; their sum is its gradient. Back-propagation adds up behind each unit
# once, so it needs no list of paths. Third, no chain rule at all: change a parameter by h and look at the loss.

# %%
_, theirs, _ = autograd(network, params, x, y)
pairs = [
    (ours, other) for mine, others in zip(found, theirs, strict=False) for ours, other in zip(mine, others, strict=True)
]
print(f"largest difference from autograd: {max(float((ours - other).abs().max()) for ours, other in pairs):.1e}")
all_paths = paths(way(network, params, *values_and_slopes(network, params, x, y), 0), 0)
print(f"{len(all_paths)} paths, their sum {summed(all_paths):.6f}, by back-propagation {float(found[0][0][0, 0]):.6f}")
print(f"the strongest path alone: {strongest(all_paths).product():+.6f}")
gradient = flat([tuple(dp[None] for dp in layer) for layer in found])[0]
steps = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12]
print("   step h   error of central differences")
for h, error in zip(steps, errors(network, params, x, y, gradient, steps, central=True), strict=True):
    print(f"{h:9.0e}   {error:.0e}")
assert max(float((ours - other).abs().max()) for ours, other in pairs) < 1e-12

# %% [markdown]
# A hundred times smaller a step, ten thousand times smaller an error: so it goes down to about 1e-5. Then it goes up
# again: two losses that agree in ten digits have only six left in their difference.
#
# ## The same in torch.nn, on MNIST
#
# `in_torch` is the training loop as one writes it every day, with autograd. Ours subtracts gradients found by hand. A
# thousand steps from the same weights, on the same digits in the same order:

# %%
setting = Setting(hidden=(32,), batch_size=32, steps=200 if QUICK else 1000, lr=0.1)
part = data.first(5_000 if QUICK else 20_000)
(by_us,) = train({"by hand": setting}, [0], part, gradients="manual")
(by_them,) = train({"autograd": setting}, [0], part, gradients="autograd")
losses = backprop.in_torch(part, setting)
print(f"test accuracy by hand {100 * by_us.final['test accuracy']:.2f} %, by autograd", end=" ")
print(f"{100 * by_them.final['test accuracy']:.2f} %; torch's last loss {losses[-1]:.6f}")
assert abs(by_us.final["test loss"] - by_them.final["test loss"]) < 1e-4

# %% [markdown]
# ## Predict first
#
# 1. Two networks have exactly the same gradient in their last layer. Have they the same one in the layer before?
# 2. Take the gradient itself from each weight, with no learning rate: what becomes of one hidden layer, of four, and
#    of one whose inputs go from 0 to 255?
# 3. A network of 136 parameters takes 1,000 steps on all of 300 digits, from ten different starts. Do all end at the
#    same loss? Would softmax regression?

# %%
record = gallery.run("backprop", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/backprop.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing; these are the verdicts of the committed record, with all images and ten seeds. What
# travels back from layer to layer is the gradient by activations, not the gradient by weights: two networks, with other
# weights, can share the last layer's weight gradient and have other ones before. And a minimum is where the gradient
# vanishes. After 2 epochs, or 1,000 steps, only softmax regression has come near one, the same from every start: it is
# convex, and its rate was ten times the small network's.

# %%
print(summary(read(FOLDER / "backprop.json")))

# %% [markdown]
# ## Try it
#
# 1. Write it yourself: `dlconcepts practice linear`, then `dlconcepts check` on your file.
# 2. The whole experiment with autograd in place of our gradients:
#    `dlconcepts run backprop --quick --gradients autograd`. Which numbers change, and in which digit?
# 3. In `dlconcepts/manual/activation.py` change `4 * e` to `2 * e` in `tanh_backward` and run this lesson again:
#    which line notices first?
