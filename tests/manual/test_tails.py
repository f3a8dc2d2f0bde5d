"""Values and slopes keep their digits over the whole range of float64 and float32."""

import pytest
import torch
from tails import DOCS, TAILS, TYPES, measured

# In eps of the type: a few roundings. GELU's exponent grows with x^2, and so does what rounding x / sqrt(2) costs.
BOUND = 8
GELUS = {torch.float64: 1024, torch.float32: 128}


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("name", TAILS)
def test_no_digit_is_lost_in_the_tails(name, dtype):
    for row in measured(name, dtype):
        bound = GELUS[dtype] if "GELU" in name else BOUND
        assert row.ours.error <= bound, f"{row.what} is off by {row.ours.error:.3g} eps at {row.ours.x:.3g}"


@pytest.mark.parametrize("name", TAILS)
def test_the_page_has_a_row_for_each(name):
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith((f"| {name} |", f"| slope of {name} |"))]
    assert len(rows) == 2 * len(TYPES)
