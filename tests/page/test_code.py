"""The page shows the code itself, and what `verify` says of it."""

import html
import inspect
import re

import pytest

from dlconcepts import glossary
from dlconcepts.manual import loss
from dlconcepts.page import code
from dlconcepts.rules import rules
from dlconcepts.rules.verify import verify


def plain(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


@pytest.fixture
def afresh():
    code.verified.cache_clear()
    yield
    code.verified.cache_clear()


def test_a_place_shows_forward_and_backward_once():
    places = ["manual.loss.mean_squared_error_backward", "manual.loss.mean_squared_error", "train.train"]
    (found,) = code.listings(places)
    assert found.name == "mean squared error"
    assert found.file == "dlconcepts/manual/loss.py"
    source = plain(found.source)
    assert inspect.getsource(loss.mean_squared_error) in source
    assert inspect.getsource(loss.mean_squared_error_backward).rstrip() in source


def test_the_checks_are_the_rows_of_verify(afresh):
    (found,) = code.listings(["manual.loss.huber"])
    rows = verify("huber", rules["huber"])
    assert [(c.gradient, c.cases, c.passed) for c in found.checks] == [(r.gradient, r.cases, r.passed) for r in rows]
    assert [c.differences is None for c in found.checks] == [r.differences is None for r in rows]
    assert all(c.passed for c in found.checks)


def test_a_wrong_backward_is_not_shown_as_right(afresh, monkeypatch):
    wrong = rules["sigmoid"]._replace(backward=lambda dy, y: (dy * y * (1 - y) * (1 + 1e-6),))
    checks = list(code.checks("sigmoid", wrong))
    assert [c.passed for c in checks] == [True, False]


def test_what_is_no_rule_is_shown_without_checks():
    (found,) = code.listings(["manual.optimizer.sgd"])
    assert found.checks == []
    assert "def sgd(" in plain(found.source)


def test_tables_classes_and_other_folders_have_no_listing():
    assert code.listings(["manual.activation.kinks", "setting.Setting.lr", "manual.network.Layer"]) == []


def test_every_place_of_the_glossary_can_be_asked():
    for name in glossary.read()["terms"]:
        code.listings([place for place in glossary.term(name).code if not place.startswith(code.BY_HAND)])
        for place in glossary.term(name).code:
            code.named(place) if place.startswith(code.BY_HAND) else None
