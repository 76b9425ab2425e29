"""Mistyped words of phrases and places: one slip away from exactly one of them.

The index holds every word with one letter left out (Garbe's symmetric deletion);
it is small, and each word of a message is looked up once and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.typos import common_words, is_english

SHORTEST = 6
"""Letters of the shortest word that is repaired; at five only two letters the wrong way round."""
_REMEMBERED = 20_000


class Slips:
    """Knows the words that a slip may have been meant for, and those that are none."""

    def __init__(self, targets: Iterable[str], known: Iterable[str]) -> None:
        """`targets`: words to be recognised; `known`: words that are meant as they are."""
        self._known = common_words() | frozenset(known)
        self._shortened: dict[str, set[str]] = {}
        for word in targets:
            if word.isalpha() and len(word) >= SHORTEST - 1:
                for short in (word, *_shortened(word)):
                    self._shortened.setdefault(short, set()).add(word)
        self._remembered: dict[str, str] = {}

    def repaired(self, words: list[str]) -> list[str]:
        """Return the words of a message, those mistyped as they were meant."""
        if self._known.issuperset(words):
            return words
        return [word if word in self._known else self._meant(word) for word in words]

    def _meant(self, word: str) -> str:
        meant = self._remembered.get(word)
        if meant is None:
            meant = self._look_up(word)
            if len(self._remembered) < _REMEMBERED:
                self._remembered[word] = meant
        return meant

    def _look_up(self, word: str) -> str:
        if len(word) < SHORTEST - 1 or not word.isalpha():
            return word
        near: set[str] = set()
        for short in (word, *_shortened(word)):
            near |= self._shortened.get(short, set())
        meant = [other for other in near if _one_slip(word, other)]
        return meant[0] if len(meant) == 1 and not is_english(word) else word


def _shortened(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _one_slip(typed: str, meant: str) -> bool:
    """Tell whether one slip makes `typed` of `meant`; both ends stay, where inflections differ."""
    if len(meant) > SHORTEST + 2 and typed == meant[:-1]:
        return True
    if typed[0] != meant[0] or (typed[-1] != meant[-1] and sorted(typed) != sorted(meant)):
        return False
    if len(typed) == len(meant):
        apart = [n for n in range(len(typed)) if typed[n] != meant[n]]
        if len(apart) == 1:
            return len(meant) >= SHORTEST
        first = apart[0]
        swapped = typed[:first] + typed[first + 1 : first + 2] + typed[first] + typed[first + 2 :]
        return len(apart) == 2 and swapped == meant
    longer, shorter = sorted((typed, meant), key=len, reverse=True)
    return len(meant) >= SHORTEST and shorter in _shortened(longer)
