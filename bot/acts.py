"""Answers what people do in mid-conversation: refuse, tell that it failed, ask what comes next."""

from __future__ import annotations

from dataclasses import replace

from bot import text
from bot.beyond import asks
from bot.danger import NEXT
from bot.decision import CALM, WARNED, Decision
from bot.followups import HANDED_OVER
from bot.guide import PHONE, Topic
from bot.manners import STEERING
from bot.messages import OUT_OF_SCOPE
from bot.turn import (
    SURELY_ANOTHER,
    Outcome,
    Turn,
    answer,
    answer_aside,
    closed,
    hand_over,
    person,
    way_to_person,
)

TELLS = "adds_detail"
"""The act of telling something, without a wish."""
PLAINLY_ANOTHER = 0.85
"""Confidence from which a longer message is a wish of its own, though it sounds like an act."""
ANOTHER_FROM = 0.9
"""Confidence from which a message in mid-conversation is about another topic that it does not
name. Of 63 replies that testers found wrong, and that moved to another topic, 22 no longer do; of
67 moves in golden conversations all still do."""
_MOST = 10
"""Words of a message that may lean on what was said before."""
LIKELY = 0.4
"""Share from which an unclear message may be about a topic."""
_LEANING = 7
"""Words of one that may lean on what was said before."""
_FEW = 3
"""Words from which what looks like a 'no' or 'never mind' may be something else."""
_NO_NAMES = frozenset(
    text.stems("after best how next not talk them they want was what when where which you".split())
)
"""Words of titles that name no topic."""
_BEFORE_A_WAY = frozenset("and also can do i is it ok or so that then this yes".split())
_TO_A_WAY = frozenset("by in on over through via with".split())
"""First words of 'on the app too', after those that may stand before it."""
_AGAINST = frozenset({"not", "never", "nobody", "still"})
"""Words with which nothing has settled itself."""
_ANSWERS = ("dont_know", "refuse", "first", "second", "both")
"""Groups of phrases that settle an open question."""


def amid_a_question(turn: Turn) -> Outcome | None:
    """Answer an act instead of an answer to the open question, which is asked again."""
    return what_is_done(turn) if turn.before.asking else None


def what_is_done(turn: Turn) -> Outcome | None:
    """Answer an act: by what the topic has to say to it, else by what the guide has."""
    told = turn.guide.acts.get(turn.act)
    if told is None or turn.one_off or not _is_amid(turn) or _is_a_matter_of_its_own(turn):
        return None
    if told.ends_matter and not _is_plain(turn):
        return None
    topic = turn.guide.topics.get(turn.before.about or turn.before.topic)
    if topic is not None and (faq := turn.faq_of(topic)) is not None:
        other = turn.before.asking and turn.before.topic != topic.id
        return answer_aside(turn, topic) if other else answer(turn, topic, faq=faq)
    if told.ends_matter:
        kept = replace(closed(turn.session, "over"), topic="", faq=None, urgent=False)
        return Decision("aside", _about(topic), saying=turn.act), kept
    return _aside(turn, topic)


def stays(turn: Turn, wish: Topic) -> Outcome | None:
    """Stay with what is spoken of where a message is hardly clear enough to be about another."""
    topic, share = turn.guide.topics.get(turn.before.about), turn.heard.classification.confidence
    if topic is None or wish.id in (topic.id, turn.before.topic) or turn.before.options:
        return None
    if _is_way_of_it(turn, wish, topic):
        return answer(turn, topic, faq=topic.faq_for(turn.words), at_once=True)
    if share >= ANOTHER_FROM or len(turn.words) > _MOST or turn.heard.entities:
        return None
    if not turn.heard.hears_acts:
        return None
    if turn.one_off or turn.is_urgent(wish) or _names(turn, wish) or wish.id in turn.before.later:
        return None
    if (faq := topic.faq_for(turn.words)) is not None:
        return answer(turn, topic, faq=faq)
    if turn.mentions("asks_the_way"):
        return person(turn, topic.id)
    if asks(turn) or TELLS not in turn.guide.acts:
        return hand_over(turn, "beyond")
    heard = replace(turn.heard.classification, act=TELLS)
    return _aside(replace(turn, heard=replace(turn.heard, classification=heard)), topic)


def _is_way_of_it(turn: Turn, wish: Topic, topic: Topic) -> bool:
    """Tell whether a message asks for the same by one of its ways: 'on the app too?'"""
    words = [word for word in turn.words if word not in _BEFORE_A_WAY]
    asked = bool(words) and words[0] in _TO_A_WAY and len(turn.words) <= _LEANING
    return asked and not set(wish.routes).isdisjoint(topic.routes) and PHONE not in wish.routes


