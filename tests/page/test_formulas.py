"""Formulas become MathML and nothing else."""

from xml.etree import ElementTree

import pytest

from dlconcepts import glossary
from dlconcepts.page.formulas import mathml

WITH_FORMULA = [name for name, row in glossary.read()["terms"].items() if row.get("latex")]


@pytest.mark.parametrize("name", WITH_FORMULA)
def test_every_formula_of_the_glossary_is_mathml(name):
    term = glossary.term(name)
    root = ElementTree.fromstring(mathml(term.latex, term.formula))
    assert root.tag == "math"
    assert root.get("alttext") == term.formula
    shown = "".join(root.itertext())
    assert shown
    assert "\\" not in shown, "a command that latex2mathml does not know"


def test_a_fraction_is_a_fraction():
    found = mathml(r"\frac{1}{n}", "1/n")
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>" in found
    assert 'display="block"' in found


@pytest.mark.parametrize(
    "latex", [r"\text{<script>alert(1)</script>}", r"\text{a<b}", r"\text{<img src=x onerror=alert(1)/>}"]
)
def test_what_is_no_mathml_is_refused(latex):
    with pytest.raises(ValueError, match="formula"):
        mathml(latex, "")
