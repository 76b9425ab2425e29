"""Near-duplicates of a pile of sentences: the same thing, typed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_array

from bot import text

ALIKE_FROM = 0.5
"""Share of common character trigrams (Jaccard index) from which two sentences are one: it
finds 99.6 % of those typed again with a slip or a courtesy, and joins 0.5 % of sentences
with one of another intent (docs/near_duplicates.py)."""
LARGEST = 8
"""Sentences of one group: as many as a person reads before deciding on all of them."""
_AT_ONCE = 500
"""Sentences compared with all others at once: what keeps the memory small."""


def groups(sentences: Sequence[str]) -> list[list[int]]:
    """Return the places of the sentences, near-duplicates together.

    Each group is led by its first sentence, and holds only what is like that one, so
    that no chain of small differences leads from one meaning to another.
    """
    found: dict[int, list[int]] = {}
    for place, alike in enumerate(_alike(sentences)):
        open_to_more = [(share, -i) for i, share in alike if i in found and len(found[i]) < LARGEST]
        if open_to_more:
            found[-max(open_to_more)[1]].append(place)
        else:
            found[place] = [place]
    return list(found.values())


def _alike(sentences: Sequence[str]) -> Iterator[list[tuple[int, float]]]:
    """Yield, for each sentence, those before it that it is like, and how much."""
    rows = _incidence([_trigrams(sentence) for sentence in sentences])
    sizes = np.diff(rows.indptr)
    for start in range(0, len(sentences), _AT_ONCE):
        common = (rows[start : start + _AT_ONCE] @ rows.T).tocoo()
        first, second = common.row + start, common.col
        shares = common.data / (sizes[first] + sizes[second] - common.data)
        chosen = (shares >= ALIKE_FROM) & (second < first)
        near: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for place, other, share in zip(
            first[chosen].tolist(), second[chosen].tolist(), shares[chosen].tolist(), strict=True
        ):
            near[place].append((other, share))
        for place in range(start, min(start + _AT_ONCE, len(sentences))):
            yield near[place]


def _incidence(sets: Sequence[frozenset[str]]) -> csr_array:
    """Return which set holds which trigram, shape (sets, trigrams): 1.0 or nothing."""
    number: dict[str, int] = {}
    columns = [number.setdefault(gram, len(number)) for row in sets for gram in sorted(row)]
    ends = np.cumsum([0, *(len(row) for row in sets)])
    values = np.ones(len(columns), dtype=np.float32)
    return csr_array((values, columns, ends), shape=(len(sets), max(1, len(number))))


def _trigrams(sentence: str) -> frozenset[str]:
    flat = f" {' '.join(text.words(sentence))} "
    return frozenset(flat[i : i + 3] for i in range(len(flat) - 2))
