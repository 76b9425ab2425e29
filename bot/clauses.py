"""Two or three wishes in one message: a second look at its clauses, outside the classifier."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from bot import text
from bot.messages import Classification, Entity

CLEAR_FROM = 0.9
"""Probability from which a clause on its own is clear.

Both clauses must mean one of the two best intents of the whole message: one that means
something only when it is torn out of its sentence is no wish. With both rules 28 of 955
held-out messages with one wish were split, and 467 of 800 joined pairs were found."""
_ANOTHER = re.compile(
    r"\b(?:also|plus|as well|on top of that|but now|and (?:how|where|what|when))\b"
    r"|\btoo(?=\s*(?:[.,;!?\n]|$))",
    re.IGNORECASE,
)
"""Words that announce one more wish: with one of them a clear clause needs no place among
the best of the whole. Of 773 joined pairs of taught lines 536 were found instead of 430; of
8,088 taught lines with a border in them 8 more were split."""
BESIDE_COURTESY_FROM = 0.95
"""The same beside a greeting or thanks: 'thanks, sorry for the fuss' wishes for nothing."""
COURTESY = ("greet", "thank")
"""Small talk before or after which the wish itself may stand."""
AFTER_GREETING_FROM = 0.03
"""Share of the whole from which what stands behind a greeting may be the wish: 'hi, scammed'
is 0.41 a dispute, 'good morning fraud' 0.04."""
BEHIND_GREETING_CLEAR_FROM = 0.8
"""Probability from which that alone is clear."""
_LONGEST_GREETING = 3
"""Words that are taken for a greeting before the rest is looked at."""
_FEWEST_WORDS = 3
MOST = 3
"""Wishes of one message that are kept in mind."""
_BORDER = re.compile(
    r"[.;!?\n]+|,?\s+(?:and also|and then|and|also|plus|but also|but|as well as|&|\+)\s+|,\s+",
    re.IGNORECASE,
)
URGENT_CLEAR_FROM = 0.97
"""Probability from which a clause about an urgent topic is heard whatever else is wished for.

Of 27,000 taught lines that are about another topic it is found in 4."""
# 'I lost my card how do I pay my bill': who is in need sets no full stop.
_URGENT_BORDER = re.compile(
    _BORDER.pattern
    + r"|\s+(?=(?:how|where|what|when|can|could) (?:do|can|could|is|are|i|you|to)\b|what's\b"
    + r"|i (?:also )?(?:need|want|would like) (?:to|my|a|the)\b)",
    re.IGNORECASE,
)


def wishes(
    message: str,
    whole: Classification,
    classify: Callable[[str], Classification],
    details: Sequence[Entity] = (),
    filler: Collection[str] = frozenset(),
    urgent: Collection[str] = frozenset(),
) -> tuple[str, ...]:
    """Return the intents of a message with two or three wishes in the order said, else nothing.

    A clause of `details` and `filler` words only is no wish: 'I have a corporate card'.
    For a message taken as a greeting or thanks it may be one: what else it says. So may
    one of the `urgent` topics, which is heard in any clause of its own.
    """
    courteous = whole.zone != "unknown" and whole.intent in COURTESY
    first = _urgent_clause(message, whole, classify, urgent) if urgent and not courteous else ""
    parts = [
        message[start:end]
        for start, end in _parts(message)
        if len(message[start:end].split()) >= _FEWEST_WORDS
        and not (details and _is_detail(message, start, end, details, filler))
    ]
    if len(parts) < (1 if courteous else 2):
        parts = []
    announced = _ANOTHER.search(message) is not None
    likely = {intent for intent, _ in (whole.ranking if announced else whole.ranking[:2])}
    found = [first] if first else []
    for part in parts:
        clause = classify(part)
        wanted = BESIDE_COURTESY_FROM if courteous else CLEAR_FROM
        clear = clause.zone == "answer" and clause.confidence >= wanted
        if clear and clause.intent in likely and clause.intent not in found:
            found.append(clause.intent)
    if courteous:
        found = [intent for intent in found if intent != whole.intent]
        return tuple(found) if len(found) in (1, 2) else ()
    if found == [first] and whole.zone == "answer":
        found.append(whole.intent)
    return tuple(found[:MOST]) if len(found) > 1 or first else ()


def _urgent_clause(
    message: str,
    whole: Classification,
    classify: Callable[[str], Classification],
    urgent: Collection[str],
) -> str:
    """Return the urgent topic that one clause is surely about, where the whole is not."""
    if whole.intent in urgent:
        return ""
    parts = list(_parts(message, _URGENT_BORDER))
    for start, end in parts if len(parts) > 1 else ():
        clause = classify(message[start:end])
        if clause.intent in urgent and clause.confidence >= URGENT_CLEAR_FROM:
            return clause.intent
    return ""


def behind_greeting(
    message: str,
    whole: Classification,
    classify: Callable[[str], Classification],
    topics: Collection[str],
) -> tuple[str, ...]:
    """Return the one of `topics` that stands behind a greeting: 'hello fraud' greets, but asks.

    A single word weighs less than the greeting before it, so the first words are left off.
    Of the 971 taught lines that greet or thank, one is taken for more: 'hey chat'.
    """
    if whole.zone == "unknown" or whole.intent not in COURTESY or len(whole.ranking) < 2:
        return ()
    second, share = whole.ranking[1]
    if second not in topics or share < AFTER_GREETING_FROM:
        return ()
    for _, _, end in text.word_spans(message)[:_LONGEST_GREETING]:
        rest = classify(message[end:])
        clear = rest.zone == "answer" and rest.confidence >= BEHIND_GREETING_CLEAR_FROM
        if clear and rest.intent == second:
            return (second,)
    return ()


def without_details(message: str, details: Sequence[Entity], filler: Collection[str]) -> str:
    """Return the message without the clauses that say nothing but details; '' where none does."""
    parts = list(_parts(message))
    wanted = [
        message[start:end].strip()
        for start, end in parts
        if not _is_detail(message, start, end, details, filler)
    ]
    return ". ".join(filter(None, wanted)) if len(wanted) < len(parts) else ""


def without_secrets(message: str) -> str:
    """Return the message without the clauses that hold a masked secret; '' where that is all."""
    parts = [message[start:end].strip() for start, end in _parts(message)]
    kept = [part for part in parts if part and "⟦" not in part]
    return ". ".join(kept) if len(kept) < len(parts) else ""


def beside_details(message: str, details: Sequence[Entity]) -> str:
    """Return the message with the details cut out: 'good morning, i've got a'."""
    kept, start = [], 0
    for detail in sorted(details, key=lambda detail: detail.start):
        kept.append(message[start : detail.start])
        start = max(start, detail.end)
    return " ".join([*kept, message[start:]])


def _parts(message: str, borders: re.Pattern[str] = _BORDER) -> Iterator[tuple[int, int]]:
    """Yield (first character, one past the last) of what stands between two borders."""
    start = 0
    for border in borders.finditer(message):
        yield start, border.start()
        start = border.end()
    yield start, len(message)


def _is_detail(
    message: str, start: int, end: int, details: Sequence[Entity], filler: Collection[str]
) -> bool:
    spans = [(d.start, d.end) for d in details if d.start < end and start < d.end]
    if not spans:
        return False
    words = text.word_spans(message[start:end])
    return all(
        word in filler or any(first <= start + at < last for first, last in spans)
        for word, at, _ in words
    )
