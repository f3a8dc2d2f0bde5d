"""A reader's file: its functions are found by name, its inputs given, guessed or taken from a rule."""

import pytest
import torch

from dlconcepts.commands import cli
from dlconcepts.doctor.gradients.child import answer

RELU = "import torch\ndef relu(x): return x.clamp(min=0)\ndef relu_backward(dy, x): return dy * (x > 0)\n"
PAIRS = {
    "NAME and NAME_backward": RELU,
    "forward and backward": RELU.replace("relu_backward", "backward").replace("relu", "forward"),
    "NAME_forward and one piece of memory": (
        "def affine_forward(x, w, b): return x @ w + b, (x, w, b)\n"
        "def affine_backward(dout, cache):\n    x, w, b = cache\n    return dout @ w.T, x.T @ dout, dout.sum(0)\n"
    ),
    "a Function": (
        "import torch\nclass Square(torch.autograd.Function):\n"
        "    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x * x\n"
        "    def backward(ctx, dy): return 2 * dy * ctx.saved_tensors[0]\n"
    ),
    "inputs()": "import torch\ndef f(a, b, c, d, e, g): return a * g\n"
    "def f_backward(dy, a, b, c, d, e, g): return dy * g, 0 * b, 0 * c, 0 * d, 0 * e, dy * a\n"
    "def inputs(): return tuple(torch.randn(3) for _ in range(6))\n",
    "INPUTS": "import torch\nINPUTS = torch.rand(3)\ndef f(x): return x.log()\ndef f_backward(dy, x): return dy / x\n",
    "INPUTS by name": "import torch\nINPUTS = {'f': torch.rand(3)}\n"
    "def f(x): return x.log()\ndef f_backward(dy, x): return dy / x\n",
    "classes guessed": "import torch\nfrom torch.nn.functional import cross_entropy as loss, one_hot\n"
    "def loss_backward(dy, z, y): return dy * (z.softmax(-1) - one_hot(y, z.shape[-1])) / len(z)\n",
}


def answered(folder, text, like=None):
    path = folder / "mine.py"
    path.write_text(text)
    return answer(path, like)


@pytest.mark.parametrize("case", PAIRS)
def test_functions_and_inputs_are_found(case, tmp_path):
    (diagnosis,) = answered(tmp_path, PAIRS[case])["diagnoses"].values()
    assert diagnosis["cause"] == "right", diagnosis["text"]


def test_all_pairs_are_examined_or_the_one_that_is_named_as_the_rule(tmp_path):
    text = RELU + "def tanh(x): return torch.tanh(x)\ndef tanh_backward(dy, x): return dy\n"
    both = answered(tmp_path, text)["diagnoses"]
    assert {name: found["right"] for name, found in both.items()} == {"relu": True, "tanh": False}
    assert list(answered(tmp_path, text, "relu")["diagnoses"]) == ["relu"]


def test_like_brings_the_rules_kinks(tmp_path):
    text = RELU.replace("x > 0", "x >= 0")
    (found,) = answered(tmp_path, text, "relu")["diagnoses"].values()
    assert (found["cause"], found["where"]) == ("mask", "at 0")


MISUSE = {
    "a misspelt backward": (
        RELU.replace("relu_b", "relu_bk"),
        None,
        "did you mean 'relu_backward' by 'relu_bkackward'?",
    ),
    "nothing": ("x = 1\n", None, "expected functions NAME and NAME_backward"),
    "an unknown rule": (RELU, "rleu", "did you mean 'relu'?"),
    "inputs beyond guessing": ("def f(x): return x[99]\ndef f_backward(dy, x): return dy\n", None, "write inputs()"),
    "constants that the rule has": (
        "def dropout(x): return x\ndef dropout_backward(dy, x): return dy\n",
        "dropout",
        "p",
    ),
}


@pytest.mark.parametrize("case", MISUSE)
def test_misuse_is_one_line_with_the_cure(case, tmp_path):
    text, like, message = MISUSE[case]
    found = answered(tmp_path, text, like)
    assert message in found["misuse"]
    assert "\n" not in found["misuse"]


BROKEN = {
    "no syntax": ("def f(x)\n    return x\n", "SyntaxError", 1),
    "no such module": ("x = 1\nimport nowhere_to_be_found\n", "ModuleNotFoundError", 2),
    "no such name": (RELU.replace("dy * (x > 0)", "dy * z"), "NameError", 3),
    "a forward that raises": (
        RELU.replace("x.clamp(min=0)", "x / [].pop()") + "INPUTS = torch.rand(3)\n",
        "IndexError",
        2,
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_exception_is_reported_with_its_line(case, tmp_path):
    text, kind, line = BROKEN[case]
    (found,) = answered(tmp_path, text)["diagnoses"].values()
    assert kind in found["text"]
    assert f"mine.py, line {line}" in found["text"]


WRONG_USE = {
    "no file": (["check"], "FILE.py"),
    "a file that is not there": (["check", "mien.py"], "did you mean 'mine.py'?"),
    "a folder": (["check", "."], "is a folder"),
    "no time": (["check", "mine.py", "--timeout", "0"], "0.1 to 86400"),
    "an unknown exercise": (["practice", "sofmax"], "did you mean 'softmax'?"),
    "an unknown rule": (["check", "mine.py", "--like", "rleu"], "did you mean 'relu'?"),
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use_ends_with_code_2_and_one_line(case, tmp_path, capsys, monkeypatch):
    arguments, message = WRONG_USE[case]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(RELU)
    try:
        code = cli.main(arguments)
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    assert code == 2
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_guessed_inputs_make_a_function_move():
    from dlconcepts.doctor.gradients.reading import Pair, guessed

    (p, t) = guessed(Pair("bce", torch.nn.functional.binary_cross_entropy, lambda dy, p, t: (dy * p, None)))
    assert 0 < float(p.min()) < float(p.max()) < 1
    assert t.shape == p.shape
