import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_generated_parts_of_the_readme_are_not_stale():
    spec = importlib.util.spec_from_file_location("readme", ROOT / "scripts" / "readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert module.generated(text) == text, "run: python scripts/readme.py"
    assert module.verdicts() in text
    assert module.operations() in text
