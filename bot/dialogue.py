"""The decision: fill, ask, clarify, answer, hand over. A pure function, no clock, no I/O.

One message is settled by the first rule below that applies; every rule ends in
a decision, and none can bring the conversation to a place without an exit: two
unanswered tries end a question, two clarifications in a row end in a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot import text
from bot.decision import Decision
from bot.entities import UNCLEAR
from bot.guide import Guide, Topic
from bot.messages import OUT_OF_SCOPE, Entity, Understanding
from bot.session import Session
from bot.turn import (
    Outcome,
    Turn,
    answer,
    answer_aside,
    ask_which,
    closed,
    declining,
    go_on,
    hand_over,
    own_up,
    take_up,
)

MAX_TRIES = 2
"""How often one question is asked before the answer is given for every case."""
MAX_CLARIFICATIONS = 2
"""How often in a row the bot may ask what was meant."""

NEAR_TIE = 0.6
"""Share of the first topic's probability from which an urgent second one is taken instead."""
SMALL_TALK_FROM = 0.6
"""Confidence from which unclear small talk is answered: a wrong 'goodbye' is worse than none."""
_SHORT = 10
"""Words of a message that may lean on the topic before it."""

NEVER_GUESSED = ("affirm", "deny", "repeat", "cancel", "restart")
"""Words that steer the conversation, and are followed only when they are clear."""


def step(heard: Understanding, session: Session | None, guide: Guide) -> Outcome:
    """Return the decision for one message and the conversation's new state.

    `session` None is a one-off: no question is left open, all cases are answered.
    """
    before = session or Session(guide=guide.fingerprint)
    wanted = _wanted(heard, before, guide)
    unclear = frozenset(entity.slot for entity in wanted if entity.value == UNCLEAR)
    heard = replace(heard, entities=tuple(e for e in wanted if e.slot not in unclear))
    words = " ".join(text.words(heard.text))
    filled = _fill(before, heard.entities)
    turn = Turn(heard, guide, before, filled, words, unclear, one_off=session is None)
    rules: tuple[Callable[[Turn], Outcome | None], ...] = (
        _nothing_said,
        _in_distress,
        _only_a_secret,
        _chosen_option,
        _open_question,
        _bare_correction,
        _two_wishes,
        _second_wish,
        _control,
        _topic,
        _correction,
        _follow_up,
        _only_a_detail,
        _clarify,
        _unknown,
    )
    outcome = next(found for rule in rules if (found := rule(turn)) is not None)
    decision, after = _counted(turn, *outcome)
    if heard.masked and "masked" not in (decision.saying, *decision.notes):
        decision = replace(decision, notes=("masked", *decision.notes))
    return decision, after


def _counted(turn: Turn, decision: Decision, after: Session) -> Outcome:
    """Count how often in a row a slot is asked for, and let go of it after the second time."""
    asked, before = decision.asks, turn.before
    if asked is None:
        if after.later and decision.act == "answer":
            decision = replace(decision, later=after.later)
        return decision, replace(after, asking="", tries=0)
    tries = before.tries + 1 if asked == before.asking else 1
    if tries <= MAX_TRIES:
        return replace(decision, again=tries > 1), replace(after, asking=asked, tries=tries)
    topic = turn.guide.topics.get(decision.intent)
    if topic is None or decision.intent != after.topic:
        return replace(decision, asks=None), replace(after, asking="", tries=0)
    given_up = declining(replace(turn, session=after), asked)
    return _counted(turn, *answer(given_up, topic, faq=after.faq))


def _wanted(heard: Understanding, session: Session, guide: Guide) -> tuple[Entity, ...]:
    """Leave out details that only another topic's call sheet has a line for."""
    topics = [guide.topics.get(name) for name in (heard.classification.intent, session.topic)]
    fills = {slot for topic in topics if topic for slot in topic.fills}
    sheet = {slot for topic in guide.topics.values() for slot in topic.fills}
    return tuple(e for e in heard.entities if e.slot in fills or e.slot not in sheet)


def _fill(session: Session, entities: tuple[Entity, ...]) -> Session:
    """Put the details of a message into the session; the last one said counts."""
    found = {entity.slot: entity.value for entity in entities}
    if not found:
        return session
    declined = tuple(slot for slot in session.declined if slot not in found)
    return replace(session, slots={**session.slots, **found}, declined=declined)


def _nothing_said(turn: Turn) -> Outcome | None:
    if turn.words or turn.heard.masked:
        return None
    decision = Decision("say", OUT_OF_SCOPE, saying="empty", asks=turn.before.asking or None)
    return decision, replace(turn.before, last="empty")


