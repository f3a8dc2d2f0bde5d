"""Names become files and lines without importing anything."""

import inspect

import pytest

from dlconcepts.evidence import records
from dlconcepts.glossary.source_code import docstring, place
from dlconcepts.images import data_set
from dlconcepts.manual import activation, loss
from dlconcepts.training import setting, train

HERE = {
    "manual.loss.mean_squared_error": loss.mean_squared_error,
    "training.train.train": train.train,
    "training.setting.Setting": setting.Setting,
    "evidence.records.Run": records.Run,  # beside a folder of the same name
    "training.setting.Setting.code": setting.Setting.code,
}


@pytest.mark.parametrize("name", HERE)
def test_the_place_is_where_python_itself_finds_the_source(name):
    found = place(name)
    assert str(found.path()) == inspect.getsourcefile(inspect.unwrap(HERE[name]))
    lines, first = inspect.getsourcelines(HERE[name])
    defined = next(i for i, line in enumerate(lines) if line.lstrip().startswith(("def ", "class ")))
    assert found.line == first + defined


def test_a_table_a_constant_and_a_field_have_places():
    for name, module, begins in [
        ("manual.activation.kinks", activation, "kinks = "),
        ("images.data_set.EMBEDDED", data_set, "EMBEDDED = "),
        ("training.setting.Setting.lr", setting, "    lr: float"),
    ]:
        found = place(name)
        assert inspect.getsource(module).splitlines()[found.line - 1].startswith(begins)
        assert found.file == f"dlconcepts/{module.__name__.split('.', 1)[1].replace('.', '/')}.py"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("manual.loss.mean_squared_eror", "manual/loss.py defines no 'mean_squared_eror'"),
        ("manual.loss.Tensor", "defines no 'Tensor'"),  # imported there, not defined
        ("manual.lost.huber", "expected MODULE.NAME"),
        ("manual.loss", "expected MODULE.NAME"),
        ("manual", "expected MODULE.NAME"),
        ("", "expected MODULE.NAME"),
        ("../tests.glossary.test_source_code.place", "expected MODULE.NAME"),
        ("training.setting.Setting.lrr", "defines no 'lrr'"),
    ],
)
def test_what_is_not_there_is_refused_with_its_name(name, problem):
    with pytest.raises(ValueError, match=problem.replace(".", r"\.")) as refused:
        place(name)
    assert repr(name) in str(refused.value)


@pytest.mark.parametrize("thing", [activation, activation.relu, loss.huber], ids=lambda thing: thing.__name__)
def test_a_docstring_is_that_of_the_source(thing):
    assert docstring(thing) == inspect.getdoc(thing)
