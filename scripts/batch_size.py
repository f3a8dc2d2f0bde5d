# %% [markdown]
# # Batch size: how many examples before each change of the weights?
#
# A network could look at one digit, change its weights, and look at the next. Or it could look at all of them first.
# What lies between is a *mini-batch*, and the number of its examples is the *batch size*. This lesson takes a gradient
# apart into those of its examples, watches the noise of small batches, and asks which size learns best.
#
# Run it as a script (`python scripts/batch_size.py`, with `--quick` in seconds) or open it as a notebook, cell by cell.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import batch_size
from dlconcepts.concepts.batch_size.gradient_noise import drawn_rows, gradients, relative_noise
from dlconcepts.concepts.batch_size.tape_memory import batch_of, saved_bytes
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.training.build import build
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.seeding import start
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv

# %% [markdown]
# ## By hand
#
# The loss of a batch is the mean of its examples' losses, so its gradient is the mean of their gradients. To see that,
# we take 64 digits twice: once as one batch, once as 64 batches of one. `gradients` uses our own backward pass; the
# first dimension tells the batches apart.

# %%
data = load()
setting = Setting(hidden=(32,))
x, y = data.train.x[:64].double(), data.train.y[:64]
network = build([setting], x)
params = start(network, 0, x)
of_batch = gradients(network, params, x[None], y[None])
of_each = gradients(network, params, x[:, None], y[:, None])
for name, together, single in zip(("dW", "db", "dV", "dc"), of_batch, of_each, strict=True):
    print(f"{name}: 64 gradients {tuple(single.shape)}, largest deviation of their mean from the batch's ", end="")
    print(f"{float((single.mean(0) - together[0]).abs().max()):.1e}")

# %% [markdown]
# ## Is it right?
#
# torch.autograd knows nothing of our backward. It is asked for the gradient of a mean over examples, each weighted by a
# random number: with equal weights, a backward that mixes the examples up could pass.

# %%
leaves = [p.clone().requires_grad_() for layer in params for p in layer]
W, b, V, c = leaves
share = torch.rand(64, dtype=torch.float64)
losses = torch.nn.functional.cross_entropy(torch.relu(x @ W + b) @ V + c, y, reduction="none")
expected = torch.autograd.grad((share * losses).mean(), leaves)
for single, theirs in zip(of_each, expected, strict=True):
    ours = (share.view(-1, *[1] * theirs.ndim) * single).mean(0)
    difference = float((ours - theirs).abs().max())
    print(f"largest difference from autograd {difference:.1e}")
    assert difference < 1e-14

# %% [markdown]
# ## A batch is a guess
#
# Drawn at random, a batch's gradient is an estimate of the gradient over all digits. How far off is it? Here 2,000
# digits are all there is, and the deviation is told in lengths of the true gradient. Four times the examples halve it.

# %%
split = type(data.train)(data.train.x[:2000], data.train.y[:2000])
params = start(network, 0, split.x)
full = gradients(network, params, split.x[None], split.y[None])
random = torch.Generator().manual_seed(0)
for B in (8, 32, 128, 512):
    noise = relative_noise(network, params, split, drawn_rows(2000, B, 64, True, random), full)
    kept = saved_bytes(*batch_of(setting, B, split.x))
    print(f"{B:4} examples: noise {noise:.2f} of the gradient; kept for the backward pass: ", end="")
    print(f"{kept['activations'] / 1e6:.2f} MB for the examples, {kept['parameters'] / 1e6:.2f} MB of weights")

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# `in_torch` is the training loop as one writes it every day: nn.Linear, autograd, torch.optim. Ours uses the
# hand-written backward. Both start from the same weights and see the same batches, so their losses agree.

# %%
setting = Setting(hidden=(32,), batch_size=128, epochs=1, lr=0.5)
part = data.first(5_000 if QUICK else 20_000)
(run,) = train({"by hand": setting}, [0], part)
losses = batch_size.in_torch(part, setting)
(by_torch,) = by_epoch(losses, setting, len(part.train))
print(f"mean training loss of the first epoch: by hand {run.curves['training loss'][0]:.6f}, torch {by_torch:.6f}")
assert abs(run.curves["training loss"][0] - by_torch) < 1e-5
print(f"test accuracy by hand: {100 * run.final['test accuracy']:.2f} %")

# %% [markdown]
# ## Predict first
#
# Five batch sizes from 8 to 2048 compete twice. In the first contest each may look at all digits equally often, so the
# small ones take many steps. In the second each may take equally many steps, so the large ones see many digits. Write
# down who wins either contest, and whether one learning rate, made larger in proportion to the batch, serves them all.

# %%
record = gallery.run("batch_size", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/batch_size.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing, so the run above says "not judged". These are the verdicts of the committed record, with
# all images and ten seeds. A conditional verdict names the conditions that disagree: where no digit may be drawn twice
# and the batch comes close to all there are, the noise falls faster than 1 / sqrt(B), by the further factor
# sqrt((N - B) / (N - 1)).

# %%
print(summary(read(FOLDER / "batch_size.json")))

# %% [markdown]
# ## Try it
#
# 1. A noisier world: `dlconcepts run batch_size --quick --set label_noise=0.3`. Who suffers more, small or large?
# 2. Momentum adds up the gradients of past batches: `dlconcepts run batch_size --quick --set optimizer=momentum --set
#    lr=0.05`. One rate for all sizes then, so that "own" and "scaled" coincide.
# 3. In `dlconcepts/manual/cross_entropy.py` leave out `/ B` in `cross_entropy_backward`, then `dlconcepts verify`.
