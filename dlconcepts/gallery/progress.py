"""How far a run has come and how long the rest will take: one bar over everything that was asked for.

It counts epochs of single models, on stderr; silent where that is no terminal.
"""

import sys

from tqdm import tqdm

FORM = "{desc} {percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt} epochs, {remaining} left"


class Progress:
    """expected: by concept, in order, the epochs that it will take."""

    def __init__(self, expected: dict[str, int]):
        self.expected, self.begun, self.end = expected, 0, 0
        # smoothing 0: the rate of all epochs so far, since single stacks differ a hundredfold
        self.bar = tqdm(
            total=sum(expected.values()), bar_format=FORM, smoothing=0, disable=None, file=sys.stderr, leave=False
        )

    def begin(self, concept: str) -> None:
        """The next concept. What the one before left out, or had trained already, counts as done."""
        self.finish()
        self.begun += 1
        self.end += self.expected[concept]
        count = f" {self.begun}/{len(self.expected)}" if len(self.expected) > 1 else ""
        self.bar.set_description_str(f"{concept}{count}")

    def update(self, epochs: int) -> None:
        """So many more are done; a concept never takes more of the bar than was expected of it."""
        self.bar.update(min(epochs, self.end - self.bar.n))

    def say(self, line: str) -> None:
        """A line above the bar, of what has happened."""
        self.bar.write(f"dlconcepts: {line}", file=sys.stderr)

    def finish(self) -> None:
        """Fills the current concept's part, and makes room for what is printed meanwhile."""
        self.update(self.end - self.bar.n)
        self.bar.clear()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()
