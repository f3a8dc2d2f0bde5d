# %% [markdown]
# # Features: what to look for in an image
#
# How would you tell a computer what a six is? By rules: a loop at the bottom, a stroke above. By measurements that a
# simple classifier weighs. Or by examples alone. This lesson does all three, looks at where rules break, computes
# histograms of oriented gradients by hand, checks them against plain loops, and asks when it pays to let a network find
# its own features.
#
# Run it as a script (`python scripts/features.py`, with `--quick` in seconds) or as a notebook, cell by cell.

# %%
import math
import sys
from dataclasses import replace

import torch

from dlconcepts import gallery
from dlconcepts.concepts import features
from dlconcepts.concepts.features.arms import LEARNERS
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.classic.cutoff import best, errors, zeros_and_sixes
from dlconcepts.images.classic.heuristics import answers
from dlconcepts.images.classic.hog import histograms, hog
from dlconcepts.images.classic.measurements import named
from dlconcepts.images.classic.neighbours import neighbours
from dlconcepts.images.data_set import load
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv
data = load()
part = data.first(5_000 if QUICK else 20_000, 1_000)

# %% [markdown]
# ## Rules
#
# Seventeen rules about loops, strokes and sides, written by looking at training digits: open
# `dlconcepts/images/classic/heuristics.py` and read them, they are short. How far do they get, and with which digits?

# %%
right = answers(part.train.x) == part.train.y
print(f"the rules get {100 * right.double().mean():.1f} % of {len(right):,} training digits right")
for digit in range(10):
    print(f"  {digit}: {100 * right[part.train.y == digit].double().mean():.0f} %")

# %% [markdown]
# ## A rule needs a cut-off
#
# A zero's largest loop takes most of its height, a six's little of it, if it has one. So: from which height on is it a
# zero?
# The rule is asked with every cut-off, and with gaps in the ink closed first, since many zeros are left open.

# %%
for gap in (0, 1, 2):
    pair = zeros_and_sixes(part.train, gap)
    cut, wrong = best(pair)
    kinds = {name: float(100 * share[round(100 * cut)]) for name, share in errors(pair).items()}
    said = ", ".join(f"{share:.1f} % {name}" for name, share in kinds.items())
    print(f"gaps of {2 * gap} pixels closed: best cut-off {cut:.2f}, {100 * wrong:.1f} % wrong: {said}")

# %% [markdown]
# Closing gaps of 2 pixels shuts open zeros; gaps of 4 also fill narrow zeros, which then pass for sixes. Most sixes
# lose their loop, too, which this rule does not mind. No cut-off is clean, however the gaps are closed.
#
# ## Measurements
#
# Eleven numbers that a programmer might think of, here for the first two training digits.

# %%
first, second = (named(image[None]) for image in part.train.x[:2])
print(f"{'':28}{int(part.train.y[0]):>8}{int(part.train.y[1]):>8}")
for name in first:
    print(f"{name:28}{float(first[name]):8.2f}{float(second[name]):8.2f}")

# %% [markdown]
# ## Histograms of oriented gradients, by hand
#
# For each cell of 4 x 4 pixels: in which directions does brightness change, and how strongly? Nine directions of 20
# degrees. Each change is shared by the two directions nearest to its own. In torch that is a few lines; here beside
# them the same in plain loops, for one cell.

# %%
image = part.train.x[0].double()
x = image.view(28, 28)
cell = [0.0] * 9
for i in range(12, 16):
    for j in range(12, 16):
        down, right_ = float(x[i + 1, j] - x[i - 1, j]), float(x[i, j + 1] - x[i, j - 1])
        strength, degrees = math.hypot(down, right_), math.degrees(math.atan2(down, right_)) % 180
        for k in range(9):
            far = abs(degrees - 20 * (k + 0.5))
            cell[k] += strength * max(0.0, 1 - min(far, 180 - far) / 20)
ours = histograms(image[None])[0, 3, 3]
print("in loops ", [round(value, 3) for value in cell])
print("in torch ", [round(value, 3) for value in ours.tolist()])
assert (ours - torch.tensor(cell, dtype=torch.float64)).abs().max() < 1e-12
print(f"all cells, four to a block: {hog(image[None]).shape[1]} features of 784 pixels")

# %% [markdown]
# ## Without any features: nearest neighbours
#
# Keep the training digits, compare pixel by pixel, let the three nearest vote. Nobody said what to look for.

# %%
known = {(0, n): torch.arange(n) for n in (100, 1_000, len(part.train))}
test = data.test.x[:1_000], data.test.y[:1_000]
for (_, n), answer in neighbours(test[0], part.train.x, part.train.y, known).items():
    print(f"{n:6,} digits known: {100 * (answer == test[1]).double().mean():.1f} % of 1,000 test digits right")

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# The convolutional network's kernels, pooling and gradients are hand-written (`dlconcepts/manual/convolution.py`,
# `pooling.py`). In torch it is six lines. Both start from the same weights and see the digits in the same order, so
# their losses agree step by step, up to rounding.

# %%
setting = replace(LEARNERS["CNN"], steps=60, lr=0.2, examples=1_000, validate_every=1)
(run,) = train({"by hand": setting}, [0], part)
by_torch = by_epoch(features.in_torch(part, setting), setting, 1_000)
for epoch, (ours, theirs) in enumerate(zip(run.curves["training loss"], by_torch, strict=True), 1):
    print(f"epoch {epoch}, mean training loss: by hand {ours:.6f}, torch {theirs:.6f}")
    assert abs(ours - theirs) < 1e-4

# %% [markdown]
# ## Predict first
#
# Linear classifiers on eleven measurements, on pixels and on HOG; nearest neighbours; a network with one hidden layer;
# a small convolutional one; and the rules. With 100, 300, 1,000 ... 50,000 training digits. Write down: who leads with
# 100 digits, who with 50,000? How many digits does each need to pass the rules? Who hardly profits from more?
#
# With `--quick` the ladder ends at 10,000 digits, training is shorter, and the convolutional network has one seed and
# every second size.

# %%
record = gallery.run("features", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/features.png")

# %% [markdown]
# The table has what is trained. Beside it, what is not: the rules, and the nearest neighbours among so many digits.

# %%
for label in dict.fromkeys(run.label for run in record.runs):
    found = [100 * run.final["test accuracy"] for run in record.runs if run.label == label and run.final]
    if label not in record.settings and found:
        print(f"{label:36}{sum(found) / len(found):6.2f} % of the test digits")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing, so the run above says "not judged". These are the verdicts of the committed record, with
# all images and ten seeds (five for the convolutional network). A conditional verdict names the conditions that
# disagree: what holds with 100 digits need not hold with 50,000.

# %%
print(summary(read(FOLDER / "features.json")))

# %% [markdown]
# ## Try it
#
# 1. Give every learner a hidden layer: `dlconcepts run features --quick --set hidden=32`. What do measurements gain,
#    and what does HOG?
# 2. In `dlconcepts/images/classic/hog.py` change `CELL = 4` to `CELL = 7`, then `dlconcepts run features --quick`.
#    Fewer, coarser cells: at which size of the training set does it hurt?
# 3. Write a rule of your own: add a row to `rules` in `dlconcepts/images/classic/heuristics.py`, then run this lesson
#    again with `--quick`. Which digits does it win, and which does it lose elsewhere?
