"""Every term is found by all of its names, and is complete."""

import pytest

from dlconcepts import glossary

WHOLE = {
    "concept": "loss",
    "definition": "The mean of the squared differences.",
    "code": ["manual.loss.mean_squared_error"],
    "try": "dlconcepts run loss --quick # watch",
}


def with_term(**row):
    return {"terms": {"mean squared error": WHOLE | row}, "statements": {"loss.kinds": {"gist": ""}}}


def test_a_whole_term_has_no_problem():
    assert glossary.problems(with_term()) == []
    assert glossary.problems(with_term(formula="a", latex="a", aliases=["mse"], statements=["loss.kinds"])) == []


@pytest.mark.parametrize("field", WHOLE)
def test_a_field_that_is_missing_is_named(field):
    assert f"mean squared error: {field} is missing" in glossary.problems(with_term(**{field: ""}))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"formula": "a"}, "formula and latex go together"),
        ({"latex": "a"}, "formula and latex go together"),
        ({"definiton": "a"}, "definiton is no field"),
        ({"aliases": "mse"}, "aliases should be a list of texts"),
        ({"code": [1]}, "code should be a list of texts"),
        ({"definition": ["a"]}, "definition should be a text"),
        ({"try": "dlconcepts list"}, "what to watch"),
        ({"statements": ["loss.kind"]}, "there is no statement 'loss.kind'"),
    ],
)
def test_a_wrong_field_is_named(row, problem):
    (found,) = glossary.problems(with_term(**row))
    assert found.startswith("mean squared error: ")
    assert problem in found


@pytest.mark.parametrize("alias", ["mean squared error", "Mean_Squared-Error", "MSE"])
def test_two_terms_of_one_name_are_refused(alias):
    content = with_term(aliases=["mse"])
    content["terms"]["cost"] = WHOLE | {"aliases": [alias]}
    (found,) = glossary.problems(content)
    assert found == f"cost: {alias!r} is a name of 'mean squared error' too; give it to one of the two"


def test_spelling_does_not_matter():
    for text in ("mean squared error", "Mean_squared-error", "MSE", " mse ", "mean squared errors"):
        assert glossary.find(text) == "mean squared error"
    for text in ("categorical_crossentropy", "Categorical Cross-Entropy", "cross entropy"):
        assert glossary.find(text) == "categorical cross-entropy"
    assert glossary.find("Training Epochs") == glossary.find("epoch") == "epoch"
    assert glossary.find("batch sizes") == "batch size"


@pytest.mark.parametrize("text", ["", " ", "-", "quokka", "s"])
def test_what_is_no_term_is_not_found(text):
    assert glossary.find(text) is None


def test_what_may_have_been_meant_is_near():
    assert glossary.near("learning rat")[0] == "learning rate"
    assert glossary.near("mini batc")[0] in ("mini-batch", "minibatch")
    assert glossary.near("quokka") == glossary.near("-") == []
    assert {"batch norm", "layer norm"} <= set(glossary.near("norm"))
    assert glossary.near("actvation.choice", ("activation.choice",))[0] == "activation.choice"
