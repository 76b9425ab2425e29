"""The walk of one message: masked, understood, decided, worded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

from bot import answers, clauses, dialogue, quantities, redaction
from bot import text as text_
from bot.followups import HANDED_OVER
from bot.guide import Guide, Topic
from bot.inbox import Inbox, InboxEntry, is_unclear
from bot.knowledge import Knowledge
from bot.messages import ANY_SLOT, Classification, Entity, Reply, Understanding
from bot.session import Session
from bot.turn import SURELY_ANOTHER, missing_on_sheet

MAX_CHARACTERS = 4_000
"""Of a message, after masking, that are read; the rest is let go."""

_CORRECTION = 4
"""Words of a message that may be hardly more than a detail said anew."""
_log = logging.getLogger(__name__)


def understand(
    text: str, session: Session, knowledge: Knowledge, today: date | None
) -> Understanding:
    """Return all that is read from a message of a conversation."""
    guide = knowledge.guide
    masked = masked_in(text, session, guide)
    kept = text_.composed(masked.text.strip()[:MAX_CHARACTERS])
    classify = cache(knowledge.classifier.classify_masked)  # clauses are looked at twice
    classification = whole = classify(kept)
    asked = session.asking or _unanswered(session, guide)
    asked = asked or _for_the_sheet(session, kept, classification, guide)
    asked = asked or _correctable(session, kept)
    topic = guide.topics.get(classification.ranking[0][0])
    at_once = session.urgent or (topic is not None and topic.urgent)
    entities = knowledge.extractor.extract(kept, asked=asked, at_once=at_once, known=session.slots)
    if name := _name_beside(entities, session, guide):
        named = knowledge.extractor.extract(kept, asked=name, at_once=at_once)
        entities += tuple(entity for entity in named if entity.slot == name)
    if today is not None:
        entities = tuple(_dated(entity, guide, today) for entity in entities)
    classification, denied = _without_denial(kept, classification, classify, guide)
    if masked.kinds:
        classification = clauses.beside_secrets(kept, classification, classify)
    if entities and not session.asking:
        rest = clauses.without_details(kept, entities, guide.filler)
        classification = clauses.clearer(rest, classification, classify, guide.topics)
    wishes = clauses.wishes(
        kept, classification, classify, entities, guide.filler, knowledge.urgent, guide.topics
    )
    bare = clauses.beside_details(kept, entities) if entities else kept
    clear = classification.confidence >= clauses.CLEAR_FROM
    doubtful = entities and not (clear and classification.intent in guide.topics)
    beside = classify(bare) if doubtful else None
    wishes = wishes or clauses.behind_greeting(
        bare, beside or classification, classify, guide.topics
    )
    if classification.case != whole.case:
        classification = replace(classification, case=whole.case)
    hears_acts = bool(knowledge.classifier.description.acts)
    return Understanding(
        kept, classification, entities, masked.kinds, wishes, beside, denied, hears_acts
    )


def settle(
    heard: Understanding,
    session: Session | None,
    guide: Guide,
    *,
    inbox: Inbox | None = None,
    lost: bool = False,
) -> tuple[Reply, Session]:
    """Return the reply to a message, and the session after it.

    `session`: the conversation so far, None for a one-off; `inbox`: where the message is added
    if it was not understood; `lost`: whether what was kept of the conversation cannot be read.
    """
    decision, after = dialogue.step(heard, session, guide)
    asked = session is not None and bool(session.asking)
    if inbox is not None and is_unclear(heard, decision, asked=asked):
        _set_aside(inbox, heard)
    if lost:
        decision = replace(decision, notes=("lost", *decision.notes))
    return answers.word(decision, heard, after, guide), after


def _name_beside(entities: tuple[Entity, ...], session: Session, guide: Guide) -> str:
    """Return the name still wanted for the call sheet, where other details for it were told.

    'Delta Airlines, $640, March 3' tells all three, whatever question is open.
    """
    topic = guide.topics.get(session.topic)
    told = {entity.slot for entity in entities}
    if topic is None or not session.asking or told.isdisjoint(topic.fills):
        return ""
    missing = (slot for slot in missing_on_sheet(topic, session) if slot not in told)
    return next((slot for slot in missing if guide.slots[slot].type == "name"), "")


def _without_denial(
    message: str, whole: Classification, classify: Callable[[str], Classification], guide: Guide
) -> tuple[Classification, str]:
    """Return what a message means, and the topic that it says it is not about.

    'I did not lose it, somebody stole it' is about a lost card all the same.
    """
    likely = (guide.topics.get(name) for name, _ in whole.ranking[:2])
    topic = next((t for t in likely if t is not None and _denies(message, t, guide)), None)
    if topic is None:
        return whole, ""
    rest = clauses.without_denials(message, lambda part: _denies(part, topic, guide))
    left = classify(rest) if rest else whole
    if rest and left.ranking[0][0] == topic.id:
        return whole, ""
    return left, topic.id


def _denies(part: str, topic: Topic, guide: Guide) -> bool:
    """Tell whether a topic is denied in a message or a part of it."""
    return bool(topic.not_when) and f"not {topic.id}" in guide.phrasebook.find(
        tuple(text_.words(part))
    )


def _unanswered(session: Session, guide: Guide) -> str:
    """Return the slot that the last topic still lacks, though nobody is asked for it any more."""
    topic = guide.topics.get(session.topic)
    return guide.missing(topic, session.slots, session.declined) or "" if topic else ""


def _for_the_sheet(session: Session, message: str, heard: Classification, guide: Guide) -> str:
    """Return the name, or the amount, that was wanted for the call sheet a moment ago.

    Neither 'nope' nor what is clearly a wish of its own is taken for one.
    """
    topic = guide.topics.get(session.topic)
    if topic is None or session.last not in ("offer", "sheet"):
        return ""
    clear = heard.zone == "answer" and heard.confidence >= SURELY_ANOTHER
    said = " ".join(text_.words(message))
    if (clear and heard.intent != topic.id) or any(said in group for group in guide.words.values()):
        return ""
    kinds = {guide.slots[slot].type: slot for slot in missing_on_sheet(topic, session)}
    amount = "amount" in kinds and quantities.BARE_AMOUNT.search(message) is not None
    return kinds.get("amount" if amount else "name", "")


def _correctable(session: Session, message: str) -> str:
    """Return the mark of a short message after an answer: 'actually Thailand' corrects it."""
    short = len(message.split()) <= _CORRECTION
    told = (session.topic and session.slots) or session.last in HANDED_OVER
    return ANY_SLOT if short and told else ""


def masked_in(text: str, session: Session, guide: Guide) -> redaction.Masked:
    """Return a message of a conversation with its secrets masked."""
    # A lone surrogate (bytes that were no UTF-8) could not be printed or stored.
    text = text.encode("utf-8", "replace").decode()
    topic = guide.topics.get(session.about)
    after_code = topic is not None and topic.after_code
    return redaction.mask(text, after_code=after_code, keep=guide.numbers)


def _set_aside(inbox: Inbox, heard: Understanding) -> None:
    try:
        inbox.add(InboxEntry.of(heard.text, heard.classification))
    except OSError as error:  # the answer matters more
        _log.warning("%s: a message was not kept: %s", error.filename, error.strerror)


def _dated(entity: Entity, guide: Guide, today: date) -> Entity:
    if guide.slots[entity.slot].type != "date":
        return entity
    return replace(entity, value=quantities.resolve(entity.value, today))
