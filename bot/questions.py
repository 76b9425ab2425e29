"""What settles an open question: an answer, a refusal, a choice; each a rule of the dialogue."""

from __future__ import annotations

from dataclasses import replace

from bot import beyond
from bot.turn import Outcome, Turn, answer, declining, go_on, hand_over, take_up

EMERGENCY_FROM = 0.5
"""Confidence from which an unclear message in a form is taken for an emergency."""
EMERGENCY_SURE = 0.9
"""The same for one that holds the detail asked for: 'lost it on vacation'."""
_NAME = 3
"""Words by which one of two options is named, rather than a wish of its own spoken."""
_POINTING = frozenset({"my", "the", "a", "it", "is", "this", "that"})
_ORDINALS = ("first", "second")


def chosen_option(turn: Turn) -> Outcome | None:
    """Settle an open 'did you mean': by number, by name, by 'both' or 'neither'."""
    options = turn.before.options
    if not options:
        return None
    free = replace(turn, session=replace(turn.session, options=()))
    if turn.says("both"):
        return both_wishes(free, options)
    if turn.says("neither") or (turn.says("no") and not turn.says("second")):
        return hand_over(free, "neither")
    for group, option in zip(_ORDINALS, options, strict=False):
        if turn.says(group):
            return take_up(free, option)
    if turn.intent and len(turn.words) > _NAME:
        return None
    named = [o for o in options if turn.names(turn.guide.topics[o])]
    return take_up(free, named[0]) if len(named) == 1 else None


def both_wishes(turn: Turn, names: tuple[str, ...]) -> Outcome:
    """Begin with the urgent one of the topics, or the first; the others are named and kept."""
    topics = turn.guide.topics
    first, *others = sorted(names, key=lambda name: not turn.is_urgent(topics[name]))
    decision, after = take_up(turn, first)
    offered = 0 if decision.asks else 1
    later = tuple(others)
    after = replace(after, later=later, offered=offered, last="answer")
    return replace(decision, later=later, offer=()), after


def enough_asked(turn: Turn) -> Outcome | None:
    """Answer at once, for every case, somebody who has had enough of questions."""
    if not turn.mentions("enough") or turn.one_off:
        return None
    topics = turn.guide.topics
    open_one = topics.get(turn.before.topic) if turn.before.asking else None
    topic = open_one or turn.wants() or topics.get(turn.before.topic)
    if topic is None:
        return None
    brief = turn.before.advised and topic.id == turn.before.topic
    decision, after = answer(declining(turn, *topic.needs), topic, brief=brief)
    # An offer to note details would be one more question.
    return replace(decision, offer=()), replace(after, last="answer")


def emergency_among_details(turn: Turn) -> Outcome | None:
    """Hear the emergency in a message that else holds only details: 'Tokyo, amex stolen'."""
    heard = turn.heard.classification
    if heard.zone == "unknown" or not turn.heard.entities or turn.before.options:
        return None
    if len(turn.heard.wishes) > 1:
        return None
    if turn.guide.filler.issuperset(turn.beside_details()):
        return None
    chances = heard.ranking[:1] if turn.intent else heard.ranking[:2]
    topics = tuple(n for n, p in chances if n in turn.guide.topics and p >= EMERGENCY_FROM)
    urgent = turn.urgent_of(topics) if topics else None
    if urgent is None or urgent == turn.before.topic or not turn.beside_mean(urgent):
        return None
    # 'Right. Corporate card, Phoenix' is torn between many things, and speaks of none.
    return take_up(turn, urgent) if dict(heard.ranking)[urgent] >= EMERGENCY_FROM else None


