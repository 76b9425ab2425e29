"""Cases and acts: what a message is about or does beside its intent, by columns of their own.

Cases are narrower matters with utterances of their own, which still count as their intents.

What stands in 'out_of_scope.grief.txt' is out of scope, and of the case 'grief'; one case may
have such files under several intents. Each has a column of weights beside those of the intents,
which says how much a message is like its utterances, whatever its intent.

Acts are what people do in mid-conversation, whatever it is about: they refuse, tell that something
failed, ask what comes next. Their utterances are of no intent, as on their own they mean nothing.
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


class Acts:
    """The acts of a model, in the order of their columns; c acts."""

    def __init__(self, names: Sequence[str], borders: Sequence[float]) -> None:
        """`borders`: the score from which a message is of its likeliest act, for messages whose
        intent is not clear, and for those whose intent is."""
        self._names = tuple(names)
        self._borders = tuple(borders)

    def likeliest(self, scores: list[float], clear: bool) -> str:
        """Return the likeliest act of a message from its c scores, '' for none.

        `clear`: whether its intent is.
        """
        if not self._names:
            return ""
        highest = max(scores)
        return self._names[scores.index(highest)] if highest >= self._borders[clear] else ""
