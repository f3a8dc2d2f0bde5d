"""What several tests of the mathematics measure against: numbers to try, 50-digit values, drawn tensors."""

import mpmath
import torch
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

EPS = torch.finfo(torch.float64).eps
INF, NAN = float("inf"), float("nan")
FINITE = [0.0, -0.0, 1e-300, -1e-300, 20.0, -20.0, 100.0, -100.0, 1e4, -1e4, 1e20, -1e20]
EXTREMES = [*FINITE, INF, -INF, NAN]
SHAPES = [(), (1,), (0,), (0, 3), (1, 3), (3, 1), (2, 3, 2, 2)]
drawn = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def to_forty():
    """Numbers within +-40, the tiny ones too: where a lost tail would show."""
    x = torch.rand(300, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    tiny = tensor(1e-300, 1e-20, 1e-9, 1e-4, 0.1)
    return torch.cat([80 * x - 40, tiny, -tiny, tensor(-40, 40)])


def relative_error(ours, truth, x):
    """max |ours - truth(x)| / |truth(x)| in units of eps, with truth computed by mpmath to 50 digits."""
    with mpmath.workdps(50):
        exact = [truth(mpmath.mpf(v)) for v in x.tolist()]
        return float(max(abs(mpmath.mpf(o) / e - 1) for o, e in zip(ours.tolist(), exact, strict=True))) / EPS


def alone(function, x, dy):
    """torch's value and gradient for one tensor, by autograd."""
    x = x.detach().clone().requires_grad_()
    y = function(x)
    if not y.requires_grad:
        return y, torch.zeros_like(x)
    return y.detach(), torch.autograd.grad(y, x, dy)[0]


def spaced(x, how):
    """x's numbers in another layout: as they are, with the axes stored in the other order, or with stride 2."""
    if how == "transposed":
        backwards = tuple(reversed(range(x.ndim)))
        return x.permute(backwards).contiguous().permute(backwards)
    return torch.stack([x, x + 1], -1)[..., 0] if how == "stride 2" else x


@st.composite
def tensors(draw, min_dims=0, max_dims=4, min_side=0, limit=50):
    """float64 tensors of 0 to 4 dimensions with sides of 0 to 4, kinks and their neighbours among the entries."""
    shape = draw(array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=4))
    entries = st.one_of(st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-300]), st.floats(-limit, limit))
    x = torch.from_numpy(draw(arrays("float64", shape, elements=entries)).copy())
    return spaced(x, draw(st.sampled_from(["as it is", "transposed", "stride 2"])))
