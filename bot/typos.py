"""Which known words a mistyped one may have been meant to be, and how likely each is.

Norvig's way round (2007) for one slip: all words at one edit from the typed one are made
and looked up, which needs no index. Where that finds nothing, words that share most
pairs of letters are compared for two slips.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST = 3
"""Letters of the shortest word that is repaired; shorter ones have too many neighbours."""

SLIP_RATIO = 20
"""How much more often the right word occurs than a slip that stands in the data itself."""

TWO_SLIPS_FROM = 5
"""Letters of the shortest word that two slips are looked for in."""

_FEW_WAYS = log(26)
"""A letter left out, or two the wrong way round, gives a word in one way for each of its letters;
a letter too many, or a wrong one, in 26. So of two words that may have been meant, the one of
the former kind is so much likelier (the noisy channel of Kernighan, Church and Gale 1990)."""
_COMPARED = 12
"""Words that share most pairs of letters with the typed one, and are compared with it."""

_SENTENCE_END = re.compile(r"[.!?\n]")
_WRITTEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z][a-z]|\b[A-Z]['’][A-Z][a-z]{2}")
"""'WeWork', 'O'Reilly': a name wherever it stands."""
_I = re.compile(r"I(?:['’]|$)")
_SMALL = frozenset(
    "a an and are at by can do does for from has have how in is it me my not of on or the to was"
    " were what when where with you your".split()
)
"""Words that are in no name but a capitalised one: 'Where Is My Crad'."""
_TITLE_FROM = 3
"""Capitals in a row, the first of a sentence apart, that mean nothing without any of these."""
_NO_NAMES: frozenset[str] = frozenset()
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_COMMON = Path(__file__).with_name("common_words.txt")
_ENGLISH = Path(__file__).with_name("english_words.txt")


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return everyday English words: in small letters none of them is the name of a shop."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


def is_english(word: str) -> bool:
    """Tell whether a word is an English one, or a shop or service: whoever writes it meant it.

    Looked up by halves in the bytes of the file: 11 us a word and 0.4 MB, where a set of its
    lines would be ready after 7 ms and take 4 MB. Only words that are unknown, or may be
    slips, are ever asked for.
    """
    lines, wanted = _english(), word.encode()

    def line(at: int) -> bytes:
        return lines[lines.rfind(b"\n", 0, at) + 1 : lines.find(b"\n", at)]

    place = bisect_left(range(len(lines) - 1), wanted, key=line)
    return lines.startswith(wanted + b"\n", place)


@lru_cache(maxsize=1)
def _english() -> bytes:
    """Return the words, a line each, sorted."""
    return _ENGLISH.read_bytes()


class Repairer:
    """Knows the words of the utterances, and how often each occurs."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts`: of the words that are known, see `intended`."""
        self._counts = counts

    def candidates(self, word: str, *, seen: float = 0.0) -> tuple[tuple[str, float], ...]:
        """Return (known word, how likely it was meant, as a log-frequency), any order.

        Known words, short ones, words with digits and English words are meant as they
        are. `seen`: how often the word itself stands in the utterances;
        above 0 it is taken for a slip only of a word `SLIP_RATIO` times as frequent.
        """
        if word in self._counts or len(word) < SHORTEST or not word.isalpha():
            return ()
        if is_english(word):
            return ()
        found = {other: 0.0 for other in _replaced(word) if other in self._counts}
        few = (*_longer(word), *_swapped(word))
        found |= {other: _FEW_WAYS for other in few if other in self._counts}
        if not found and not seen and len(word) >= TWO_SLIPS_FROM:
            found = dict.fromkeys(self._two_slips_away(word), 0.0)
        return tuple(
            (other, log(self._counts[other]) + bonus)
            for other, bonus in found.items()
            if self._counts[other] >= SLIP_RATIO * seen
        )

    def _two_slips_away(self, word: str) -> Iterator[str]:
        """Yield the known words at two edits, of those that share most pairs of letters."""
        rows = [self._sharing[pair] for pair in _pairs(word) if pair in self._sharing]
        if not rows:
            return
        shared = np.bincount(np.concatenate(rows), minlength=len(self._words))
        # Two slips leave at least a third of the pairs of a word of five letters.
        alike = (3 * shared >= len(word) + 1) & (np.abs(self._lengths - len(word)) <= 2)
        close = np.flatnonzero(alike)
        for place in close[np.argsort(-shared[close], kind="stable")[:_COMPARED]].tolist():
            if within(word, self._words[place], 2):
                yield self._words[place]

    # All three are made when the first word needs them: most conversations go without.
    @cached_property
    def _words(self) -> list[str]:
        return list(self._counts)

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return np.array([len(word) for word in self._words])

    @cached_property
    def _sharing(self) -> dict[str, NDArray[np.int64]]:
        """Pair of letters -> numbers of the words that hold it."""
        found: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            for pair in _pairs(word):
                found.setdefault(pair, []).append(number)
        return {pair: np.array(numbers) for pair, numbers in found.items()}


