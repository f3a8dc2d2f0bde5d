"""Who may import whom, and the discipline that lets one formula serve one model and many."""

# Over 200 lines, and one thing: one table of who may import whom, and what holds of every file.

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dlconcepts

PACKAGE = Path(dlconcepts.__file__).parent
STANDARD = sys.stdlib_module_names
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

# module or folder -> (what of ours it may import, which libraries); None: anything
ALLOWED = {
    "manual": ({"manual"}, {"torch"}),
    "rules": ({"manual", "rules"}, {"torch"}),
    "verify": ({"rules"}, {"torch"}),
    "layers": ({"manual", "rules"}, set()),
    "records": (set(), set()),
    "glossary": (set(), set()),
    "places": (set(), set()),
    "data": (set(), {"torch", "torchvision"}),
    "plot": (set(), {"matplotlib", "numpy"}),
    "evidence": ({"records"}, {"scipy"}),
    "gradients": ({"manual"}, {"torch"}),
    "classic": ({"classic", "data"}, {"torch", "numpy", "scipy"}),
    "prepare": ({"classic", "manual", "data", "seeding"}, {"torch"}),
    "setting": ({"data", "manual", "rules", "prepare"}, set()),
    "budget": ({"data", "setting"}, set()),
    "feed": ({"dark", "data", "seeding", "stacks"}, {"torch"}),
    "seeding": ({"manual", "data"}, {"torch"}),
    "build": ({"manual", "rules", "layers", "data", "setting", "seeding"}, {"torch"}),
    "descend": ({"manual", "rules"}, {"torch"}),
    "dark": ({"data", "manual"}, {"torch"}),
    "step": ({"manual", "rules", "gradients", "setting", "build", "descend", "feed"}, {"torch"}),
    "history": ({"manual", "step"}, {"torch"}),
    "memory": ({"build", "data", "setting"}, set()),
    "train": (
        {
            "manual",
            "rules",
            "budget",
            "build",
            "dark",
            "data",
            "descend",
            "feed",
            "history",
            "memory",
            "prepare",
            "records",
            "seeding",
        }
        | {"setting", "stacks", "step"},
        {"torch"},
    ),
    "tuning": ({"data", "records", "setting", "train"}, set()),
    "concepts": (
        {"manual", "rules", "verify", "data", "build", "train", "setting", "seeding", "evidence", "records", "plot"}
        | {"budget", "classic", "drawing", "everyday", "feed", "gradients", "panels", "prepare", "probes", "stacks"},
        {"torch", "matplotlib", "numpy", "scipy"},
    ),
    "drawing": (
        {"manual", "rules", "verify", "data", "build", "setting", "seeding", "evidence", "records", "plot", "panels"}
        | {"drawing", "probes", "ranking"},
        {"torch", "matplotlib", "numpy"},
    ),
    "panels": ({"evidence", "plot", "records"}, {"matplotlib"}),
    "ranking": ({"evidence"}, set()),
    "probes": (
        {"manual", "rules", "verify", "budget", "build", "data", "feed", "gradients", "probes", "seeding", "setting"}
        | {"classic", "everyday", "layers", "stacks"},
        {"torch", "scipy"},
    ),
    "everyday": ({"budget", "build", "data", "feed", "prepare", "seeding", "setting", "stacks"}, {"torch"}),
    "gallery": (
        {
            "budget",
            "evidence",
            "data",
            "partial",
            "progress",
            "records",
            "request",
            "plot",
            "setting",
            "tuned",
            "tuning",
        },
        {"torch", "IPython"},  # IPython is there when a notebook is
    ),
    "tuned": ({"data", "records", "request", "setting", "tuning"}, set()),
    "progress": (set(), {"tqdm"}),
    "request": ({"budget", "data", "setting"}, set()),  # and the concept that it names
    "stacks": ({"setting"}, set()),
    "partial": ({"data", "records", "stacks"}, {"torch"}),
    "report": (
        {"gallery", "glossary", "notebook", "places", "plot", "records", "report", "rules", "sweeps", "verify"},
        {"jinja2", "latex2mathml", "markupsafe", "pygments"},
    ),
    "telling": ({"records"}, set()),
    "summary": ({"evidence", "glossary", "records", "telling"}, set()),
    "explain": ({"glossary", "places", "records", "telling"}, set()),
    "bench": ({"bench", "data", "setting", "stacks", "train"}, {"torch", "sklearn"}),
    "options": ({"setting"}, set()),
    "notebook": (set(), {"jupytext", "nbformat"}),  # they are there when jupytext is
    "commands": None,
    "doctor": ({"doctor", "rules", "verify"}, {"torch"}),
    "practice": ({"doctor", "places", "rules", "verify"}, set()),
    "doctor_commands": ({"commands", "doctor", "options", "practice", "records"}, set()),
    "glossary_commands": ({"commands", "explain", "glossary", "options", "records"}, set()),
    "sweeps": ({"budget", "data", "partial", "progress", "records", "setting", "sweeps", "train"}, {"torch"}),
    "sweep_commands": ({"commands", "options", "sweeps"}, {"torch"}),
    "cli": (
        {"commands", "data", "doctor_commands", "glossary", "glossary_commands", "notebook", "options"}
        | {"sweep_commands"},
        set(),
    ),
    "__main__": ({"cli"}, set()),
    "__init__": ({"doctor"}, set()),
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
def test_a_file_imports_only_what_the_table_allows(path):
    unit = path.split("/")[0].removesuffix(".py")
    if ALLOWED[unit] is None:
        return
    ours, others = imports(path)
    allowed, libraries = ALLOWED[unit]
    assert ours <= allowed, f"{path} imports {ours - allowed}"
    assert others <= libraries, f"{path} imports {others - libraries}"


COMMANDS = {"__main__", "cli", "doctor_commands", "glossary_commands", "sweep_commands"}  # what imports `commands`


def test_the_table_has_no_circle():
    arrows = {unit: (rule[0] if rule else set(ALLOWED) - COMMANDS) - {unit} for unit, rule in ALLOWED.items()}
    while arrows:
        free = [unit for unit, needs in arrows.items() if not needs & arrows.keys()]
        assert free, f"a circle among {sorted(arrows)}"
        arrows = {unit: needs for unit, needs in arrows.items() if unit not in free}


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith("concepts/")])
def test_no_concept_imports_another(path):
    names = {Path(other).stem for other in FILES if other.startswith("concepts/")} - {"__init__"}
    found = [n for n in ast.walk(ast.parse((PACKAGE / path).read_text())) if isinstance(n, ast.ImportFrom)]
    assert not any(node.level == 1 and (node.module or node.names[0].name) in names for node in found)


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


@pytest.mark.parametrize("path", [p for p in FILES if p.startswith(("manual/", "rules/"))])
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
        "from dlconcepts.cli import main; main(['list'])",
        "from dlconcepts.cli import main; assert main(['explain', 'mse']) == 0",
    ],
    ids=["import", "list", "explain"],
)
def test_what_need_not_compute_does_not_import_torch(command):
    code = f"import sys; {command}; assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_help_does_not_import_torch():
    code = (
        "import sys, atexit; from dlconcepts.cli import main\n"
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
    assert seconds("import torch, dlconcepts.data as d; t = time.perf_counter(); d.load()") < 1
