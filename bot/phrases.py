"""Phrases with labels, all looked for in one pass over the words of a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Hit(NamedTuple):
    """A phrase found in a message."""

    label: str
    """What the phrase stands for."""
    start: int
    """Number of its first word."""
    stop: int
    """One past the number of its last word."""


@dataclass(slots=True)
class _Node:
    """What may follow the words so far, and what they stand for if nothing does."""

    following: dict[str, _Node]
    labels: list[str]


class Phrases:
    """Phrases as a tree of words, so that a message costs little more than a look-up a word."""

    def __init__(self, labelled: Iterable[tuple[str, str]]) -> None:
        """Take pairs of (label, phrase), phrases as their words stand in a message."""
        self._first: dict[str, _Node] = {}
        for label, phrase in labelled:
            following, node = self._first, None
            for word in phrase.split():
                node = following.setdefault(word, _Node({}, []))
                following = node.following
            if node is not None:
                node.labels.append(label)

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Return every phrase that stands in a message, also those that overlap."""
        hits = []
        for start, word in enumerate(words):
            node, stop = self._first.get(word), start + 1
            while node is not None:
                hits += [Hit(label, start, stop) for label in node.labels]
                if stop == len(words):
                    break
                node, stop = node.following.get(words[stop]), stop + 1
        return hits
