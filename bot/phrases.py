"""Phrases with labels, all looked for in one pass over the words of a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a message."""

    label: str
    """What the phrase stands for."""
    start: int
    """Number of its first word."""
    stop: int
    """One past the number of its last word."""


class Phrases:
    """Phrases by their first word, so that a message costs a look-up a word."""

    def __init__(self, labelled: Iterable[tuple[str, str]]) -> None:
        """Take pairs of (label, phrase), phrases as their words stand in a message."""
        self._by_first: dict[str, list[tuple[list[str], str]]] = {}
        for label, phrase in labelled:
            if row := phrase.split():
                self._by_first.setdefault(row[0], []).append((row, label))

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Return every phrase that stands in a message, also those that overlap."""
        row = list(words)
        hits = []
        for start, word in enumerate(row):
            for phrase, label in self._by_first.get(word, ()):
                stop = start + len(phrase)
                if len(phrase) == 1 or row[start:stop] == phrase:
                    hits.append(Hit(label, start, stop))
        return hits
