"""Two wishes in one message: a second look at its clauses, outside the classifier."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.messages import Classification

CLEAR_FROM = 0.95
"""Probability from which a clause on its own is clear.

Both clauses must mean one of the two best intents of the whole message: one that means
something only when it is torn out of its sentence is no wish. With both rules 19 of 955
held-out messages with one wish were split, and 396 of 800 joined pairs were found."""
_FEWEST_WORDS = 3
_BORDER = re.compile(
    r"[.;!?\n]+|,?\s+(?:and also|and then|and|also|plus|but also|but|as well as|&)\s+|,\s+",
    re.IGNORECASE,
)


def wishes(
    message: str, whole: Classification, classify: Callable[[str], Classification]
) -> tuple[str, ...]:
    """Return the two intents of a message with two wishes in the order said, else nothing."""
    parts = [part for part in _BORDER.split(message) if len(part.split()) >= _FEWEST_WORDS]
    if len(parts) < 2:
        return ()
    likely = {intent for intent, _ in whole.ranking[:2]}
    found: list[str] = []
    for part in parts:
        clause = classify(part)
        clear = clause.zone == "answer" and clause.confidence >= CLEAR_FROM
        if clear and clause.intent in likely and clause.intent not in found:
            found.append(clause.intent)
    return tuple(found) if len(found) == 2 else ()
