"""Near-duplicates of a pile of sentences: the same thing, typed twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import ceil

from bot import text

ALIKE_FROM = 0.5
"""Share of common character trigrams (Jaccard index) from which two sentences are one: it
finds 99.6 % of those typed again with a slip or a courtesy, and joins 0.5 % of sentences
with one of another intent (docs/near_duplicates.py)."""
LARGEST = 8
"""Sentences of one group: as many as a person reads before deciding on all of them."""


def groups(sentences: Sequence[str]) -> list[list[int]]:
    """Return the places of the sentences, near-duplicates together.

    Each group is led by its first sentence, and holds only what is like that one, so
    that no chain of small differences leads from one meaning to another.
    """
    grams = [_trigrams(sentence) for sentence in sentences]
    frequency = Counter(gram for row in grams for gram in row)
    leaders: dict[str, list[int]] = defaultdict(list)
    found: dict[int, list[int]] = {}
    for place, row in enumerate(grams):
        rarest = _rarest(row, frequency)
        leader = _leader(row, {i for gram in rarest for i in leaders[gram]}, grams, found)
        if leader is None:
            found[place] = [place]
            for gram in rarest:
                leaders[gram].append(place)
        else:
            found[leader].append(place)
    return list(found.values())


def _leader(
    row: frozenset[str],
    candidates: Iterable[int],
    grams: Sequence[frozenset[str]],
    found: dict[int, list[int]],
) -> int | None:
    """Return the leader most like `row`, if one is like it and has room."""
    scored = [
        (len(row & grams[i]) / len(row | grams[i]), -i)
        for i in candidates
        if len(found[i]) < LARGEST
    ]
    share, place = max(scored, default=(0.0, 0))
    return -place if share >= ALIKE_FROM else None


def _rarest(row: frozenset[str], frequency: Counter[str]) -> list[str]:
    """Return enough of the rarest trigrams that two rows alike must share one of them.

    This is the prefix filter of set similarity joins (Chaudhuri and others 2006).
    """
    enough = len(row) - ceil(ALIKE_FROM * len(row)) + 1
    return sorted(row, key=lambda gram: (frequency[gram], gram))[:enough]


def _trigrams(sentence: str) -> frozenset[str]:
    flat = f" {' '.join(text.words(sentence))} "
    return frozenset(flat[i : i + 3] for i in range(len(flat) - 2))
