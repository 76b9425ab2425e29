"""Phrases to look for: written out from their short form, and found in one walk over a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

LEFT_OVER = frozenset("()[]|")
"""Characters that stand in no phrase once it is written out."""
_PART = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


def written_out(pattern: str) -> Iterator[str]:
    """Yield the phrases that a pattern stands for: '(a|b) c' is two, '[a] c' is 'c' and 'a c'.

    >>> list(written_out("[my] (work|office) card"))
    ['work card', 'office card', 'my work card', 'my office card']
    """
    if "(" not in pattern and "[" not in pattern:  # as nearly all are
        yield " ".join(pattern.split())
        return
    parts: list[list[str]] = []
    at = 0
    for match in _PART.finditer(pattern):
        parts.append([pattern[at : match.start()]])
        one_of, maybe = match.groups()
        parts.append(one_of.split("|") if maybe is None else ["", *maybe.split("|")])
        at = match.end()
    parts.append([pattern[at:]])
    for row in product(*parts):
        yield " ".join("".join(row).split())


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that stands in a message."""

    value: str
    """What it means."""
    first: int
    """Number of its first word."""
    last: int
    """Number of its last word."""


class Phrases:
    """Phrases in groups, as a tree of words: most words of a message lead nowhere at once."""

    _END = ""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}
        self.vocabulary: set[str] = set()

    def add(self, words: Sequence[str], group: str, value: str) -> None:
        """Add one phrase; of two alike in a group the later one counts."""
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        node.setdefault(self._END, {})[group] = value
        self.vocabulary.update(words)

    def add_all(self, phrases: Iterable[str], group: str, value: str) -> None:
        """Add phrases that are written as their words stand in a message."""
        for phrase in phrases:
            self.add(phrase.split(), group, value)

    def add_all_alike(self, phrases: Iterable[str], group: str) -> None:
        """Add phrases that mean themselves."""
        for phrase in phrases:
            self.add(phrase.split(), group, phrase)

    def find(self, words: Sequence[str]) -> dict[str, list[Hit]]:
        """Return the phrases of each group, in order, no two of one group overlapping."""
        found: dict[str, list[Hit]] = {}
        root = self._root
        for first, word in enumerate(words):
            if word in root:
                for group, (value, last) in self._longest(words, first).items():
                    row = found.setdefault(group, [])
                    if not row or row[-1].last < first:
                        row.append(Hit(value, first, last))
        return found

    def _longest(self, words: Sequence[str], first: int) -> dict[str, tuple[str, int]]:
        """Return for each group (value, last word) of the longest phrase from a word on."""
        longest: dict[str, tuple[str, int]] = {}
        node: dict[str, Any] | None = self._root
        for last in range(first, len(words)):
            node = node.get(words[last]) if node else None
            if node is None:
                break
            for group, value in node.get(self._END, {}).items():
                longest[group] = value, last
        return longest
