"""One turn of a conversation, and what it can end in: an answer, a question, a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.decision import Decision
from bot.guide import PHONE, Guide, GuideRoute, Topic
from bot.messages import OUT_OF_SCOPE, Understanding
from bot.session import Session


@dataclass(frozen=True, slots=True)
class Turn:
    """All that the rules look at."""

    heard: Understanding
    """What was read from the message."""
    guide: Guide
    """What the bot knows."""
    before: Session
    """As the last turn left it."""
    session: Session
    """The same with the details of this message."""
    words: str
    """The message's words, one space between them."""
    unclear: frozenset[str]
    """Slots that were spoken of without a clear value."""
    one_off: bool
    """Whether nothing may be left open."""

    @property
    def intent(self) -> str:
        """What the message means, if that is clear."""
        sure = self.heard.classification.zone == "answer"
        return self.heard.classification.intent if sure else ""

    def says(self, group: str) -> bool:
        """Tell whether the whole message is one of a group of phrases."""
        return self.words in self.guide.words.get(group, ())

    def mentions(self, group: str) -> bool:
        """Tell whether one of a group of phrases stands in the message."""
        padded = f" {self.words} "
        return any(f" {phrase} " in padded for phrase in self.guide.words.get(group, ()))


Outcome = tuple[Decision, Session]


def declining(turn: Turn, slot: str) -> Turn:
    """Return the turn with a slot noted as one that will stay unknown."""
    declined = tuple(dict.fromkeys((*turn.session.declined, slot)))
    return replace(turn, session=replace(turn.session, declined=declined))


def take_up(turn: Turn, name: str) -> Outcome:
    """Begin with a topic: answer it, or ask what the answer depends on."""
    topic = turn.guide.topics[name]
    session = turn.session
    implied = {s: v for s, v in topic.sets.items() if s not in turn.unclear}
    if any(session.slots.get(slot) != value for slot, value in implied.items()):
        session = replace(session, slots={**session.slots, **implied})
    if name != turn.before.topic or turn.before.options:
        # A new wish may be asked about afresh.
        session = replace(session, declined=())
    urgent = topic.is_urgent(turn.heard.text)
    later = "" if name == session.later else session.later
    fresh = replace(session, options=(), clarified=0, urgent=urgent, later=later)
    faq = topic.faq_for(turn.words.split())
    return answer(replace(turn, session=fresh), topic, faq=faq)


def answer(
    turn: Turn,
    topic: Topic,
    *,
    faq: int | None = None,
    brief: bool = False,
) -> Outcome:
    """Answer a topic for the details known, or ask for the next one."""
    guide, session = turn.guide, turn.session
    if topic.otherwise and any(session.slots.get(s) != v for s, v in topic.sets.items()):
        return answer(turn, guide.topics[topic.otherwise], brief=brief)
    chosen = topic.faqs[faq] if faq is not None else None
    depends = chosen is None or chosen.with_phone
    missing = guide.missing(topic, session.slots, session.declined) if depends else None
    if turn.one_off:
        missing = None
    noted = tuple(
        slot
        for slot in topic.needs
        if slot in turn.before.slots and turn.before.slots[slot] != session.slots.get(slot)
    )
    advised = turn.before.advised and turn.before.topic == topic.id
    early = topic.advice_first and not advised
    if missing and not session.urgent and not early:
        return _ask(turn, topic, missing, noted)
    details: Mapping[str, str] = session.slots
    if missing and session.urgent:
        details = guide.assumed(topic, details, session.declined)
    names = topic.routes if depends or chosen is None else chosen.routes
    routes = guide.resolve(names, details)
    if missing and not session.urgent:
        # The numbers wait for the detail; what holds in every case is said at once.
        routes = tuple(route for route in routes if route.group != PHONE)
    phone = depends and any(route.route.channel == PHONE for route in routes)
    decision = Decision(
        "answer",
        topic.id,
        routes,
        faq=faq,
        asks=missing,
        brief=brief and phone,
        urgent=session.urgent,
        caveat=phone and not session.caveat_told and not topic.without_card,
        noted=noted,
    )
    after = replace(
        closed(session, "answer"),
        topic=topic.id,
        about=topic.id,
        advised=depends,
        faq=faq,
        # Somebody whose card is gone is not sent to the back of it later on either.
        caveat_told=session.caveat_told or decision.caveat or topic.without_card,
    )
    return decision, after


def _ask(turn: Turn, topic: Topic, slot: str, noted: tuple[str, ...]) -> Outcome:
    decision = Decision("ask", topic.id, asks=slot, noted=noted)
    advised = turn.before.advised and turn.before.topic == topic.id
    after = replace(closed(turn.session, "ask"), topic=topic.id, advised=advised, faq=None)
    return decision, after


def answer_aside(turn: Turn, topic: Topic) -> Outcome:
    """Answer a side question, then come back to the open one."""
    decision, after = answer(turn, topic, faq=topic.faq_for(turn.words.split()))
    kept = replace(
        turn.session,
        caveat_told=after.caveat_told,
        last="answer",
        about=topic.id,
    )
    return replace(decision, asks=turn.before.asking), kept


def go_on(turn: Turn) -> Outcome:
    """Go on with the topic that the open question belongs to."""
    brief = turn.before.advised and turn.before.urgent
    return answer(turn, turn.guide.topics[turn.before.topic], faq=turn.before.faq, brief=brief)


def closed(session: Session, last: str) -> Session:
    """Return the session without the options that were open."""
    later = "" if last in ("cancel", "goodbye", "deny") else session.later
    return replace(session, options=(), clarified=0, last=last, about="", later=later)


def hand_over(turn: Turn, phrase: str) -> Outcome:
    """Say honestly that there is no answer, with a way to a person."""
    decision = Decision("unknown", OUT_OF_SCOPE, _person(turn), saying=phrase, caveat=_caveat(turn))
    told = turn.session.caveat_told or decision.caveat
    after = replace(turn.session, options=(), clarified=0, last="unknown", caveat_told=told)
    return replace(decision, asks=turn.before.asking or None), after


def own_up(turn: Turn) -> Outcome:
    """Own up to a topic that was understood but has no answer in the guide yet."""
    decision = Decision("unanswered", turn.intent, _person(turn), caveat=_caveat(turn))
    told = turn.session.caveat_told or decision.caveat
    return decision, replace(closed(turn.session, "unanswered"), caveat_told=told)


def _caveat(turn: Turn) -> bool:
    return not turn.session.caveat_told and any(
        route.route.channel == PHONE for route in _person(turn)
    )


def _person(turn: Turn) -> tuple[GuideRoute, ...]:
    """Return the routes to a person for the details known, the usual case for the rest."""
    usual = {slot.name: slot.assume for slot in turn.guide.slots.values() if slot.assume}
    return turn.guide.resolve(turn.guide.person, usual | dict(turn.session.slots))


def ask_which(topics: tuple[str, ...]) -> Decision:
    """Return the question which of two topics was meant."""
    return Decision("clarify", topics[0], options=topics)
