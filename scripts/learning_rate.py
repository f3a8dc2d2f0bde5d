# %% [markdown]
# # Learning rate: how large should a step be?
#
# The gradient says in which direction the loss falls fastest; it does not say how far. The *learning rate* does. This
# lesson shows on a parabola where too far begins, predicts the same limit for softmax regression at its minimum, and
# then trains one network at nine rates.
#
# Run it as a script (`python scripts/learning_rate.py`, with `--quick` in seconds) or open it as a notebook.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import learning_rate
from dlconcepts.concepts.learning_rate.arms import DECAY, SMALL
from dlconcepts.concepts.learning_rate.edge_of_stability import edge_at_minimum
from dlconcepts.concepts.shared.curvature import flat, softmax_product
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.cross_entropy import cross_entropy, cross_entropy_backward
from dlconcepts.manual.linear import linear, linear_backward
from dlconcepts.manual.optimizer import sgd
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv
data = load()

# %% [markdown]
# ## By hand
#
# A step is p - lr dp. On the parabola c w^2 / 2 the gradient is c w, so a step multiplies w by 1 - lr c. With curvature
# c = 4 the step is perfect at lr = 1/4; up to 2/4 it overshoots and still comes nearer; beyond, each step ends farther
# away than the last.

# %%
c = 4.0
for lr in [0.1, 0.25, 0.45, 0.5, 0.55]:
    w = torch.ones(1, dtype=torch.float64)
    for _ in range(20):
        w, _ = sgd(w, c * w, (), lr=lr)
    print(f"lr {lr:<5} after 20 steps |w| = {float(w.abs()):.2e}")

# %% [markdown]
# ## Is it right?
#
# A network's loss has a gradient and, in place of one curvature c, a matrix of them: the Hessian. Both by hand, here
# for softmax regression, and both against torch.autograd: the gradient, and the Hessian times a random direction.

# %%
x, y = data.train.x[:50].double(), data.train.y[:50]
W, b, v = (torch.randn(shape, dtype=torch.float64) / 10 for shape in [(784, 10), (10,), (1, 7850)])
z, saved = linear(x, W, b)
loss, of_loss = cross_entropy(z, y)
dloss = torch.randn_like(loss)
(dz,) = cross_entropy_backward(dloss, *of_loss)
_, weights, biases = linear_backward(dz, *saved)


def by_torch(W, b):
    return torch.nn.functional.cross_entropy(x @ W + b, y)


expected = torch.autograd.functional.jacobian(by_torch, (W, b))
_, bent = torch.autograd.functional.hvp(by_torch, (W, b), (v[0, :7840].view(784, 10), v[0, 7840:]))
ours = softmax_product([(W[None], b[None])], x[None], v)
by_autograd = [dloss * of_one for of_one in expected]
differences = [max(float((a - b).abs().max()) for a, b in zip((weights, biases), by_autograd, strict=True))]
differences += [float((ours - flat([tuple(part[None] for part in bent)])).abs().max())]
print(f"largest difference from autograd: gradient {differences[0]:.1e}, Hessian product {differences[1]:.1e}")
assert max(differences) < 1e-13

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# In everyday code the learning rate is an argument of the optimizer, and a scheduler changes it after each step. Ours
# is a plain function of the step. Both start from the same weights and see the digits in the same order.

# %%
setting = Setting(hidden=(64,), batch_size=128, epochs=2, lr=0.3, schedule="one-cycle")
part = data.first(5_000 if QUICK else 20_000)
(run,) = train({"by hand": setting}, [0], part)
theirs = by_epoch(learning_rate.in_torch(part, setting), setting, len(part.train))
for epoch, (a, b) in enumerate(zip(run.curves["training loss"], theirs, strict=True), start=1):
    print(f"mean training loss of epoch {epoch}: by hand {a:.6f}, torch {b:.6f}")
    assert abs(a - b) < 1e-5

# %% [markdown]
# ## Predict first
#
# A softmax regression is trained to its minimum. There the Hessian's largest eigenvalue gives a prediction, made
# before any rate is tried: the edge, 2 / eigenvalue. Then the weights are pushed a millionth off the minimum and
# descend again, once a little below the edge and once a little above. Write down for both: where are they after 300
# steps?

# %%
ratios = (0.98, 1.02)
found = edge_at_minimum(SMALL, 0, data.train, DECAY, ratios, 300)
print(f"predicted edge: learning rate {found['edge']:.4f}")
for ratio, growth in zip(ratios, found["growth"], strict=True):
    print(f"at {ratio} of it, 300 steps later: {growth:.1e} times as far from the minimum")

# %% [markdown]
# And a network of ReLU units, trained in batches at rates from .001 to 10: at which does it learn most? What becomes of
# it at ten times that rate? Will a schedule help, and does it help at the same highest rate or only at its own?

# %%
record = gallery.run("learning_rate", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/learning_rate.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing; these are the verdicts of the committed record, with all images and ten seeds. Look for
# what flips: the edge is exact at a minimum, but a ReLU network's curvature changes as it trains: at rates well below
# the edge of its first weights the loss rises, and there the curvature has grown past what that rate allows. At the
# same peak no schedule beats a constant rate in so few epochs. At their own peaks, see which ones gain: what do they
# share?

# %%
print(summary(read(FOLDER / "learning_rate.json")))

# %% [markdown]
# ## Try it
#
# 1. A unit of tanh is never silent, but it can saturate: `dlconcepts run learning_rate --quick --set activation=tanh`.
#    What happens at rate 3 now?
# 2. Momentum adds steps up: `dlconcepts run learning_rate --quick --set optimizer=momentum`. Where is the best rate?
# 3. `dlconcepts run learning_rate --quick --set "normalization=batch norm"`: which rates have become usable?