def open_question(turn: Turn) -> Outcome | None:
    """Settle an answer to the slot asked for; leave anything else to the other rules."""
    asked = turn.before.asking
    if not asked or turn.before.topic not in turn.guide.topics:
        return None
    if asked in turn.session.declined:
        return go_on(turn)
    known = turn.session.slots.get(asked)
    other = turn.wants() is not None and turn.intent != turn.before.topic
    if known is not None and known != turn.before.slots.get(asked):
        return None if other and _is_a_wish(turn) else beyond.with_details(turn)
    if turn.mentions("why_asked") or turn.says("why"):
        return _with_note(go_on(turn), "why_asked")
    for group, choice in zip(_ORDINALS, turn.guide.slots[asked].choices, strict=False):
        if turn.says(group):
            slots = {**turn.session.slots, asked: choice.value}
            return go_on(replace(turn, session=replace(turn.session, slots=slots)))
    if _declines(turn, asked, other=other):
        return go_on(declining(turn, asked))
    if asked in turn.unclear and turn.only_details():
        return go_on(turn)  # 'Personal or corporate?' asks what is meant by the question
    if turn.before.urgent and turn.mentions("asks_the_way") and turn.intent in ("", "help"):
        return go_on(turn)  # 'what now?'
    if turn.intent and turn.intent not in ("affirm", "deny") and not _names_the_thing(turn):
        return None
    if _is_likely_emergency(turn):
        return None
    if _is_lost_on_us(turn):
        if (told := _told_again(turn)) is not None:
            return told
        if beyond.asks(turn):
            return beyond.amid_a_question(turn)
        return _with_note(go_on(turn), "not_understood")
    return go_on(turn)


def _is_a_wish(turn: Turn) -> bool:
    """Tell whether a message with the detail asked for is about something else besides."""
    topic = turn.wants()
    alone = turn.heard.wishes == (turn.intent,)  # all that the message says beside details
    sure = alone or turn.heard.classification.confidence >= EMERGENCY_SURE
    emergency = topic is not None and turn.is_urgent(topic) and sure
    return emergency or not turn.only_details()


def _declines(turn: Turn, asked: str, *, other: bool) -> bool:
    """Tell whether the person does not know, or would rather not say.

    'Any way to chat instead?' holds a word of refusal, but is a wish of its own; 'I do
    not know what kind of card it is' looks like one, but is made of the question's words.
    """
    if turn.says("dont_know") or turn.says("refuse"):
        return True
    if not turn.mentions("dont_know") and not turn.mentions("refuse"):
        return False
    rest = {word for word in turn.beside("dont_know", "refuse") if len(word) > 2}
    return not other or rest <= turn.guide.asking_words[asked]


def _names_the_thing(turn: Turn) -> bool:
    """Tell whether only the thing is named that the questions are about: 'amex platinum'."""
    rest = [word for word in turn.words if word not in turn.guide.thing_words]
    return len(rest) < len(turn.words) <= _NAME and _POINTING.issuperset(rest)


def _is_lost_on_us(turn: Turn) -> bool:
    """Tell whether nothing that could be gone on with was understood."""
    clear = turn.heard.classification.zone == "answer"
    unclear = not (clear and turn.intent in turn.guide.says) and not turn.says("hesitation")
    return unclear and not turn.heard.entities and not turn.unclear and bool(turn.words)


def _told_again(turn: Turn) -> Outcome | None:
    """Give the topic's answer once more to a question that is most likely about it."""
    ranking, topic = turn.heard.classification.ranking, turn.guide.topics[turn.before.topic]
    if "?" not in turn.heard.text or not turn.before.advised or ranking[0][0] != topic.id:
        return None
    fresh = replace(turn, before=replace(turn.before, advised=False))
    return answer(fresh, topic, faq=turn.faq_of(topic))


def _is_likely_emergency(turn: Turn) -> bool:
    """Tell whether the message is more likely another, urgent wish than an answer."""
    heard = turn.heard.classification
    topic = turn.guide.topics.get(heard.ranking[0][0]) if heard.ranking else None
    likely = heard.zone == "clarify" and heard.confidence >= EMERGENCY_FROM
    return likely and topic is not None and topic.id != turn.before.topic and turn.is_urgent(topic)


def _with_note(outcome: Outcome, note: str) -> Outcome:
    decision, after = outcome
    return replace(decision, notes=(*decision.notes, note)), after
