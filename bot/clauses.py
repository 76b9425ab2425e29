"""Two or three wishes in one message: a second look at its clauses, outside the classifier."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import takewhile

from bot import text
from bot.cues import CUES
from bot.messages import MOST_WISHES, Classification, Entity

CLEAR_FROM = 0.9
"""Probability from which a clause on its own is clear.

Both clauses must mean one of the two best intents of the whole message: one that means
something only when it is torn out of its sentence is no wish. `docs/wishes.py` measures it."""
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
SECOND_FROM = 0.001
"""Share that the second best intent of the whole must have for that: in 13 % of the taught lines
with a border it has less, and in 7 of 1,403 joined pairs that are both found."""
_FEWEST_WORDS = 3
_SHORT = 2
SHORT_CLEAR_FROM = 0.97
"""Probability from which a clause of two words, 'mailing address', is a wish for a topic: by
`docs/wishes.py` 85 % of joined pairs are both found instead of 79 %, and 2.9 % of the lines
with one wish split instead of 2.7 %. Single words are rather counted up: 'phone, chat, mail'."""
_BORDER = re.compile(
    r"[.;!?\n]+|,?\s+(?:and also|and then|and|also|plus|but also|but|as well as|&|\+)\s+|,\s+",
    re.IGNORECASE,
)
URGENT_CLEAR_FROM = 0.97
"""Probability from which a clause about an urgent topic is heard whatever else is wished for.