def _in_distress(turn: Turn) -> Outcome | None:
    """Say something human to somebody who speaks of ending their life; sell nothing."""
    if not turn.mentions("distress"):
        return None
    return Decision("say", OUT_OF_SCOPE, saying="distress"), closed(turn.session, "distress")


def _only_a_secret(turn: Turn) -> Outcome | None:
    """Take no notice of a message that is a card number or code and little else."""
    topic = turn.guide.topics.get(turn.intent)
    if not turn.heard.masked or turn.heard.entities:
        return None
    bare = turn.guide.words.get("filler", frozenset()).issuperset(turn.words.split())
    if turn.intent and not bare and not (topic and topic.after_code):
        return None
    open_slot = turn.before.asking or None
    decision = Decision(
        "say",
        OUT_OF_SCOPE,
        saying="what_need" if open_slot is None else "masked",
        asks=open_slot,
        notes=("masked",) if open_slot is None else (),
    )
    return decision, turn.session


def _chosen_option(turn: Turn) -> Outcome | None:
    """Settle an open 'did you mean'."""
    options = turn.before.options
    if not options:
        return None
    closed = replace(turn, session=replace(turn.session, options=()))
    if turn.says("neither"):
        return hand_over(closed, "neither")
    for group, option in zip(("first", "second"), options, strict=False):
        if turn.says(group):
            return take_up(closed, option)
    if turn.intent:
        return None
    named = [o for o in options if _names(turn, turn.guide.topics[o])]
    return take_up(closed, named[0]) if len(named) == 1 else None


def _names(turn: Turn, topic: Topic) -> bool:
    """Tell whether the message names a topic by a word of its title that says something."""
    said = set(text.stems(turn.words.split()))
    title = {word for word in text.words(topic.title) if len(word) > 3}
    return bool(said & set(text.stems(list(title))))


def _open_question(turn: Turn) -> Outcome | None:
    """Settle an answer to the slot asked for; leave anything else to the other rules."""
    asked = turn.before.asking
    if not asked or turn.before.topic not in turn.guide.topics:
        return None
    if asked in turn.session.slots and turn.session.slots.get(asked) != turn.before.slots.get(
        asked
    ):
        switched = turn.intent in turn.guide.topics and turn.intent != turn.before.topic
        if switched and not _only_details(turn):
            return None
        return go_on(turn)
    for group, choice in zip(("first", "second"), turn.guide.slots[asked].choices, strict=False):
        if turn.says(group):
            slots = {**turn.session.slots, asked: choice.value}
            return go_on(replace(turn, session=replace(turn.session, slots=slots)))
    other = turn.intent in turn.guide.topics and turn.intent != turn.before.topic
    # 'Any way to chat instead?' holds a word of refusal, but is a wish of its own.
    matches = turn.says if other else turn.mentions
    if matches("dont_know") or matches("refuse"):
        return go_on(declining(turn, asked))
    if turn.intent and turn.intent not in ("affirm", "deny"):
        return None
    return go_on(turn)


def _only_details(turn: Turn) -> bool:
    """Tell whether little more than details stands in the message."""
    return sum(len(word) > 3 for word in _beside_details(turn)) <= 2


def _beside_details(turn: Turn) -> list[str]:
    """Return the words of the message that no detail was read from."""
    spans = [(e.start, e.end) for e in turn.heard.entities]
    message = turn.heard.text
    rest = (" " if any(a <= i < b for a, b in spans) else c for i, c in enumerate(message))
    return text.words("".join(rest))


def _two_wishes(turn: Turn) -> Outcome | None:
    """Begin with the urgent one of two wishes, or the first; the other is named and kept."""
    wishes = [name for name in turn.heard.wishes if name in turn.guide.topics]
    if len(wishes) < 2:
        return None
    first, second = sorted(
        wishes, key=lambda name: not turn.guide.topics[name].is_urgent(turn.heard.text)
    )
    decision, after = take_up(turn, first)
    return replace(decision, later=second), replace(after, later=second)


def _second_wish(turn: Turn) -> Outcome | None:
    """Come to the second wish on 'yes'."""
    later = turn.before.later
    if later not in turn.guide.topics or turn.before.asking:
        return None
    heard = turn.heard.classification
    likely = heard.confidence >= SMALL_TALK_FROM and heard.zone != "unknown"
    if likely and heard.ranking[0][0] == "affirm":
        return take_up(replace(turn, session=replace(turn.session, later="")), later)
    return None


