"""Cases: narrower matters with utterances of their own, which still count as their intents.

What stands in 'out_of_scope.grief.txt' is out of scope, and of the case 'grief'; one case may
have such files under several intents. Each has a column of weights beside those of the intents,
which says how much a message is like its utterances, whatever its intent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import sub

BETWEEN = "."
"""Stands between an intent and the case in the name of a file."""


class Cases:
    """The cases of a model, in the order of their columns; c cases."""

    def __init__(self, borders: Mapping[str, Sequence[float]]) -> None:
        """`borders`: by its name, the score from which a message is of the case: one for messages
        whose intent is not clear, and one for those whose intent is."""
        self._names = tuple(borders)
        self._borders = tuple(zip(*borders.values(), strict=True)) if borders else ((), ())

    def likeliest(self, scores: list[float], clear: bool) -> str:
        """Return the likeliest case of a message from its c scores, '' for none.

        `clear`: whether its intent is.
        """
        if not self._names:
            return ""
        above = list(map(sub, scores, self._borders[clear]))
        highest = max(above)
        return self._names[above.index(highest)] if highest >= 0.0 else ""
