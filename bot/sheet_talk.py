"""What is said around the call sheet: its offer, details for it, where it is."""

from __future__ import annotations

from dataclasses import replace

from bot import text
from bot.decision import Decision
from bot.followups import LIKELY_FROM, says_yes
from bot.messages import OUT_OF_SCOPE
from bot.turn import SURELY_ANOTHER, Outcome, Turn, closed, missing_on_sheet

DENY_FROM = 0.5
"""Confidence of a 'no' to the offer of the call sheet, which costs nothing when it was none."""


def sheet_wanted(turn: Turn) -> Outcome | None:
    """Say which details the call sheet has room for, on 'yes' to that offer."""
    topic = turn.guide.topics.get(turn.before.topic)
    if topic is None or turn.before.last != "offer" or not says_yes(turn):
        return None
    missing = missing_on_sheet(topic, turn.session)
    if turn.heard.entities or not missing:
        return None  # 'It was on April 2nd' takes the offer up by itself
    decision = Decision("say", topic.id, saying="sheet_go_on", offer=missing)
    return decision, replace(turn.session, last="sheet")


def sheet_unknown(turn: Turn) -> Outcome | None:
    """Let go of the offered lines of the call sheet when they are not known."""
    heard = turn.heard.classification
    wanted = turn.wants() is not None and heard.confidence >= SURELY_ANOTHER
    if turn.before.last not in ("offer", "sheet") or (wanted and not _lacks_a_line(turn)):
        return None
    if _is_likely_urgent(turn):
        return None  # 'I don't remember the number, I lost my card'
    denies = heard.ranking[0][0] == "deny" and heard.confidence >= DENY_FROM
    said = denies or turn.mentions("dont_know") or turn.mentions("refuse")
    if not said or turn.heard.entities or "?" in turn.heard.text:
        return None
    decision = Decision("say", turn.before.topic or OUT_OF_SCOPE, saying="sheet_unknown")
    return decision, closed(turn.session, "sheet_unknown")


def _is_likely_urgent(turn: Turn) -> bool:
    """Tell whether the likeliest topic is an emergency, and not the one that was answered."""
    heard = turn.heard.classification
    topic = turn.guide.topics.get(heard.ranking[0][0]) if heard.ranking else None
    if topic is None or topic.id == turn.before.topic:
        return False
    return turn.is_urgent(topic) and heard.confidence >= LIKELY_FROM


def _lacks_a_line(turn: Turn) -> bool:
    """Tell whether somebody does not know what the call sheet has a line for.

    'I don't know the number' is no wish to call.
    """
    topic = turn.guide.topics.get(turn.before.topic)
    labels = (turn.guide.slots[slot].label for slot in (topic.fills if topic else ()))
    known = turn.guide.filler.union(*map(text.words, labels))
    return turn.mentions("dont_know") and known.issuperset(turn.beside("dont_know"))


def sheet_shown(turn: Turn) -> Outcome | None:
    """Say where the call sheet is to somebody who wants to see it."""
    if not (turn.mentions("show_sheet") or _asks_what_for(turn)):
        return None
    decision = Decision(
        "say",
        turn.before.topic or OUT_OF_SCOPE,
        saying="sheet_where",
        asks=turn.before.asking or None,
    )
    return decision, replace(turn.session, last="sheet")


def _asks_what_for(turn: Turn) -> bool:
    """Tell whether little more is said than 'why do you need that', while the sheet is on offer."""
    if turn.before.last not in ("offer", "sheet") or not turn.mentions("why_asked"):
        return False
    return turn.wants() is None and turn.guide.filler.issuperset(turn.beside("why_asked"))


def for_the_sheet(turn: Turn) -> Outcome | None:
    """Note details that only fill the call sheet of the topic last answered."""
    topic = turn.guide.topics.get(turn.before.topic)
    noted = tuple(dict.fromkeys(entity.slot for entity in turn.heard.entities))
    if topic is None or turn.before.asking or not noted or not set(noted) <= set(topic.fills):
        return None
    risen = turn.is_urgent(topic) and not turn.before.urgent
    other = turn.wants()
    urgent = other is not None and other is not topic and turn.is_urgent(other)
    if risen or urgent or turn.intent in ("cancel", "restart"):
        return None
    much = len(noted) > 1 and turn.intent in ("", topic.id)
    likely = turn.intent in ("", topic.id, *turn.guide.says) and turn.only_details()
    likely = likely or (much and turn.before.last in ("offer", "sheet"))
    if not likely and not _says_nothing_else(turn, noted):
        return None
    missing = missing_on_sheet(topic, turn.session)
    saying = "sheet_missing" if missing else "anything_else"
    decision = Decision("say", topic.id, saying=saying, noted=noted, offer=missing)
    return decision, replace(turn.session, last="sheet", sheet_told=topic.id)


def _says_nothing_else(turn: Turn, slots: tuple[str, ...]) -> bool:
    """Tell whether a message is about its details: 'I think the date was May 3rd actually'."""
    known = {word for slot in slots for word in text.words(turn.guide.slots[slot].label)}
    known |= turn.guide.filler
    return len([word for word in turn.beside_details() if word not in known]) <= 1
