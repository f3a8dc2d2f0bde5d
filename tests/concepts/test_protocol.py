"""The folder is the registry: every concept in it offers the same names."""

import ast
import inspect
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from dlconcepts import gallery, glossary
from dlconcepts.evidence import records
from dlconcepts.training import tuning
from dlconcepts.training.setting import Setting

CONCEPTS = glossary.concepts()
every_concept = pytest.mark.parametrize("name", CONCEPTS)
DOOR = {  # file of a concept: (what its door offers of it, what else if the file has it)
    "arms": ({"ARMS", "TUNED"}, {"MORE"}),
    "experiment": ({"in_torch", "measure"}, set()),
    "figure": ({"alt", "draw"}, set()),
    "verdicts": ({"verdicts"}, {"TIMED"}),
}
IDEAS = {  # file of a concept: (how it opens, which of the others it may import)
    "arms": ("What is compared: ", set()),
    "experiment": ("What is measured: ", {"arms"}),
    "verdicts": ("What is judged: ", {"arms"}),
    "figure": ("The figure of the concept `{name}`: ", {"arms", "experiment", "verdicts"}),
}


def test_there_are_concepts():
    assert "activation" in CONCEPTS


def part(name, file):
    return import_module(f"dlconcepts.concepts.{name}.{file}")


def imported(tree):
    """The names that a file of a concept imports from the files beside it, by file."""
    nodes = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module]
    return {node.module: {alias.name for alias in node.names if alias.asname is None} for node in nodes}


def source(name, file):
    path = Path(gallery.concept(name).__file__).with_name(f"{file}.py")
    return ast.parse(path.read_text())


@every_concept
def test_the_door_offers_what_the_gallery_asks_for_and_nothing_else(name):
    tree = source(name, "__init__")
    offered = {
        file: always | {each for each in sometimes if hasattr(part(name, file), each)}
        for file, (always, sometimes) in DOOR.items()
    }
    assert imported(tree) == offered
    assert sorted(gallery.concept(name).__all__) == sorted(chain(*offered.values()))
    assert len(tree.body) == 2 + len(DOOR)  # the page before the imports, `__all__` after them


@every_concept
@pytest.mark.parametrize("file", IDEAS)
def test_a_file_of_a_concept_opens_with_its_idea_and_imports_downwards(name, file):
    opening, below = IDEAS[file]
    assert part(name, file).__doc__.startswith(opening.format(name=name))
    assert imported(source(name, file)).keys() & IDEAS.keys() <= below


@every_concept
def test_a_file_of_a_concept_fits_on_a_few_screens(name):
    for path in Path(gallery.concept(name).__file__).parent.glob("*.py"):
        assert len(path.read_text().splitlines()) <= 200, path.name


@every_concept
def test_what_the_gallery_asks_for_is_as_it_asks(name):
    module = gallery.concept(name)
    wanted = {
        "measure": ["arms", "data", "seeds", "options"],
        "verdicts": ["runs"],
        "draw": ["figure", "runs", "found"],
        "alt": ["found"],
    }
    for function, arguments in wanted.items():
        assert list(inspect.signature(getattr(module, function)).parameters) == arguments
    assert next(iter(inspect.signature(module.in_torch).parameters)) == "data"
    assert all(isinstance(arm, Setting) for arm in module.ARMS.values())
    assert module.TUNED.keys() <= module.ARMS.keys()
    for field, grid in module.TUNED.values():
        assert len(grid) >= 3
        assert list(grid) == sorted(grid)
        assert hasattr(Setting(), field)


@every_concept
def test_the_first_line_of_a_concept_is_its_question(name):
    first, *rest = gallery.concept(name).__doc__.splitlines()
    assert first.endswith("?")
    assert len(" ".join(rest).split()) >= 30


@every_concept
def test_every_statement_of_the_glossary_is_judged_and_no_other(name):
    trees = [ast.parse(path.read_text()) for path in Path(gallery.concept(name).__file__).parent.glob("*.py")]
    constants = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    written = {value for value in constants if isinstance(value, str)}
    ids = {text for text in written if text.startswith(f"{name}.")}
    assert ids == set(glossary.statements(name))
    assert glossary.terms(name)


@every_concept
def test_a_concept_has_its_files_under_the_same_name(name):
    root = Path(__file__).parents[2]
    for path in [f"scripts/{name}.py", f"figures/{name}.png", f"dlconcepts/records/{name}.json"]:
        assert (root / path).is_file(), path


def test_every_statement_belongs_to_a_concept():
    assert {statement.split(".")[0] for statement in glossary.read()["statements"]} <= set(CONCEPTS)
    assert {term["concept"] for term in glossary.read()["terms"].values()} <= set(CONCEPTS)


@every_concept
def test_the_committed_record_is_judged_as_the_code_judges_it(name):
    module, record = gallery.concept(name), records.read(records.FOLDER / f"{name}.json")
    assert module.verdicts(record.runs) == record.found()
    assert record.timing["verdicts"].keys() == set(getattr(module, "TIMED", ()))
    assert not any(verdict.outcome == "not judged" for verdict in record.found().values())


@every_concept
def test_the_committed_record_is_of_the_experiment_as_declared(name):
    module, record = gallery.concept(name), records.read(records.FOLDER / f"{name}.json")
    assert record.environment["budget"] == "full"
    assert record.environment["overrides"] == {}
    assert record.environment["seeds"] == list(range(10))
    assert {run.seed for run in record.runs} == set(range(10))
    assert set(range(10)).isdisjoint(tuning.SEEDS)
    assert record.tuning.keys() == module.TUNED.keys()
    arms = tuning.apply(module.ARMS, record.tuning)
    assert {label: Setting(**setting) for label, setting in record.settings.items()} == arms
    for label, row in record.tuning.items():
        assert (row["field"], tuple(row["grid"])) == module.TUNED[label]