def _is_amid(turn: Turn) -> bool:
    """Tell whether something was told that the message may lean on."""
    before = turn.before
    known = before.about in turn.guide.topics or before.topic in turn.guide.topics
    known = known or before.last in ("over", "denied")
    handed_over = before.last in HANDED_OVER and before.last not in (*WARNED, *CALM)
    return (known or handed_over) and not before.options


def _is_a_matter_of_its_own(turn: Turn) -> bool:
    """Tell whether a clear wish, an emergency or a detail that was asked for comes first."""
    wish, before = turn.wants(), turn.before
    if turn.heard.entities or turn.unclear or len(turn.heard.wishes) > 1:
        return True
    told = turn.guide.acts[turn.act]
    if before.asking and not told.ends_matter and any(map(turn.mentions, _ANSWERS)):
        return True
    if before.asking and turn.mentions("why_asked"):
        return True
    if any(map(turn.says, (*_ANSWERS, "yes", "no", "why", "hesitation"))):
        return True
    if turn.intent in turn.guide.says and not _may_lean(turn):
        return True
    if wish is None and _asks_of_another(turn):
        return True
    if wish is None or wish.id == before.about or (told.names_it and wish.routes[:1] != (PHONE,)):
        return False
    if told.number and wish.routes == (PHONE,) and not wish.sets:
        return False
    if wish.id == before.topic:
        return told.leans and not before.advised
    share = turn.heard.classification.confidence
    plain = share >= PLAINLY_ANOTHER and len(turn.words) > _LEANING
    # 'Letter then' is no 'and then?'.
    other = share >= SURELY_ANOTHER and (_names(turn, wish) or (told.leans and not told.names_it))
    urgent = turn.is_urgent(wish) and share >= SURELY_ANOTHER
    return urgent or plain or other


def _asks_of_another(turn: Turn) -> bool:
    """Tell whether an unclear message asks a narrower question that a likely topic answers."""
    if len(turn.words) <= _LEANING:
        return False
    likely = (name for name, share in turn.heard.classification.ranking[:2] if share >= LIKELY)
    topics = (turn.guide.topics[name] for name in likely if name in turn.guide.topics)
    return any(topic.faq_for(turn.words) is not None for topic in topics)


def _may_lean(turn: Turn) -> bool:
    """Tell whether what looks like 'never mind' or 'say that again' may be something else."""
    unsure = turn.heard.classification.confidence < SURELY_ANOTHER
    asks_on = turn.act == NEXT and not turn.before.asking
    if turn.intent == "help" and (unsure or asks_on):
        return True  # 'ok and now what'
    long_enough = len(turn.words) >= _FEW and not turn.mentions("that_is_all")
    return turn.intent in STEERING and long_enough


def _names(turn: Turn, wish: Topic) -> bool:
    """Tell whether a message names a topic by a word of its title that no other title has."""
    others = _NO_NAMES
    for topic in turn.guide.topics.values():
        if topic is not wish:
            others = others.union(text.stems(text.words(topic.title)))
    title = {stem for stem in text.stems(text.words(wish.title)) if len(stem) > 2}
    return not (title - others).isdisjoint(text.stems(turn.words))


def _is_plain(turn: Turn) -> bool:
    """Tell whether a message neither asks nor denies: 'I have not found it' ends nothing."""
    if (turn.before.asking and turn.intent not in STEERING) or turn.mentions("i_mean"):
        return False  # 'it has a soldier on it'; 'no, I mean turn it off'
    return _AGAINST.isdisjoint(turn.words) and "?" not in turn.heard.text


def _aside(turn: Turn, topic: Topic | None) -> Outcome:
    told, session = turn.guide.acts[turn.act], turn.session
    by_phone = topic is not None and topic.routes[:1] == (PHONE,)
    borrowed = session.no_phone and bool(told.without_phone)
    person = way_to_person(turn) if told.person and (borrowed or not session.no_phone) else ()
    if told.after_phone and by_phone:
        person = ()
    phone = any(route.route.channel == PHONE for route in person)
    decision = Decision(
        "aside",
        _about(topic),
        asks=None if told.ends_question else turn.before.asking or None,
        notes=("no_phone",) if told.person and session.no_phone and not borrowed else (),
        caveat=phone and not session.caveat_told,
        person=person,
        saying=turn.act,
        brief=bool(told.after_phone) and by_phone,
    )
    caveat_told = session.caveat_told or decision.caveat
    return decision, replace(session, last="answer", caveat_told=caveat_told)


def _about(topic: Topic | None) -> str:
    return OUT_OF_SCOPE if topic is None else topic.id
