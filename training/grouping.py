"""Near-duplicates of a pile of sentences: the same thing, typed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
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
_COMMON = 4
"""Members that two sets must have in common among their rarest before they are compared."""
_TINY = 1e-9
"""Keeps a product such as 0.7 * 10 from being rounded over its whole number."""


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


def pairs(sentences: Sequence[str], share: float) -> list[tuple[int, int, float]]:
    """Return every two sentences that share at least `share` of their trigrams, and how much.

    Each is (later, earlier, Jaccard index). Exact, and still fast on tens of thousands:
    two sets that are so much alike have `_COMMON` of their rarest members in common, and so
    only these few are compared first (prefix filter, Xiao and others 2008, "Efficient
    similarity joins for near duplicate detection"; with several members in common, Wang and
    others 2012, "Can we beat the prefix filtering?").
    """
    rows = _rarest_first(_incidence([_trigrams(sentence) for sentence in sentences]))
    order = np.argsort(np.diff(rows.indptr), kind="stable")
    rows = rows[order]
    sizes = np.diff(rows.indptr)
    # The smaller of two may be looked up by fewer members than the larger one.
    shared = np.ceil(2 * share / (1 + share) * sizes - _TINY)
    probes = _first(rows, sizes - np.ceil(share * sizes - _TINY) + _COMMON)
    index = _first(rows, sizes - shared + _COMMON)
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(sizes), _AT_ONCE):
        end = min(start + _AT_ONCE, len(sizes))
        low = int(np.searchsorted(sizes, share * sizes[start] - _TINY))
        common = (probes[start:end] @ index[low:end].T).tocoo()
        first, second = common.row + start, common.col + low
        likely = (second < first) & (sizes[second] >= share * sizes[first] - _TINY)
        likely &= common.data >= np.minimum(_COMMON, shared[second])
        first, second = first[likely], second[likely]
        both = rows[first].multiply(rows[second]).sum(axis=1)
        shares = both / (sizes[first] + sizes[second] - both)
        for a, b, alike in zip(order[first], order[second], shares, strict=True):
            if alike >= share:
                found.append((int(max(a, b)), int(min(a, b)), float(alike)))
    return sorted(found)


def _rarest_first(rows: csr_array) -> csr_array:
    """Return the same sets with the columns in the order of how rare they are."""
    ranks = np.empty(rows.shape[1], dtype=np.int64)
    ranks[np.argsort(np.bincount(rows.indices, minlength=rows.shape[1]), kind="stable")] = (
        np.arange(rows.shape[1])
    )
    ordered = csr_array((rows.data, ranks[rows.indices], rows.indptr), shape=rows.shape)
    ordered.sort_indices()
    return ordered


def _first(rows: csr_array, counts: NDArray[np.float64]) -> csr_array:
    """Return the first few members of each set."""
    sizes = np.diff(rows.indptr)
    places = np.arange(len(rows.indices)) - np.repeat(rows.indptr[:-1], sizes)
    kept = places < np.repeat(counts, sizes)
    ends = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
    return csr_array((rows.data[kept], rows.indices[kept], ends), shape=rows.shape)


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
