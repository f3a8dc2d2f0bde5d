"""Do we say it in our own words? Runs of eight words of the article, as hashes, against every text that is ours.

The article itself is not kept here. Its hashes were made by `python -m tests.own_words ARTICLE.txt`.
"""

import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
HASHES = Path(__file__).with_name("article_hashes.txt")
RUN = 8  # words: shorter runs are common English, longer ones are quotations
LENGTH = 16  # hexadecimal digits: a million runs of ours meet one of two thousand by chance once in ten billion times
FOLDERS = ("dlconcepts", "scripts", "tests", "figures", "docs", ".ci")
SUFFIXES = {".py", ".toml", ".md", ".txt", ".json", ".html", ".j2", ".css", ".js", ".svg", ".ipynb", ".mplstyle", ""}


def words(text: str) -> list[str]:
    """Lower case, letters and digits only: line breaks, punctuation and comment signs do not hide a copy."""
    return re.findall(r"[^\W_]+", text.casefold())


def runs(text: str) -> Iterator[tuple[str, str]]:
    """(the eight words, their hash), from every word on."""
    said = words(text)
    for i in range(len(said) - RUN + 1):
        run = " ".join(said[i : i + RUN])
        yield run, sha256(run.encode()).hexdigest()[:LENGTH]


def known() -> set[str]:
    """The article's hashes."""
    return {line for line in HASHES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")}


def copied(text: str, hashes: set[str]) -> list[str]:
    """The runs of a text that the article has too."""
    return [run for run, digest in runs(text) if digest in hashes]


def files() -> list[Path]:
    """Every text file that is ours, generated ones too."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")] + list(ROOT.iterdir())
    wanted = [path for path in found if path.is_file() and path.suffix in SUFFIXES and path != HASHES]
    return sorted(path for path in wanted if "__pycache__" not in path.parts and path.name != ".git")


if __name__ == "__main__":
    article = Path(sys.argv[1]).read_text(encoding="utf-8")
    print(f"# SHA-256, first {LENGTH} digits, of each run of {RUN} words of the article; see own_words.py")
    print("\n".join(sorted({digest for _, digest in runs(article)})))
