"""What README and docs quote is what the records, the rules and the scores say today."""

import importlib.util
import re
from pathlib import Path

import pytest

from dlconcepts import glossary
from dlconcepts.evidence import records

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("readme", ROOT / "scripts" / "readme.py")
readme = importlib.util.module_from_spec(spec)
spec.loader.exec_module(readme)
TEXTS = {path: path.read_text(encoding="utf-8") for path in readme.FILES}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_what_is_generated_is_not_stale(path):
    assert readme.generated(TEXTS[path]) == TEXTS[path], "run: python scripts/readme.py"


def test_every_generated_part_is_somewhere_and_once():
    text = "".join(TEXTS.values())
    for make in readme.PARTS:
        assert text.count(f"<!-- begin {make.__name__}:") == text.count(f"<!-- end {make.__name__} -->") == 1
        assert make() in text


def test_a_stale_part_is_noticed():
    path = readme.FILES[0]
    assert readme.generated(TEXTS[path].replace("**conditional**", "**supported**", 1)) == TEXTS[path]


def test_the_readme_opens_with_what_this_is_two_commands_the_figures_and_the_verdicts():
    text = TEXTS[readme.FILES[0]]
    opening = text.split("\n\n")[1]
    assert len(re.findall(r"[.?!](?:\s|$)", opening)) == 3
    places = [
        text.index(part) for part in (opening, "make demo", "make test", "begin figures", "begin verdicts", "\n## C")
    ]
    assert places == sorted(places)


def test_every_statement_is_in_the_table_with_its_verdict_and_an_effect():
    rows = [line.split(" | ") for line in readme.verdicts().splitlines() if line.startswith("| ")]
    for concept in glossary.concepts():
        found = records.read(records.FOLDER / f"{concept}.json").found()
        for id, gist in glossary.statements(concept).items():
            (row,) = [row for row in rows if row[0] == f"| {readme.cell(gist)}"]
            assert row[1] == f"**{found[id].outcome}**"
            assert re.search(r": (-?[0-9]|no number)", row[2])


def test_every_table_has_as_many_cells_in_all_its_rows():
    for path, text in TEXTS.items():
        for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(cells) == 1, f"{path.name}: {table[:200]}"


def test_the_links_lead_somewhere():
    for path, text in TEXTS.items():
        for target, _ in re.findall(r"\]\(([^)#]+)(#[^)]*)?\)", text):
            assert target.startswith("https://") or (path.parent / target).is_file(), f"{path.name}: {target}"
