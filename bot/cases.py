"""Cases: narrower matters of an intent, with utterances of their own, that still count as it.

'out_of_scope.grief' is a case of 'out_of_scope'. Each has a column of weights beside those of
the intents, which says how much a message is like its utterances, whatever its intent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

BETWEEN = "."
"""Stands between an intent and its case."""


def intent_of(label: str) -> str:
    """Return the intent of a label, which may name a case of it."""
    return label.partition(BETWEEN)[0]


class Cases:
    """The cases of a model, in the order of their columns; c cases."""

    def __init__(self, borders: Mapping[str, Sequence[float]]) -> None:
        """`borders`: by label, the score from which a message is of the case: one for messages
        whose intent is not clear, and one for those whose intent is."""
        self._labels = tuple(borders)
        self._borders = np.array([*borders.values()], dtype=np.float64).reshape(-1, 2).T

    def of(self, scores: NDArray[np.float64], clear: Sequence[bool]) -> list[str]:
        """Return the likeliest case of each message, '' for none; `scores` of shape (n, c).

        `clear`: whether its intent is.
        """
        if not self._labels:
            return [""] * len(clear)
        above = scores - self._borders[np.array(clear, dtype=np.intp)]
        best = above.argmax(axis=1).tolist()
        highest = above.max(axis=1).tolist()
        return [
            self._labels[place] if over >= 0.0 else ""
            for place, over in zip(best, highest, strict=True)
        ]
