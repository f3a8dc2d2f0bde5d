"""The doctor as a library: what it takes, what it says, and how a backward has to behave."""

# Over 200 lines, and one thing: one door, and every kind of patient that comes through it.

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

import dlconcepts
from dlconcepts.doctor import check
from dlconcepts.doctor.gradients.diagnosis import CAUSES, RIGHT, Diagnosis

README = Path(__file__).parents[3] / "README.md"
torch.manual_seed(1)
x, W, b = (torch.randn(*shape, dtype=torch.float64) for shape in [(4, 3), (3, 2), (2,)])


def linear(x, W, b):
    return x @ W + b


def linear_backward(dy, x, W, b):
    return dy @ W.mT, x.mT @ dy, dy.sum(0)


def tanh_rule(x):
    y = torch.tanh(x)
    return y, (y,)


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return dy * (1 - y * y)


class TanhInTwo(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return torch.tanh(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, dy):
        return dy * (1 - ctx.saved_tensors[0])


RIGHT_ONES = {
    "plain functions": lambda: check(linear, linear_backward, x, W, b),
    "a rule's convention": lambda: check(tanh_rule, lambda dy, y: (dy * (1 - y * y),), x),
    "what is saved in one piece": lambda: check(lambda x: (x * x, {"x": x}), lambda dy, c: 2 * dy * c["x"], x),
    "a Function alone": lambda: check(Tanh, x),
    "a Function and None": lambda: check(Tanh, None, x),
    "a Function beside a plain forward": lambda: check(torch.tanh, Tanh, x),
    "a rule's samples": lambda: check(tanh_rule, lambda dy, y: dy * (1 - y * y), like="tanh"),
    "a rule and own inputs": lambda: check(torch.relu, lambda dy, x: dy * (x > 0), x, like="relu"),
    "a function to be like": lambda: check(tanh_rule, lambda dy, y: dy * (1 - y * y), x, like=nn.Tanh()),
    "float32": lambda: check(linear, linear_backward, x.float(), W.float(), b.float()),
    "an empty batch": lambda: check(linear, linear_backward, x[:0], W, b),
    "a single number": lambda: check(torch.tanh, lambda dy, x: dy / torch.cosh(x) ** 2, torch.tensor(0.3)),
    "integers last": lambda: check(
        lambda z, y: functional.cross_entropy(z, y),
        lambda dy, z, y: dy * (z.softmax(-1) - functional.one_hot(y, 3)) / len(z),
        *(x, torch.tensor([0, 2, 1, 1])),
    ),
    "a target without a gradient": lambda: check(
        lambda z, t: (z - t).square().mean(), lambda dy, z, t: dy * 2 * (z - t) / z.numel(), x, x.flip(0)
    ),
}


@pytest.mark.parametrize("case", RIGHT_ONES)
def test_right_is_right_in_every_convention(case):
    found = RIGHT_ONES[case]()
    assert found.cause == "right", str(found)
    assert all(g.cause == "right" for g in found.gradients)


def test_the_second_style_of_a_function_is_examined_too():
    assert check(TanhInTwo, x).cause == "missing factor"


def test_rounding_is_told_from_a_small_mistake():
    def squares(x):
        return (x * x).sum()

    def by_cancellation(dy, x):
        return dy * ((2 * x + 1e7) - 1e7)

    def slightly_wrong(dy, x):
        return dy * 2 * x + dy * 1e-9 * torch.cos(x)

    assert check(squares, by_cancellation, x).cause == "rounding"
    assert not check(squares, slightly_wrong, x).right


remembered = []


def adds_up(dy, x):
    remembered.append(2 * dy * x)
    return sum(remembered)


def of_the_latest(x):
    remembered[:] = [x]
    return x * x


def redrawn(dy, x):
    return dy * (torch.rand(x.shape) < 0.5) * 2


def dropped(x):
    return x * (torch.rand(x.shape) < 0.5) * 2


def overwrites(dy, x):
    x *= 2
    return dy * x


CONDUCT = {
    "a changed input": ("in place", "x is changed in the backward", lambda x: x * x, overwrites),
    "a changed upstream gradient": ("in place", "dy is changed", lambda x: 2 * x, lambda dy, x: dy.mul_(2)),
    "sums over the calls": ("stale", "adds up", lambda x: x * x, adds_up),
    "values of the latest forward": ("stale", "latest forward", of_the_latest, lambda dy, x: 2 * dy * remembered[0]),
    "a mask drawn anew": ("mask", "drawn anew", dropped, redrawn),
    "float32 for float64": ("precision", "float32", lambda x: 2 * x, lambda dy, x: (2 * dy).float()),
    "no gradient": ("missing gradient", "no dx", lambda x: x * x, lambda dy, x: None),
    "a detached forward": ("detached", "dx", lambda x: x * x.detach(), lambda dy, x: 2 * dy * x),
    "another shape": ("wrong shape", "(3, 4)", lambda x: x * x, lambda dy, x: torch.ones(3, 4)),
    "a row too many": ("wrong shape", "(1, 4, 3)", lambda x: x * x, lambda dy, x: (2 * dy * x)[None]),
    "nothing yet": ("missing gradient", "nothing there yet", lambda x: x * x, None),
}


def not_yet(dy, x):
    raise NotImplementedError


@pytest.mark.parametrize("case", CONDUCT)
def test_conduct_is_judged_before_numbers(case):
    remembered.clear()
    cause, detail, forward, backward = CONDUCT[case]
    found = check(forward, backward or not_yet, x)
    assert found.cause == cause, str(found)
    assert detail in found.detail
    assert not found.right


def test_what_was_given_is_left_as_it_was():
    given = x.clone()
    check(lambda x: x * x, overwrites, given)
    assert torch.equal(given, x)
    assert given._version == 0


def test_a_forward_that_is_not_what_it_should_be_comes_first():
    found = check(lambda x: torch.sigmoid(x), lambda dy, x: dy, x, like="tanh")
    assert found.cause == "forward differs"
    assert "start with the forward" in str(found)


def test_an_error_is_reported_with_its_line():
    def broken(dy, x):
        return dy @ x

    found = check(lambda x: x * x, broken, x)
    assert found.cause == "wrong shape"
    assert "return dy @ x" in str(found)
    assert "test_examine.py, line" in found.where


def test_places_are_named():
    only_negative = check(functional.elu, lambda dy, x: torch.where(x > 0, dy, 2 * dy * x.exp()), x)
    assert (only_negative.cause, only_negative.detail, only_negative.where) == ("factor", "2", "negative inputs")
    several = check(lambda x: x.square().mean(0), lambda dy, x: 2 * dy * x, x)
    assert several.where == "batches above 1"


def test_a_kink_nobody_asked_about_is_a_note_and_no_fault():
    def middle(dy, x):
        return dy * (1 + torch.sign(x)) / 2

    quiet = check(torch.relu, middle, x)
    assert quiet.right
    assert "Note: at a kink (0)" in str(quiet)
    asked = check(torch.relu, middle, torch.cat([x, 0 * x]))
    assert (asked.cause, asked.where) == ("mask", "at 0")


def test_only_the_wrong_one_of_several_is_blamed():
    found = check(linear, lambda dy, x, W, b: (dy @ W.mT, 2 * x.mT @ dy, dy.sum(0)), x, W, b)
    assert {g.name: g.cause for g in found.gradients} == {"dx": "right", "dW": "factor", "db": "right"}
    assert str(found).startswith("Wrong. dW: factor: 2")
    assert "right: dx, db" in str(found)


def test_the_worst_entry_is_shown():
    found = check(lambda x: x * x, lambda dy, x: 2 * dy * x + dy * torch.eye(4, 3), x)
    (dx,) = found.gradients
    assert dx.index[0] == dx.index[1]
    assert dx.ours == pytest.approx(dx.true, abs=2)
    assert dx.witnesses == "by torch.autograd and by finite differences"


MISUSE = {
    "no inputs": (lambda: check(linear, linear_backward), "give inputs"),
    "an unknown rule": (lambda: check(linear, linear_backward, x, W, b, like="liner"), "did you mean 'linear'"),
    "no functions": (lambda: check(3, 4, x), "forward must be a function"),
    "a forward without a tensor": (lambda: check(lambda x: 3.0, lambda dy, x: dy, x), "forward must return"),
    "a backward without tensors": (lambda: check(lambda x: x * x, lambda dy, x: "dx", x), "backward must return"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_what_cannot_be_examined_is_refused(case):
    call, message = MISUSE[case]
    with pytest.raises(ValueError, match=message):
        call()


def test_a_diagnosis_is_plain_and_strict_json():
    found = check(torch.sigmoid, lambda dy, x: dy * x.exp() / (1 + x.exp()) ** 2, 1000 * x)
    assert found.cause == "non-finite"
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["gradients"][0]["error"] is None
    assert set(RIGHT) < set(CAUSES)
    with pytest.raises(ValueError, match="must be one of"):
        Diagnosis("bad")


def test_the_readmes_patient_is_diagnosed_as_the_readme_says(capsys):
    section = README.read_text(encoding="utf-8").split("## What is wrong with my backward?")[1]
    _, code, _, answer, *_ = section.split("```")
    exec(compile(code.removeprefix("python"), str(README), "exec"), {})
    assert capsys.readouterr().out.splitlines()[0] == answer.strip()


def test_dlconcepts_offers_check_and_imports_torch_for_it_alone():
    code = "import sys, dlconcepts; assert 'torch' not in sys.modules; dlconcepts.check; assert 'torch' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert dlconcepts.check is check
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        dlconcepts.chekc  # noqa: B018


def test_a_step_beyond_what_the_function_takes_is_no_crash():
    t = torch.tensor([0.0, 1.0, 1.0], dtype=torch.float64)

    def loss(p):
        return functional.binary_cross_entropy(p, t)

    p = torch.tensor([1e-5, 0.5, 0.9999], dtype=torch.float64)
    assert check(loss, lambda dy, p: dy * (p - t) / (p * (1 - p)) / 3, p).right
    wrong = check(loss, lambda dy, p: dy * (p - t) / (p * (1 - p)), p)
    assert (wrong.cause, wrong.detail) == ("factor", "3")
