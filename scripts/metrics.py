# %% [markdown]
# # Metrics: is the network any good?
#
# Accuracy, precision, recall, F1: four ways to count the same answers. This lesson counts by hand, compares with
# scikit-learn, moves a threshold, and meets two answers that are of no use and look good in one of the numbers.
#
# Run it as a script (`python scripts/metrics.py`, with `--quick` in seconds) or open it as a notebook, cell by cell.

# %%
import sys

import torch

from dlconcepts import gallery
from dlconcepts.concepts import metrics
from dlconcepts.concepts.metrics.answers import numbers_error, one_by_one
from dlconcepts.evidence.records import FOLDER, read
from dlconcepts.gallery.record_text import summary
from dlconcepts.images.data_set import load
from dlconcepts.manual.metrics import accuracy, confusion, f1, precision, recall
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

QUICK = "--quick" in sys.argv

# %% [markdown]
# ## By hand
#
# Ten digits, of which four are nines. Three answers are "9", two of them rightly.

# %%
truth = [9, 9, 9, 9, 4, 4, 7, 1, 3, 0]
answer = [9, 9, 4, 7, 9, 4, 7, 1, 3, 0]
found = one_by_one(answer, truth, 9)
print(", ".join(f"{name} {value:.2f}" for name, value in found.items()))
assert found["precision"] == 2 / 3
assert found["recall"] == 2 / 4

# %% [markdown]
# ## Is it right?
#
# All of it is in the confusion matrix: how often class i was taken for class j. Precision divides its diagonal by the
# sums of its columns, recall by those of its rows. scikit-learn, where it is installed, has the same numbers.

# %%
predicted, y = torch.tensor(answer), torch.tensor(truth)
C = confusion(predicted, y, 10)
ours = {"precision": precision(C), "recall": recall(C), "F1": f1(C)}
for name, values in ours.items():
    assert abs(float(values[9]) - found[name]) < 1e-15
assert float(accuracy(predicted, y)) == found["accuracy"]
try:
    from sklearn.metrics import precision_recall_fscore_support
except ImportError:
    print("scikit-learn is not installed: pip install scikit-learn")
else:
    theirs = precision_recall_fscore_support(truth, answer, labels=range(10), zero_division=0)[:3]
    for (name, values), their in zip(ours.items(), theirs, strict=True):
        print(f"{name:9}: largest difference from scikit-learn {abs(values.numpy() - their).max():.1e}")
        assert abs(values.numpy() - their).max() < 1e-15

# %% [markdown]
# ## A number that means nothing
#
# The mean absolute error of digits as numbers: on average, how far is an answer from the truth? Give the digits other
# names, and the same answers have another error. Accuracy does not notice.

# %%
names = torch.tensor([3, 8, 1, 6, 0, 9, 4, 7, 5, 2])
for words, new in {"own names": torch.arange(10), "other names": names}.items():
    right = float(accuracy(new[predicted], new[y]))
    print(f"{words:11}: mean absolute error {float(numbers_error(C, new)):.2f}, accuracy {right:.2f}")

# %% [markdown]
# ## The same in torch.nn, on MNIST
#
# A network of 32 hidden units, once by hand and once with nn.Linear, autograd and torch.optim.

# %%
data = load().first(5000, 2000)
setting = Setting(hidden=(32,), epochs=2, lr=0.2, schedule="cosine")
(run,) = train({"by hand": setting}, [0], data)
theirs = by_epoch(metrics.in_torch(data, setting), setting, 5000)
for epoch, (a, b) in enumerate(zip(run.curves["training loss"], theirs, strict=True), start=1):
    print(f"epoch {epoch}: training loss by hand {a:.6f}, torch {b:.6f}")
    assert abs(a - b) < 1e-4

# %% [markdown]
# ## Predict first
#
# Train the same network twice, from other first weights and in another order. Write down: to how many of a hundred
# digits do both give the same answer? How precise is an answer that is always "1", and how often does it agree with
# itself? If one digit in a thousand is a nine, who is more often right: the network, or the answer "no nine, never"?

# %%
record = gallery.run("metrics", gallery.Request(quick=QUICK, seeds=3))
print(summary(record))
gallery.show("out/metrics.png")

# %% [markdown]
# ## What was found
#
# Three seeds decide nothing, so the run above says "not judged". These are the verdicts of the committed record, with
# all images and ten seeds. Where a verdict is "conditional" here, a word with two meanings is mostly the reason: under
# accuracy and precision compare the lines of the network with those of the answers that are of no use. All ten networks
# do better on the validation digits: these are easier, or it is chance of the draw, which the interval leaves out.

# %%
print(summary(read(FOLDER / "metrics.json")))

# %% [markdown]
# ## Try it
#
# 1. Two hidden units: `dlconcepts run metrics --quick --set hidden=2`. Which digits lose most, and in which column?
# 2. One epoch at a low rate: `dlconcepts run metrics --quick --set epochs=1 --set lr=0.02`. Do two trainings still
#    agree on more digits than each gets right?
# 3. Wrong training labels: `dlconcepts run metrics --quick --set label_noise=0.3`. What becomes of the threshold
#    curves, and of the share of nines below which "always no" wins?
