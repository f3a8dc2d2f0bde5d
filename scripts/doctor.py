# %% [markdown]
# # The gradient doctor: five patients
#
# A hand-written backward that is wrong seldom crashes. The network trains, only worse, and a comparison with autograd
# says no more than that the numbers differ. This lesson examines five backwards. Before you run a cell, read the two
# functions in it and write down what is wrong with them: one of the five is right.
#
# Run it as a script (`python scripts/doctor.py`) or open it as a notebook, cell by cell.

# %%
import torch

import dlconcepts

torch.manual_seed(0)
x = torch.randn(4, 3, dtype=torch.float64)

# %% [markdown]
# ## The first patient: half of a product rule
#
# SiLU is x times sigmoid(x). Both factors depend on x.


# %%
def silu(x):
    return x * torch.sigmoid(x)


def silu_backward(dy, x):
    return dy * torch.sigmoid(x)


first = dlconcepts.check(silu, silu_backward, x)
print(first)
assert first.cause == "missing term"

# %% [markdown]
# The second line shows the worst entry. The first says what is missing, as it stands in our own formula,
# dx = dy s (1 + x (1 - s)): the part that comes from the slope of the second factor.
#
# ## The second patient: a probability by itself
#
# Softmax turns scores into probabilities, and for a single one the slope is p (1 - p), as for the sigmoid.


# %%
def softmax(z):
    p = torch.softmax(z, -1)
    return p, (p,)


def softmax_backward(dp, p):
    return (dp * p * (1 - p),)


second = dlconcepts.check(softmax, softmax_backward, x)
print(second)
assert second.cause == "diagonal only"

# %% [markdown]
# Raising one score lowers all other probabilities. The derivative is a full matrix, and p (1 - p) is its diagonal.
#
# These two functions follow another convention: the forward returns what the backward will need. The doctor takes both,
# and a torch.autograd.Function too.
#
# ## The third patient: trained on batches of one
#
# A loss that is a mean has a gradient that is one as well. A test with a single example would not see the difference;
# the doctor tries other batch sizes than yours.


# %%
def squared_error(z, t):
    return (z - t).square().sum(-1).mean()


def squared_error_backward(dloss, z, t):
    dz = dloss * 2 * (z - t)
    return dz, -dz


third = dlconcepts.check(squared_error, squared_error_backward, x, x.flip(0))
print(third)
assert (third.cause, third.detail) == ("factor", "B")

# %% [markdown]
# ## The fourth patient: unusual
#
# The forward takes the larger of x and 0, the backward asks the sign of the result. Nothing is compared with 0.


# %%
def relu(x):
    return x.clamp(min=0)


def relu_backward(dy, x):
    return dy * torch.sign(torch.relu(x))


fourth = dlconcepts.check(relu, relu_backward, x, like="relu")
print(fourth)
assert fourth.right

# %% [markdown]
# Right is right, whatever it looks like: what counts is that the numbers agree, at the kink too.
#
# ## The fifth patient: tidy, and it keeps no promise
#
# This one saves memory. Its gradient is correct to the last digit.


# %%
def relu_in_place_backward(dy, x):
    dy[x <= 0] = 0
    return dy


fifth = dlconcepts.check(relu, relu_in_place_backward, x)
print(fifth)
assert fifth.cause == "in place"

# %% [markdown]
# The caller's dy is changed. Where a network splits into two branches, both get the same dy, and the second branch
# would find it masked by the first.
#
# ## How it finds out
#
# A diagnosis is never a guess from one number. A suspicion counts if it predicts your numbers on all inputs: yours,
# others of the same kind, another batch size, exact zeros. The right one among them often comes from changing the true
# backward: leave out one path, turn one sign, take one axis for another, and see whether your numbers come out.

# %%
for name, patient in {"first": first, "second": second, "third": third, "fourth": fourth, "fifth": fifth}.items():
    worst = max((g.error or 0.0 for g in patient.gradients), default=0.0)
    print(f"{name:8}{patient.cause:16}largest error {worst:.1e}")

# %% [markdown]
# ## Try it
#
# 1. Write a backward yourself: `dlconcepts practice sigmoid`, then harder ones from `dlconcepts practice --list`.
# 2. In the third patient divide by `z.numel()`. What does the doctor call the factor now?
# 3. Let the doctor look at a file of your own: `dlconcepts check FILE.py`.
