"""Who may import whom, and the discipline that lets one formula serve one model and many."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dlconcepts

PACKAGE = Path(dlconcepts.__file__).parent
STANDARD = sys.stdlib_module_names
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

# room -> (rooms that it may import, libraries); every arrow points up this table, so there is no circle
ROOMS = {
    "manual": ("", "torch"),
    "evidence": ("", "scipy"),
    "rules": ("manual", "torch"),
    "images": ("manual", "torch torchvision numpy scipy"),
    "drawing": ("evidence", "matplotlib numpy"),
    "glossary": ("evidence", "jupytext nbformat"),
    "training": ("manual evidence rules images", "torch joblib"),
    "concepts": ("manual evidence rules images drawing training", "torch matplotlib numpy scipy"),
    "gallery": ("evidence images drawing glossary training", "torch tqdm IPython"),  # and the concept that is asked for
    "doctor": ("rules glossary", "torch numpy"),
    "page": (
        "evidence rules images drawing glossary training gallery",
        "torch jinja2 markupsafe pygments latex2mathml",
    ),
    "bench": ("images training", "torch sklearn"),
    "commands": ("evidence rules images glossary training gallery doctor page bench", "torch tqdm joblib"),
    "__init__": ("doctor", ""),
    "__main__": ("commands", ""),
}


def imports(path):
    """(what of ours, what else) a file imports, anywhere in it."""
    folders = (PACKAGE / path).relative_to(PACKAGE.parent).parent.parts
    ours, others = set(), set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text())):
        if isinstance(node, ast.Import):
            others |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            others.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            base = [*folders[: len(folders) - node.level + 1], *(node.module or "").split(".")]
            inside = [part for part in base[1:] if part]
            ours |= {inside[0]} if inside else {name.name for name in node.names}
    return ours - {"__version__"}, others - set(STANDARD)


@pytest.mark.parametrize("path", FILES)
def test_a_file_imports_only_what_its_room_may(path):
    room = path.split("/")[0].removesuffix(".py")
    ours, others = imports(path)
    allowed, libraries = (set(words.split()) for words in ROOMS[room])
    assert ours <= allowed | {room}, f"{path} imports {ours - allowed}"
    assert others <= libraries, f"{path} imports {others - libraries}"


def test_every_arrow_points_up_the_table():
    above = set()
    for room, (allowed, _) in ROOMS.items():
        assert set(allowed.split()) <= above, room
        above.add(room)


def test_the_root_holds_rooms_and_nothing_else():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__", "records"}
    files = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert folders | {"__init__", "__main__"} == ROOMS.keys()
    assert files == {"__init__.py", "__main__.py", "py.typed"}


def test_every_test_is_of_a_room_or_of_the_whole():
    tests = Path(__file__).parent
    rooms = {path.relative_to(tests).parts[0] for path in tests.rglob("test_*.py")}
    others = {"faults", "faultbox"}  # the tests of the tests, and of an installed wheel
    assert {name for name in rooms if not name.endswith(".py")} <= ROOMS.keys() | others


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith("concepts/")])
def test_no_concept_imports_another(path):
    here = path.split("/")[1]
    for node in ast.walk(ast.parse((PACKAGE / path).read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 2:
            names = {node.module.split(".")[0]} if node.module else {name.name for name in node.names}
            assert names <= {"shared"} - {here}, f"{path} imports {names}"


REDUCTIONS = {
    *("sum", "mean", "var", "std", "amax", "amin", "max", "min", "argmax", "argmin", "prod", "norm", "all", "any"),
    *("logsumexp", "median", "cumsum", "softmax", "log_softmax"),
}


def axes_forgotten(tree):
    """Reductions without a dim, and .T: what works for one model and mixes up a stack."""
    for node in ast.walk(tree):
        transposed = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "t"
        if transposed or (isinstance(node, ast.Attribute) and node.attr == "T"):
            yield f"line {node.lineno}: transposed all axes"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in REDUCTIONS:
            of_torch = isinstance(node.func.value, ast.Name) and node.func.value.id == "torch"
            given = len(node.args) - of_torch > 0 or any(k.arg == "dim" for k in node.keywords)
            if not given:
                yield f"line {node.lineno}: .{node.func.attr}() without dim"


@pytest.mark.parametrize("path", [p for p in FILES if p.startswith(("manual/", "rules/")) and p != "rules/verify.py"])
def test_the_mathematics_names_its_axes(path):
    assert list(axes_forgotten(checked(path))) == []


class WithoutRefusals(ast.NodeTransformer):
    """Leaves out what looks at whole tensors to refuse them: need_... functions and `if ...: raise`."""

    def visit_FunctionDef(self, node):
        return None if node.name.startswith("need_") else self.generic_visit(node) and node

    def visit_If(self, node):
        return None if isinstance(node.body[-1], ast.Raise) and not node.orelse else self.generic_visit(node)


def checked(path):
    return WithoutRefusals().visit(ast.parse((PACKAGE / path).read_text()))


def test_the_axis_check_sees_what_it_should():
    assert len(list(axes_forgotten(ast.parse("a.T; a.sum(); torch.sum(a); a.sum(-1); torch.amax(a, -1)")))) == 3


@pytest.mark.parametrize("path", [p for p in FILES if p.startswith("manual/") and not p.endswith("__init__.py")])
def test_a_file_of_mathematics_opens_with_its_shapes(path):
    assert "\nShapes: " in ast.get_docstring(ast.parse((PACKAGE / path).read_text()))


@pytest.mark.parametrize(
    "command",
    [
        "import dlconcepts",
        "from dlconcepts.commands.cli import main; main(['list'])",
        "from dlconcepts.commands.cli import main; assert main(['explain', 'mse']) == 0",
    ],
    ids=["import", "list", "explain"],
)
def test_what_need_not_compute_does_not_import_torch(command):
    code = f"import sys; {command}; assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_help_does_not_import_torch():
    code = (
        "import sys, atexit; from dlconcepts.commands.cli import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit as end: sys.exit(end.code or 'torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def seconds(code):
    """What the code prints in a fresh interpreter; the best of three, since others may use the machine too."""
    command = [sys.executable, "-c", f"import time; {code}; print(time.perf_counter() - t)"]
    return min(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(3))


def test_importing_the_package_takes_no_time():
    assert seconds("t = time.perf_counter(); import dlconcepts") < 0.1


def test_the_data_are_ready_in_less_than_a_second():
    assert seconds("import torch, dlconcepts.images.data_set as d; t = time.perf_counter(); d.load()") < 1
