"""Nothing of the article's wording is copied; and the test that says so can fail."""

import pytest

from tests.own_words import HASHES, LENGTH, ROOT, RUN, copied, files, known, runs, words

OURS = "Seven grey herons were counting the boats that passed below the old stone bridge at noon."


def test_the_hashes_are_those_of_a_whole_article():
    assert len(known()) > 1500
    assert all(len(digest) == LENGTH for digest in known())
    assert words(HASHES.read_text(encoding="utf-8").splitlines()[0])[:2] == ["sha", "256"]


def test_the_texts_are_all_of_ours():
    found = {path.relative_to(ROOT).as_posix() for path in files()}
    assert {
        *(
            "README.md",
            "ARCHITECTURE.md",
            "CHANGELOG.md",
            "Makefile",
            "pyproject.toml",
            "dlconcepts/glossary/entries.toml",
        ),
        *(
            "dlconcepts/glossary/entries.py",
            "scripts/loss.py",
            "tests/test_own_words.py",
            "dlconcepts/records/loss.json",
        ),
    } <= found


def test_no_eight_words_in_a_row_are_the_articles():
    hashes = known()
    for path in files():
        text = path.read_text(encoding="utf-8", errors="replace")  # a tool may have left a file of its own here
        assert copied(text, hashes) == [], path.relative_to(ROOT)


@pytest.mark.parametrize(
    "text",
    [
        OURS,
        OURS.upper(),
        "# Seven grey herons were\n#   counting the boats -- that 'passed',\nbelow",
        'text = "seven grey herons were "\n       "counting the boats that"',
        "| **seven_grey-herons** | were counting; the (boats) that |",
    ],
)
def test_a_copy_is_found_however_it_is_set(text):
    hashes = {digest for _, digest in runs(OURS)}
    assert copied(f"Before it, {text} and after it.", hashes)


def test_fewer_words_and_other_words_are_no_copy():
    hashes = {digest for _, digest in runs(OURS)}
    seven = " ".join(words(OURS)[: RUN - 1])
    assert copied(seven, hashes) == []
    assert copied(f"{seven} ships", hashes) == []
    assert copied(OURS.replace("boats", "barges").replace("bridge", "arch"), hashes) == []
