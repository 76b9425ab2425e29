"""What was told already and is wanted again: the number, where it is, how a card is stopped."""

from __future__ import annotations

from dataclasses import replace

from bot.guide import PHONE, Topic
from bot.messages import OUT_OF_SCOPE
from bot.turn import (
    Outcome,
    Turn,
    answer,
    answer_aside,
    hand_over,
    person,
    way_to_person,
)

_BESIDE_IT = frozenset("ok yes please then but and so well still again now".split())
"""Words beside 'where is it' or 'the number' that add nothing."""
SURELY_MOVED = 0.97
"""Confidence from which a wish says by itself that the caller is elsewhere: 'call collect?'"""
_NOT = frozenset({"not", "never", "no", "without"})


def number_again(turn: Turn) -> Outcome | None:
    """Give the number, and nothing else, to somebody who asks for it once more."""
    topic = turn.guide.topics.get(turn.before.topic)
    wanted = " ".join(w for w in turn.words if w not in _BESIDE_IT)
    asks = not turn.before.asking or turn.before.urgent
    in_need = asks and wanted in turn.guide.words.get("number_wanted", ())
    if not (in_need or turn.mentions("number_again")):
        return None
    if topic is not None and PHONE in topic.routes:
        told, after = answer(turn, topic, brief=True)
        if told.act != "ask":
            return told, after
        decision, _ = person(turn, topic.id)  # nobody who asks for it is only asked on
        return replace(decision, asks=told.asks), replace(after, last="person")
    if turn.before.last:
        return person(turn, turn.intent or OUT_OF_SCOPE)
    return None


def same_place(turn: Turn) -> Outcome | None:
    """Give the number as before where a wish would move the caller elsewhere without a word of it.

    'And the number from before?', 'can I call from work' look like calls from abroad.
    """
    topics, wish = turn.guide.topics, turn.wants()
    topic = topics.get(turn.before.topic)
    if topic is None or wish is None or PHONE not in topic.routes:
        return None
    said = {entity.slot for entity in turn.heard.entities}
    # In an emergency nobody is taken to be abroad for asking about the hotel's phone.
    held = {} if turn.before.urgent and turn.before.asking not in wish.sets else wish.sets
    before = turn.before.slots
    moved = any(before.get(s, held.get(s)) != v and s not in said for s, v in wish.sets.items())
    sure = turn.heard.classification.confidence >= SURELY_MOVED
    return answer(turn, topic, brief=True) if moved and not sure else None


def where_it_is(turn: Turn) -> Outcome | None:
    """Say again where the thing is that was spoken of last, and that this is all that is known."""
    before = turn.before
    topic = turn.guide.topics.get(before.about)
    if topic is None or topic.urgent or before.options or before.later:
        return None
    said = " ".join(word for word in turn.words if word not in _BESIDE_IT)
    if said not in turn.guide.words.get("where_is_it", frozenset()):
        return None
    if before.asking and topic.id != before.topic:
        decision, after = answer_aside(turn, topic)
    else:
        decision, after = answer(turn, topic, faq=_faq_told(turn))
    if decision.asks:
        return decision, after
    return replace(decision, saying="same_again", person=way_to_person(turn)), after


def _faq_told(turn: Turn) -> int | None:
    """Return the narrower answer that was given last: not where another topic came up since."""
    return turn.before.faq if turn.before.about == turn.before.topic else None


def why_so(turn: Turn) -> Outcome | None:
    """Say that no more is known to somebody who asks why after an answer."""
    before = turn.before
    if before.asking or before.later or before.last != "answer" or not turn.says("why"):
        return None
    if before.about not in turn.guide.topics:
        return None
    return hand_over(turn, "same_again")


def number_fails(turn: Turn) -> Outcome | None:
    """Give the whole answer once more to somebody for whom its number does not work."""
    if not turn.mentions("number_fails") or turn.heard.entities:
        return None
    topic, wish = turn.guide.topics.get(turn.before.topic), turn.wants()
    if topic is None or PHONE not in topic.routes:
        return None
    if any(
        turn.is_urgent(turn.guide.topics[n]) for n in turn.heard.wishes if n in turn.guide.topics
    ):
        return None
    known = all(slot in turn.session.slots for slot in topic.needs)
    if not known or (wish not in (None, topic) and not _is_for_a_number(turn, wish)):
        return None
    decision, after = answer(turn, topic)
    return replace(decision, caveat=not topic.without_card, brief=False), after


def _is_for_a_number(turn: Turn, wish: Topic | None) -> bool:
    """Tell whether a wish asks for no more than a number to call, from wherever it is."""
    if wish is None or wish.urgent:
        return False
    return bool(wish.sets) or wish.routes == (PHONE,)


def card_to_be_stopped(turn: Turn) -> Outcome | None:
    """Give the number once more to somebody who wants the lost card, or a thief, stopped."""
    topic = turn.guide.topics.get(turn.before.topic)
    if topic is None or not turn.before.urgent or PHONE not in topic.routes:
        return None
    if not (topic.without_card or topic.urgent_when) or not _wants_it_stopped(turn):
        return None
    if turn.intent not in ("", "cancel", "deny", topic.id):
        return None
    return answer(turn, topic, brief=True)


def _wants_it_stopped(turn: Turn) -> bool:
    """Tell whether 'stop it' stands in the message, and no 'do not' before it."""
    return any(
        _NOT.isdisjoint(turn.words[max(0, hit.first - 2) : hit.first])
        for hit in turn.hits.get("stop_it", ())
    )
