"""Who is ahead of whom, and how surely: places as ranges, from paired differences.

Intervals are those of evidence.py, one for each pair and not adjusted for the number of pairs.
"""

from itertools import combinations

from .judge import above, paired

Places = dict[str, tuple[int, int]]


def places(scores: dict[str, dict[int, float | None]]) -> Places:
    """The highest and the lowest place that each may have, 1 the best: {name: {seed: score}}, higher is better.

    One is ahead of another only where the interval of their paired difference says so; who shares a place with
    whom has not been told apart. A score of None, of a model that diverged, is behind every number.
    """
    ahead, behind = ({name: 0 for name in scores} for _ in range(2))
    for a, b in combinations(scores, 2):
        if told_apart := order(scores[a], scores[b]):
            first, second = (a, b) if told_apart > 0 else (b, a)
            behind[first] += 1
            ahead[second] += 1
    return {name: (1 + ahead[name], len(scores) - behind[name]) for name in scores}


def order(a: dict[int, float | None], b: dict[int, float | None]) -> int:
    """1 where a is surely ahead of b, -1 where it is surely behind, else 0."""
    lost = [None in scores.values() for scores in (a, b)]
    if any(lost):
        return lost[1] - lost[0]
    return {"supported": 1, "refuted": -1, "not shown": 0}[above("", paired(a, b)).outcome]


def spelled(place: tuple[int, int]) -> str:
    """3, or 3-5 where the others could not be told apart."""
    first, last = place
    return f"{first}" if first == last else f"{first}–{last}"
