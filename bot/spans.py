"""Stretches of a text that stand for something, looked up by place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From a first character to one past the last."""

    start: int
    end: int
    kind: str = ""
    """What it is; '' where that does not matter."""


class Spans:
    """Spans in order, those that overlap made one, so that a look-up takes a bisection."""

    def __init__(self, spans: Iterable[Span]) -> None:
        """`spans`: in any order."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        for span in sorted(spans):
            if self.ends and span.start < self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], span.end)
            else:
                self.starts.append(span.start)
                self.ends.append(span.end)

    def overlap(self, start: int, end: int) -> bool:
        """Tell whether any of the spans shares a character with start to end."""
        return bisect_right(self.ends, start) < bisect_left(self.starts, end)

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield what is left of start to end when the spans are cut out."""
        first = bisect_right(self.ends, start)
        last = bisect_left(self.starts, end)
        for number in range(first, last):
            if self.starts[number] > start:
                yield start, self.starts[number]
            start = max(start, self.ends[number])
        if start < end:
            yield start, end
