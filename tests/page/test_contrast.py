"""Every pair of colours that the page puts on one another can be told apart, in light and in dark."""

import re
from itertools import product

import pytest

from dlconcepts.drawing.lines import COLORS
from dlconcepts.page.document import HERE

CSS = (HERE / "page.css").read_text(encoding="utf-8")
PAIRS = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)}
OUTCOMES = ("supported", "refuted", "conditional", "not-shown")
WORDS = ("word-key", "word-text", "word-number", "word-name", "word-note")
GROUNDS = ("ground", "card", "code-ground", "accent-ground")
TEXTS = [
    *product(("ink", "soft"), GROUNDS),
    *product(("accent",), ("ground", "card", "accent-ground")),
    *((outcome, ground) for outcome in OUTCOMES for ground in ("card", "ground", f"{outcome}-ground")),
    *product((*WORDS, "ink"), ("code-ground",)),
]


def luminance(colour):
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour]
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a, b):
    """WCAG 2.2: (lighter + .05) / (darker + .05)"""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def colour(hexadecimal):
    return tuple(int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_has_a_contrast_of_at_least_4_5(text, ground, mode):
    assert contrast(colour(PAIRS[text][mode]), colour(PAIRS[ground][mode])) >= 4.5


def test_the_measure_of_contrast_is_the_standard_one():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast(colour("#767676"), (1, 1, 1)) == pytest.approx(4.54, abs=0.005)


def test_no_colour_escapes_this_test():
    """Colours stand in the pairs alone, and whatever colours text is one of the texts above."""
    rest = re.sub(r"--[\w-]+: light-dark\([^)]*\)", "", CSS)
    assert re.findall(r"#[0-9a-f]{3,8}\b", rest) == ["#fff"], "paper is white"
    used = set(re.findall(r"[;{ ]color: var\(--([\w-]+)\)", CSS)) - {"outcome"}
    assert used <= {text for text, _ in TEXTS}
    assert set(PAIRS) == {name for pair in TEXTS for name in pair} | {"line", "figure-ground"}


def turned_over(colour, share, gain):
    """CSS's invert(share), hue-rotate(180deg), brightness(gain), one after the other."""
    r, g, b = (v * (1 - 2 * share) + share for v in colour)
    grey = 2 * (0.213 * r + 0.715 * g + 0.072 * b)  # a half turn of hue is a mirror at the grey of the same brightness
    return tuple(min(1, gain * min(1, max(0, grey - v))) for v in (r, g, b))


def test_in_the_dark_a_figures_colours_stand_out():
    filters = set(re.findall(r"filter: invert\(([\d.]+)\) hue-rotate\(180deg\) brightness\(([\d.]+)\)", CSS))
    ((share, gain),) = filters  # the same by the system's wish and by the button
    ground = turned_over((1, 1, 1), float(share), float(gain))
    assert [round(255 * v) for v in ground] == [round(255 * v) for v in colour(PAIRS["figure-ground"][1])]
    for drawn in (*COLORS, "#222222", "#444444", "#555555"):
        assert contrast(turned_over(colour(drawn), float(share), float(gain)), ground) >= 4.5, drawn