def _control(turn: Turn) -> Outcome | None:
    """Answer small talk and the words that steer the conversation."""
    intent = turn.intent
    if intent == "restart":
        return Decision("say", intent, saying=intent), Session(guide=turn.guide.fingerprint)
    if intent == "cancel":
        return Decision("say", intent, saying=intent), closed(turn.session, intent)
    if intent == "repeat":
        return _repeat(turn)
    if intent not in turn.guide.says:
        return None
    if intent in ("goodbye", "deny"):
        return Decision("say", intent, saying=intent), closed(turn.session, intent)
    open_slot = turn.before.asking or None
    return Decision("say", intent, saying=intent, asks=open_slot), replace(
        turn.session, last=intent
    )


def _repeat(turn: Turn) -> Outcome:
    session = turn.session
    if session.options:
        return ask_which(session.options), replace(session, last="clarify")
    if session.topic in turn.guide.topics:
        return answer(turn, turn.guide.topics[session.topic], faq=session.faq)
    return Decision("say", "repeat", saying="repeat"), replace(session, last="repeat")


def _topic(turn: Turn) -> Outcome | None:
    """Answer a clear wish, or ask what it depends on."""
    if not turn.intent or turn.intent in turn.guide.says:
        return None
    if turn.intent not in turn.guide.topics:
        return own_up(turn)
    topic = turn.guide.topics[turn.intent]
    if any(topic.sets.get(e.slot, e.value) != e.value for e in turn.heard.entities):
        return None  # 'US' is not a wish to call from abroad, however much it looks like one
    open_question = turn.before.asking and turn.before.topic != topic.id
    if open_question and not topic.needs:
        return answer_aside(turn, topic)
    return take_up(turn, topic.id)


def _bare_correction(turn: Turn) -> Outcome | None:
    """Answer again for a detail that was said with hardly a word around it."""
    filler = turn.guide.words.get("filler", frozenset())
    if not turn.heard.entities or not filler.issuperset(_beside_details(turn)):
        return None
    return _correction(turn)


def _correction(turn: Turn) -> Outcome | None:
    """Answer again when little more than a detail was said after an answer."""
    topic = turn.guide.topics.get(turn.before.topic)
    details = {entity.slot for entity in turn.heard.entities}
    if topic is None or not details.intersection((*topic.needs, *topic.sets, *turn.guide.defaults)):
        return None
    return answer(turn, topic, faq=turn.before.faq) if _only_details(turn) else None


def _follow_up(turn: Turn) -> Outcome | None:
    """Answer a narrower question about the last topic, which is unclear on its own."""
    topic = turn.guide.topics.get(turn.before.about)
    words = turn.words.split()
    if topic is None or turn.before.last != "answer" or len(words) > _SHORT:
        return None
    faq = topic.faq_for(words)
    return None if faq is None else answer(turn, topic, faq=faq)


def _only_a_detail(turn: Turn) -> Outcome | None:
    """Note a detail that comes before any wish."""
    noted = tuple(dict.fromkeys(entity.slot for entity in turn.heard.entities))
    if not noted or not _only_details(turn):
        return None
    decision = Decision("say", OUT_OF_SCOPE, saying="what_need", noted=noted)
    return decision, replace(turn.session, last="what_need")


def _clarify(turn: Turn) -> Outcome | None:
    """Ask which of two topics was meant."""
    if turn.heard.classification.zone != "clarify":
        return None
    ranking = [name for name, _ in turn.heard.classification.ranking]
    topics = tuple(name for name in ranking if name in turn.guide.topics)[:2]
    likely = turn.heard.classification.confidence >= SMALL_TALK_FROM
    if likely and ranking[0] in turn.guide.says and ranking[0] not in NEVER_GUESSED:
        sure = replace(turn.heard.classification, zone="answer", intent=ranking[0])
        return _control(replace(turn, heard=replace(turn.heard, classification=sure)))
    if len(topics) < 2:
        return None
    if (urgent := _urgent_of(turn, topics)) is not None:
        return take_up(turn, urgent)
    if turn.one_off:
        decision, after = take_up(turn, topics[0])
        return replace(decision, guess=topics[1]), after
    if turn.before.clarified >= MAX_CLARIFICATIONS:
        return hand_over(turn, "neither")
    after = replace(
        closed(turn.session, "clarify"), options=topics, clarified=turn.before.clarified + 1
    )
    return ask_which(topics), after


def _urgent_of(turn: Turn, topics: tuple[str, ...]) -> str | None:
    """Return the urgent topic that wins a near-tie: nobody in need is asked what they meant."""
    chances = dict(turn.heard.classification.ranking)
    for name in topics:
        near = chances[name] >= NEAR_TIE * chances[topics[0]]
        if near and turn.guide.topics[name].is_urgent(turn.heard.text):
            return name
    return None


def _unknown(turn: Turn) -> Outcome:
    return hand_over(turn, "unknown")
