# %% [markdown]
# # Optimizer: what to do with a gradient
#
# Backpropagation finds the slope of the loss by every weight. The *optimizer* makes a step of it. This lesson writes
# two of them by hand, holds all seven against torch.optim, sends them down a valley, turns the valley, and then asks
# the question that many a figure answers too fast: which one is best on MNIST?
#
# Run it as a script (`python scripts/optimizer.py`, with `--quick` in seconds) or open it as a notebook.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import optimizer
from dlconcepts.concepts.optimizer.arms import HIGH, LABELS, LOW, OWN, SHOWN
from dlconcepts.concepts.optimizer.descents import best_rate, descent, path, path_in_torch, starts
from dlconcepts.concepts.optimizer.surface import surfaces
from dlconcepts.evidence.ranking import places, spelled
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.adaptive_optimizer import adagrad, adagrad_init
from dlconcepts.manual.optimizer import momentum, momentum_init, sgd
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv

# %% [markdown]
# ## By hand
#
# An optimizer is a function of a weight, its slope and what it remembers. Plain gradient descent (SGD) remembers
# nothing: p - lr dp. Momentum keeps a sum of slopes that fades, v = .9 v + dp, and steps along it. Adagrad keeps the
# sum of squared slopes and divides by its root. Here are two weights with slopes of 1 and of 100, three steps long.

# %%
p, dp = torch.zeros(2, dtype=torch.float64), torch.tensor([1.0, 100.0], dtype=torch.float64)
for name, init, update in [
    ("SGD", lambda p: (), sgd),
    ("momentum", momentum_init, momentum),
    ("Adagrad", adagrad_init, adagrad),
]:
    points, state = [p], init(p)
    for _ in range(3):
        stepped, state = update(points[-1], dp, state, lr=0.1)
        points.append(stepped)
    print(f"{name:9}", [[round(x, 3) for x in point.tolist()] for point in points[1:]])

# %% [markdown]
# Momentum's steps grow while the gradient stays; Adagrad moves both weights by the same amount, however large its
# gradient. What a learning rate of .1 means depends on the optimizer that it is given to. Keep that in mind.
#
# ## Is it right?
#
# All seven, down a valley a hundred times as steep across as along, beside torch.optim from the same point.

# %%
valley = surfaces["valley"]
for name in SHOWN:
    rate = best_rate(name, valley, weight_decay=0.0)
    ours = path(name, valley, starts(valley, [0]), rate, weight_decay=0.0)
    theirs = path_in_torch(name, valley, starts(valley, [0]), rate, weight_decay=0.0)
    difference = float((ours - theirs).abs().max())
    print(f"{name:9} at rate {rate:<6} largest difference from torch.optim in {valley.steps} steps: {difference:.1e}")
    assert difference < 1e-12

# %% [markdown]
# ## Predict first: turn the valley
#
# The valley lies along the axes: one weight steep, the other flat. Now turn it by 45 degrees, so that each step along
# it changes both weights alike. It is the same valley; a ball would not notice. For each of the seven write down
# whether it gets as far down as before. Each has its best rate on both, chosen from other starting points.

# %%
print("log10 of the height that is left after 100 steps, of that at the start (-2: a hundredth)")
for name, shown in SHOWN.items():
    along, across = (descent(name, surface, [0])[0] for surface in ("valley", "turned valley"))
    print(f"{shown:9} along the axes {along['left']:6.1f}   across them {across['left']:6.1f}")

# %% [markdown]
# Adagrad and RMSprop divide each weight's step by its own steepness. Where steep and flat directions are weights, that
# levels the valley, and in 4 to 15 steps they are at a hundredth of the height; turned, that advantage is gone, and
# Adam keeps a little less of its own. A figure that shows
# them on a surface along the axes shows them at their best. SGD and momentum take the very same path, turned. (AdamW
# is Adam here: its decay is left out, since it would pull to 0, which is where this valley is lowest.)
#
# ## The same in torch.nn and torch.optim, on MNIST
#
# From the same weights and in the same order of digits.

# %%
data = load()
part = data.first(5_000 if QUICK else 20_000)
for name, lr in [("nesterov", 0.1), ("adam", 0.003)]:
    setting = Setting(hidden=(64,), batch_size=128, epochs=1, optimizer=name, lr=lr)
    (run,) = train({"by hand": setting}, [0], part)
    (by_torch,) = by_epoch(optimizer.in_torch(part, setting), setting, len(part.train))
    print(f"{name:9} loss of the first epoch: by hand {run.curves['training loss'][0]:.6f}, torch {by_torch:.6f}")
    assert abs(run.curves["training loss"][0] - by_torch) < 1e-4

# %% [markdown]
# ## Predict first: a race
#
# Many a figure lets SGD, momentum, Adagrad and Adam race at one rate, and SGD comes in last by far. Seven
# networks, three races: all at rate .001, which is Adam's default in torch; all at .3; each at its own best rate, found
# on validation digits with the same number of tries for all. Write down who is last, three times.

# %%
record = gallery.run("optimizer", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/optimizer.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing; these are the places of the committed record, with all images and ten seeds. A place is
# a range where the intervals of the paired differences do not tell two apart.

# %%
found = read(FOLDER / "optimizer.json")
for at in (LOW, HIGH, OWN):
    scores = {
        shown: {r.seed: r.final["test accuracy"] for r in found.runs if r.label == LABELS[name, at]}
        for name, shown in SHOWN.items()
    }
    ranked = sorted(places(scores).items(), key=lambda row: row[1])
    print(f"{at:11}", ", ".join(f"{spelled(place)} {name}" for name, place in ranked))

# %% [markdown]
# Put the seven in the order of their own rates, lowest first (they stand below, and differ by a factor of 150), and
# hold that beside the first row: an order at one rate is mostly an order of rates. A fair race gives each its own. What
# is left then is real and smaller: two points from first to last, and Adam, AdamW and Nesterov not told apart.

# %%
print(summary(found))

# %% [markdown]
# ## Try it
#
# 1. Another rate for all: `dlconcepts run optimizer --quick --set lr=0.03`. Who is first now? Can you make any of the
#    seven win, and any of them lose?
# 2. Plain SGD with batch norm: `dlconcepts run optimizer --quick --set "normalization=batch norm"`. What is left of
#    momentum's lead?
# 3. In `dlconcepts/concepts/optimizer/surface.py` make the valley less steep, `STEEP = 4.0`, and run this
#    lesson again: how much is momentum worth now?
