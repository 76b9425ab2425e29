"""Which of the details and wishes read from a message count where the conversation stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from bot import text
from bot.guide import Guide
from bot.messages import OUT_OF_SCOPE, Classification, Entity, Understanding, Zone
from bot.session import Session
from bot.turn import SURELY_ANOTHER

_PART = re.compile(r"[^.,;!?]+")
FEW_LEFT = 0.1
"""Share of all other topics below which a message that denies one asks for none."""
_FEW = 3
"""Words of a message that is rather an answer than a question."""
_THINGS = frozenset({"number", "line", "phone", "address"})
_SIDES = frozenset({"back", "front"})
_LEADING = frozenset({"it", "is", "its", "a", "my", "the", "and", "ok", "yes"})
"""Words before the first of two values: 'its personal', but not 'I work'."""
_JOINING = frozenset({"and", "i", "am", "in", "from", "the", "card", "one"})
"""Words between the two."""
_CHOOSING = ("first", "second", "both", "neither")


def names_both(heard: Understanding, asked: str, words: tuple[str, ...]) -> bool:
    """Tell whether both values of the slot asked for are meant: 'one personal one corporate'."""
    values = {entity.value for entity in heard.entities if entity.slot == asked}
    return len(values) > 1 and words.count("one") > 1


def named_twice(
    unclear: Mapping[str, str], words: tuple[str, ...], guide: Guide
) -> tuple[str, ...]:
    """Return the slots of which two values are told: 'my personal and my corporate card'."""
    if "or" in words or not guide.words["question"].isdisjoint(words[:1]):
        return ()
    return tuple(slot for slot in unclear if guide.slots[slot].type == "choice")


def without_both(heard: Understanding, asked: str) -> Understanding:
    """Leave out both of two values in 'maybe personal, maybe corporate, I have both'."""
    if len({entity.value for entity in heard.entities if entity.slot == asked}) < 2:
        return heard
    return replace(heard, entities=tuple(e for e in heard.entities if e.slot != asked))


def with_bare_values(heard: Understanding, guide: Guide, known: set[str]) -> Understanding:
    """Read 'us' or 'no, personal' as a detail also where no question for it is open."""
    found = []
    for part in _PART.finditer(heard.text):
        words = text.words(part.group())
        for slot, value in _bare_values(words, guide):
            if guide.slots[slot].type == "place" and _is_of_a_thing(words, guide):
                continue  # 'it is a US card', 'is that a US number'
            # 'At work', 'mine is on the back' say where, and nothing about the card.
            of_place = guide.slots[slot].type == "place" or not _says_where(words)
            if slot not in known and of_place:
                found.append(Entity(slot, value, *part.span()))
    return replace(heard, entities=(*heard.entities, *found)) if found else heard


def _says_where(words: list[str]) -> bool:
    return words[:1] in (["at"], ["in"]) or not _SIDES.isdisjoint(words)


def _is_of_a_thing(words: list[str], guide: Guide) -> bool:
    """Tell whether a value stands right before a thing that is from there."""
    things = guide.thing_words | _THINGS
    return any(a in guide.bare_values and b in things for a, b in pairwise(words))


def _bare_values(words: list[str], guide: Guide) -> tuple[tuple[str, str], ...]:
    """Return (slot, value) of the one value, or the two, that words are: 'personal us'."""
    rest = [word for word in words if word not in guide.filler]
    means = guide.bare_values.get(" ".join(rest or words))
    if means is not None:
        return (means,)
    start = next((n for n, word in enumerate(words) if word not in _LEADING), len(words))
    for cut in range(start + 1, len(words)):
        after = next((n for n in range(cut, len(words)) if words[n] not in _JOINING), len(words))
        one = guide.bare_values.get(" ".join(words[start:cut]))
        other = guide.bare_values.get(" ".join(words[after:]))
        if one is not None and other is not None and one[0] != other[0]:
            return one, other
    return ()


def without_denied(heard: Understanding) -> Understanding:
    """Leave out the topic that the message says it is not about: 'not a dispute, I want ...'."""
    said = heard.classification
    kept = tuple(row for row in said.ranking if row[0] != heard.denied)
    rest = sum(share for _, share in kept)
    if not heard.denied or not rest:
        return heard
    ranking = tuple((name, share / rest) for name, share in kept)
    best, share = ranking[0]
    unclear = said.zone == "unknown" or rest < FEW_LEFT
    zone: Zone = "unknown" if unclear else "answer" if share > 0.5 else "clarify"
    intent = OUT_OF_SCOPE if zone == "unknown" else best
    wishes = tuple(name for name in heard.wishes if name != heard.denied)
    classification = Classification(intent, share, zone, ranking, said.case)
    return replace(heard, classification=classification, wishes=wishes if len(wishes) > 1 else ())


def chooses(words: tuple[str, ...], before: Session, guide: Guide) -> bool:
    """Tell whether a message takes up an open 'did you mean': 'the last one'."""
    if not before.options:
        return False
    said = {" ".join(words), " ".join(word for word in words if word not in guide.filler)}
    return any(said & guide.words.get(group, frozenset()) for group in _CHOOSING)


def own_wishes(heard: Understanding, guide: Guide) -> tuple[str, ...]:
    """Leave out of several wishes small talk, and one that says no more than a detail does.

    'Yes, that one. And can I pay in the app?' holds one wish; so does 'lost it, and I'm in
    the U.S.', which is none to call from anywhere.
    """
    given = {entity.slot for entity in heard.entities}
    topics = guide.topics
    wishes = tuple(name for name in heard.wishes if name in topics)
    if not wishes and len(heard.wishes) == 1:
        return heard.wishes  # 'Good evening. Are you a person?'
    return tuple(
        name for name in wishes if not topics[name].sets or given.isdisjoint(topics[name].sets)
    )


def wanted(heard: Understanding, session: Session, guide: Guide) -> tuple[Entity, ...]:
    """Leave out details that only another topic's call sheet has a line for."""
    topics = [guide.topics.get(name) for name in (heard.classification.intent, session.topic)]
    fills = {slot for topic in topics if topic for slot in topic.fills}
    sheet = guide.sheet_slots
    wanted = tuple(e for e in heard.entities if e.slot in fills or e.slot not in sheet)
    return _without_chance_answers(heard, wanted, session, guide)


def _without_chance_answers(
    heard: Understanding, wanted: tuple[Entity, ...], session: Session, guide: Guide
) -> tuple[Entity, ...]:
    """Leave out a short answer to the open question that stands in a question of its own.

    'How does the app work?' says nothing about a work card.
    """
    what = heard.classification
    if session.asking and " ".join(text.words(heard.text)) in guide.words.get("refuse", ()):
        return ()  # 'none of your business' is no business card
    another = what.zone == "answer" and what.intent != session.topic
    if not (session.asking and another and what.confidence >= SURELY_ANOTHER):
        return wanted
    words = text.words(heard.text)
    if len(words) <= _FEW or words[0] not in guide.words.get("question", ()):
        return wanted
    return tuple(
        e
        for e in wanted
        if e.slot != session.asking
        or " ".join(text.words(heard.text[e.start : e.end])) not in guide.bare_values
    )