def _pairs(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[place : place + 2] for place in range(len(padded) - 1)]


def within(first: str, second: str, most: int) -> bool:
    """Tell whether at most `most` edits lie between two words: a letter more, less, another, or
    a swap of two.

    The optimal string alignment distance (Boytsov 2011): no place is edited twice. What both
    begin with needs none, so only the first place where they differ is tried in each way.
    """
    if not most:
        return first == second
    start = _alike(first, second)
    first, second = first[start:], second[start:]
    if not first or not second:
        return len(first) + len(second) <= most
    return (
        within(first[1:], second[1:], most - 1)
        or within(first[1:], second, most - 1)
        or within(first, second[1:], most - 1)
        or (first[:2] == second[1::-1] and within(first[2:], second[2:], most - 1))
    )


def _alike(first: str, second: str) -> int:
    """Return with how many of the same letters two words begin."""
    count = 0
    for letter, other in zip(first, second, strict=False):
        if letter != other:
            break
        count += 1
    return count


def _swapped(word: str) -> Iterator[str]:
    """Yield the word with each pair of neighbouring letters the other way round."""
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _longer(word: str) -> Iterator[str]:
    """Yield every word that has a letter more."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        for other in _LETTERS:
            yield before + other + after


def _replaced(word: str) -> Iterator[str]:
    """Yield every word that has another letter in one place, or none."""
    for place in range(len(word)):
        before, after = word[:place], word[place + 1 :]
        yield before + after
        for other in _LETTERS:
            yield before + other + after


def intended(counts: Mapping[str, int], taken: Set[str]) -> dict[str, int]:
    """Return the words of a training set that somebody meant, with their counts.

    `taken`: those that are taken for slips, see `slips`.

    A word that occurs once may be a slip. So may an uncommon one with a neighbour
    twenty times as frequent: 'adress' stands in many sets more than once.
    """
    return {
        word: count
        for word, count in counts.items()
        if count > 1 and (len(word) <= SHORTEST or word not in taken)
    }


def slips(counts: Mapping[str, int]) -> set[str]:
    """Return the words of a training set that have a neighbour `SLIP_RATIO` times as frequent.

    English words are none: they were meant, however rare they are in the set.
    """
    found: set[str] = set()
    for word, count in counts.items():
        most = count // SLIP_RATIO
        if most:
            near = (*_swapped(word), *_longer(word), *_replaced(word))
            found.update(other for other in near if 0 < counts.get(other, 0) <= most)
    return {word for word in found if not is_english(word)}


def names(message: str) -> frozenset[str]:
    """Return the words that are capitalised inside a sentence, in small letters.

    Nobody's name is a slip. In a message in capitals throughout no word is a name, and in one
    Typed Like This only what has a capital inside.
    """
    if message.islower() or message.isupper():
        return _NO_NAMES
    message = text.composed(message)
    certain: list[str] = []
    capitals: list[str] = []
    inside = end = 0
    for match in _WRITTEN.finditer(message):
        written, start = match.group(), match.start()
        begins = not end or _SENTENCE_END.search(message, end, start) is not None
        end = match.end()
        if written.islower():
            inside += not begins
        elif _INNER_CAPITAL.search(written):
            certain.append(written)
        elif not begins and not _I.match(written):
            inside += 1
            if written[0].isupper():
                capitals.append(written)
    found = certain if _mean_nothing(capitals, inside) else certain + capitals
    return frozenset(word for written in found for word in text.words(written))


def _mean_nothing(capitals: Sequence[str], inside: int) -> bool:
    """Tell whether the capitalised ones of so many words inside sentences are a way of typing."""
    if 2 * len(capitals) <= inside:
        return False
    small = not _SMALL.isdisjoint(word.lower() for word in capitals)
    return small or _TITLE_FROM <= len(capitals) == inside
