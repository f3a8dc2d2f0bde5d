import torch

from dlconcepts.concepts.network.input_shape import conventions, refusals, refused

W, b = torch.randn(4, 3, dtype=torch.float64), torch.randn(3, dtype=torch.float64)
x = torch.randn(100, 4, dtype=torch.float64)


def test_rows_are_for_linear_layers_and_columns_for_paper_and_channels():
    assert refusals(x, W, b) == {
        "torch.nn.Linear": {"(N, 4)": 0, "(N, 4, 1)": 2},
        "linear, by hand": {"(N, 4)": 0, "(N, 4, 1)": 2},
        "column per sample": {"(N, 4)": 2, "(N, 4, 1)": 0},
        "channels of a convolution": {"(N, 4)": 2, "(N, 4, 1)": 0},
    }


def test_an_answer_with_other_numbers_counts_as_refused(monkeypatch):
    monkeypatch.setitem(conventions, "odd", lambda x, W, b: x @ W)
    assert refused("odd", x, W, b)
    monkeypatch.setitem(conventions, "fine", lambda x, W, b: x @ W + b)
    assert not refused("fine", x, W, b)
    monkeypatch.setitem(conventions, "too many", lambda x, W, b: (x @ W + b).repeat(2, 1))
    assert refused("too many", x, W, b)