Of 27,000 taught lines that are about another topic it is found in 4."""
_SUPPOSED = re.compile(r"\b(?:if|never lost|found (?:it|my|the|our))\b", re.IGNORECASE)
"""What stands in a clause in which nothing has happened, or it is over."""
URGENT_FROM = 0.0002
"""Share of the whole from which a clause may be about an urgent topic: of eleven messages with
a lost card and two other wishes the least had 0.0007."""
LOSS_FROM = 0.00001
"""The same where something is gone: 'my card is gone' had 0.0001 beside the question whether an
application is approved. With this and the cuts at a loss, by `docs/wishes.py`, a lost card in
plain words is heard in all messages with a border and in 99 % without, instead of 97 % and 51 %;
of 54,115 taught lines about something else 84 hold such a clause instead of 79."""
_LOST, _GONE, _TOOK = ("|".join(sorted(words)) for words in (CUES.lost, CUES.gone, CUES.took))
_NOT_FOUND = r"(?:can't|cannot|cant|couldn't|can not) (?:find|locate|see)"
_LOSS = re.compile(rf"\b(?:{_GONE}|{_TOOK}|find|locate|see)\b")
"""Of a message in small letters: a quarter of the time that it takes to ignore their case."""
# 'I lost my card how do I pay my bill': who is in need sets no full stop.
_NEXT = (
    r"(?:how|where|what|when|can|could) (?:do|can|could|is|are|i|you|to)\b|what's\b"
    r"|i (?:also )?(?:need|want|would like) (?:to|my|a|the)\b"
)
_NOT_AFTER = "".join(
    rf"(?<!\b{word} )"
    for word in (
        "if when that after once until unless because since as in case how what where who why"
        " which whose about of for a my the your"
    ).split()
)
_LEAD = re.compile(rf"\s+(?={_NEXT})", re.IGNORECASE)
_LEAD_AT_LOSS = re.compile(
    rf"\s+(?={_NEXT}|how (?:many|much|long|soon)\b|{_NOT_AFTER}(?:"
    r"(?:is|are|was|has|do|does|did|will) (?:my|the|it|there|you|i|your)\b"
    rf"|i(?:'ve| have)? (?:also |just )?(?:lost|misplaced|{_NOT_FOUND})\b"
    rf"|(?:some(?:one|body)|a thief) (?:has |just )?(?:{_TOOK})\b"
    rf"|my \w+ (?:is|was|got|has|went|were) (?:\w+ )?(?:{_GONE})\b"
    rf"|(?!is\b|was\b|got\b|are\b|were\b|been\b)\w+ (?:{_LOST})$"
    rf"|(?:{_LOST}) (?!in\b|and\b|or\b|my\b|the\b|it\b)\w+))",
    re.IGNORECASE,
)


def wishes(
    message: str,
    whole: Classification,
    classify: Callable[[str], Classification],
    details: Sequence[Entity] = (),
    filler: Collection[str] = frozenset(),
    urgent: Sequence[str] = (),
    topics: Collection[str] = frozenset(),
) -> tuple[str, ...]:
    """Return the intents of a message with two or three wishes, else nothing.

    The `urgent` topics come first, each of which is heard in any clause of its own; the others
    stand in the order said. A short clause counts if it is about one of `topics`; one of
    `details` and `filler` words only is no wish: 'I have a corporate card'. For a message taken
    as a greeting or thanks it may be one: what else it says.
    """
    spans = list(between_borders(message))
    parts = [
        message[start:end]
        for start, end in spans
        if not (details and _is_detail(message, start, end, details, filler))
    ]
    if whole.zone != "unknown" and whole.intent in COURTESY:
        clear = _clear(filter(_is_long, parts), classify, BESIDE_COURTESY_FROM)
        likely = _likely(message, whole, 0.0)
        found = tuple(dict.fromkeys(n for n in clear if n in likely and n != whole.intent))
        return found if len(found) < MOST_WISHES else ()
    first = _urgent_clauses(message, spans, whole, classify, urgent)
    likely = _likely(message, whole, SECOND_FROM) if len(parts) > 1 else frozenset()
    clear = _clear_wishes(parts, classify, topics) if len(likely) > 1 else []
    found = tuple(dict.fromkeys(n for n in clear if n in likely and n not in first))
    if not first and len(found) < 2:
        return ()
    if not found and whole.zone == "answer":
        found = (whole.intent,)
    places = {name: place for place, name in enumerate(urgent)}
    both = dict.fromkeys((*first, *found))
    return tuple(sorted(both, key=lambda name: places.get(name, len(places))))[:MOST_WISHES]


def _is_long(part: str) -> bool:
    return len(part.split()) >= _FEWEST_WORDS


def _clear_wishes(
    parts: Iterable[str], classify: Callable[[str], Classification], topics: Collection[str]
) -> list[str]:
    """Return what each part wishes for that is clear on its own; a short one, which topic."""
    found: list[str] = []
    for part in parts:
        if _is_long(part):
            found += _clear([part], classify, CLEAR_FROM)
        elif len(part.split()) >= _SHORT:
            found += [n for n in _clear([part], classify, SHORT_CLEAR_FROM) if n in topics]
    return found


def _clear(
    parts: Iterable[str], classify: Callable[[str], Classification], wanted: float
) -> list[str]:
    """Return what each part means, of those that are clear on their own."""
    found = (classify(part) for part in parts if not _SUPPOSED.search(part))
    return [c.intent for c in found if c.zone == "answer" and c.confidence >= wanted]


def _likely(message: str, whole: Classification, least: float) -> frozenset[str]:
    """Return the intents that the whole message may mean as well."""
    if _ANOTHER.search(message) is not None:
        return frozenset([intent for intent, _ in whole.ranking])
    return frozenset([intent for intent, share in whole.ranking[:2] if share >= least])


def _urgent_clauses(
    message: str,
    spans: Iterable[tuple[int, int]],
    whole: Classification,
    classify: Callable[[str], Classification],
    urgent: Sequence[str],
) -> tuple[str, ...]:
    """Return the urgent topics that a clause is surely about, in the order of `urgent`.

    Of these only those before the whole's own: a lost card comes before a dispute.
    """
    more = urgent[: urgent.index(whole.intent)] if whole.intent in urgent else urgent
    loss = _LOSS.search(message.lower()) is not None
    least = LOSS_FROM if loss else URGENT_FROM
    likely = {name for name, _ in takewhile(lambda row: row[1] >= least, whole.ranking)}
    more = [name for name in more if name in likely]
    if not more:
        return ()
    parts = [message[start:end] for start, end in spans]
    if whole.zone != "unknown":  # 'gift card lost' is not torn apart
        lead = _LEAD_AT_LOSS if loss else _LEAD
        parts = [piece for part in parts for piece in lead.split(part)]
    found: set[str] = set()
    for part in parts if len(parts) > 1 else ():
        if _SUPPOSED.search(part):
            continue  # 'if my card gets stolen', 'I found my lost card'
        clause = classify(part)
        if clause.intent in more and clause.confidence >= URGENT_CLEAR_FROM:
            found.add(clause.intent)
    return tuple(name for name in more if name in found)


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
    parts = list(between_borders(message))
    wanted = [
        message[start:end].strip()
        for start, end in parts
        if not _is_detail(message, start, end, details, filler)
    ]
    return ". ".join(filter(None, wanted)) if len(wanted) < len(parts) else ""


def beside_secrets(
    message: str, whole: Classification, classify: Callable[[str], Classification]
) -> Classification:
    """Return what the clauses without a masked secret mean, if that is clear and likely.

    'There is a charge I do not know, my code is ...': the code is no wish.
    """
    parts = [message[start:end].strip() for start, end in between_borders(message)]
    rest = ". ".join(part for part in parts if part and "⟦" not in part)
    found = classify(rest) if rest else whole
    likely = {intent for intent, _ in whole.ranking[:3]}
    return found if found.confidence >= CLEAR_FROM and found.intent in likely else whole


def without_denials(message: str, denies: Callable[[str], bool]) -> str:
    """Return the message without the clauses that deny something; '' where none does.

    'It is no dispute, I need the hours' asks for the hours.
    """
    parts = [message[start:end].strip() for start, end in between_borders(message)]
    wanted = [part for part in parts if part and not denies(part)]
    return ". ".join(wanted) if len(wanted) < len(list(filter(None, parts))) else ""


def clearer(
    rest: str,
    whole: Classification,
    classify: Callable[[str], Classification],
    topics: Collection[str],
) -> Classification:
    """Return what the rest of a message means, where that is clearer than the whole.

    'I need a human, I'm in Texas': what was read as a detail may not blur the wish.
    """
    found = classify(rest) if rest else whole
    better = found.zone == "answer" and found.confidence > whole.confidence
    return found if better and found.intent in topics else whole


def beside_details(message: str, details: Sequence[Entity]) -> str:
    """Return the message with the details cut out: 'good morning, i've got a'."""
    kept, start = [], 0
    for detail in sorted(details, key=lambda detail: detail.start):
        kept.append(message[start : detail.start])
        start = max(start, detail.end)
    return " ".join([*kept, message[start:]])


def between_borders(message: str) -> Iterator[tuple[int, int]]:
    """Yield (first character, one past the last) of what stands between two borders."""
    start = 0
    for border in _BORDER.finditer(message):
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
