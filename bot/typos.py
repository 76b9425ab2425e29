"""Repairs mistyped words for the classifier: the most frequent known word one slip away.

Norvig's way round (2007): all words at one edit from the typed one are made and
looked up, which needs no index and happens once for each unknown word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

SHORTEST = 3
"""Letters of the shortest word that is repaired; shorter ones have too many neighbours."""

SLIP_RATIO = 20
"""How much more often the right word occurs than a slip that stands in the data twice."""

_NAME = re.compile(r"(?<=[^.!?\s]\s)([^\W\d_a-z][a-z]+)\b")
_NO_NAMES: frozenset[str] = frozenset()
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_COMMON = Path(__file__).with_name("common_words.txt")


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return common English words: whoever writes one of them meant it."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


class Repairer:
    """Knows the words of the utterances, and how often each occurs."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts`: of the words that are known, see `intended`."""
        self._counts = counts

    def repair(self, word: str) -> str:
        """Return the word meant by an unknown one, or '' where that is unclear.

        Known words, short ones, words with digits and common English words are
        meant as they are; so is a word with two neighbours of equal frequency.
        """
        if word in self._counts or len(word) < SHORTEST or not word.isalpha():
            return ""
        if word in common_words():
            return ""
        # Two letters the wrong way round is the likeliest slip, whatever the frequencies.
        return self._most_frequent(_swapped(word)) or self._most_frequent(_neighbours(word))

    def _most_frequent(self, candidates: Iterable[str]) -> str:
        """Return the candidate that occurs most often; '' for none, or for a tie."""
        counted = {word: self._counts[word] for word in candidates if word in self._counts}
        best = sorted(counted.values())[-2:]
        if not best or (len(best) == 2 and best[0] == best[1]):
            return ""
        return max(counted, key=counted.__getitem__)


def _swapped(word: str) -> Iterator[str]:
    """Yield the word with each pair of neighbouring letters the other way round."""
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _neighbours(word: str) -> Iterator[str]:
    """Yield every word one deletion, replacement or insertion away."""
    for place in range(len(word)):
        before, letter, after = word[:place], word[place], word[place + 1 :]
        yield before + after
        for other in _LETTERS:
            yield before + other + after
            yield before + other + letter + after
    for other in _LETTERS:
        yield word + other


def intended(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the words of a training set that somebody meant, with their counts.

    A word that occurs once may be a slip. So may an uncommon one with a neighbour
    twenty times as frequent: 'adress' stands in many sets more than once.
    """
    often = {word: count for word, count in counts.items() if count > 1}
    return {
        word: count
        for word, count in often.items()
        if len(word) <= SHORTEST
        or word in common_words()
        or not any(
            often.get(other, 0) >= SLIP_RATIO * count
            for other in (*_swapped(word), *_neighbours(word))
        )
    }


def names(message: str) -> frozenset[str]:
    """Return the words that are capitalised inside a sentence, in small letters.

    Nobody's name is a slip. In a message in capitals throughout no word is a name.
    """
    found = {match[1].lower() for match in _NAME.finditer(message)}
    return frozenset(found) if found else _NO_NAMES
