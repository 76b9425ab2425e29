"""The decision: fill, ask, clarify, answer, hand over. A pure function, no clock, no I/O.

One message is settled by the first rule below that applies; every rule ends in
a decision, and none can bring the conversation to a place without an exit: two
unanswered tries end a question, two clarifications in a row end in a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot import text
from bot.decision import Decision
from bot.guide import Guide, GuideRoute, Topic
from bot.messages import OUT_OF_SCOPE, Entity, Understanding
from bot.session import Session

MAX_TRIES = 2
"""How often one question is asked before the answer is given for every case."""
MAX_CLARIFICATIONS = 2
"""How often in a row the bot may ask what was meant."""

_SHORT = 10
"""Words of a message that may lean on the topic before it."""

CONTROL = ("greet", "goodbye", "thank", "affirm", "deny", "help", "bot_challenge")
"""Small talk: answered by a saying of the guide, the open question stays open."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """All that the rules look at."""

    heard: Understanding
    guide: Guide
    before: Session
    """As the last turn left it."""
    session: Session
    """The same with the details of this message."""
    words: str
    """The message's words, one space between them."""
    one_off: bool

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


def step(heard: Understanding, session: Session | None, guide: Guide) -> Outcome:
    """Return the decision for one message and the conversation's new state.

    `session` None is a one-off: no question is left open, all cases are answered.
    """
    before = session or Session(guide=guide.fingerprint)
    words = " ".join(text.words(heard.text))
    filled = _fill(before, _wanted(heard, before, guide))
    turn = _Turn(heard, guide, before, filled, words, one_off=session is None)
    rules: tuple[Callable[[_Turn], Outcome | None], ...] = (
        _nothing_said,
        _only_a_secret,
        _chosen_option,
        _open_question,
        _control,
        _topic,
        _correction,
        _follow_up,
        _only_a_detail,
        _clarify,
        _unknown,
    )
    outcome = next(found for rule in rules if (found := rule(turn)) is not None)
    decision, after = outcome
    if heard.masked and decision.saying != "masked":
        decision = replace(decision, notes=("masked", *decision.notes))
    return decision, after


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


def _nothing_said(turn: _Turn) -> Outcome | None:
    if turn.words or turn.heard.masked:
        return None
    decision = Decision("say", OUT_OF_SCOPE, saying="empty", asks=turn.before.asking or None)
    return decision, turn.before


def _only_a_secret(turn: _Turn) -> Outcome | None:
    """Take no notice of a message that is a card number or code and little else."""
    topic = turn.guide.topics.get(turn.intent)
    if not turn.heard.masked or turn.heard.entities:
        return None
    if turn.intent and not (topic and topic.after_code):
        return None
    decision = Decision("say", OUT_OF_SCOPE, saying="masked", asks=turn.before.asking or None)
    return decision, turn.session


def _chosen_option(turn: _Turn) -> Outcome | None:
    """Settle an open 'did you mean'."""
    options = turn.before.options
    if not options:
        return None
    closed = replace(turn, session=replace(turn.session, options=()))
    if turn.says("neither"):
        return _hand_over(closed, "neither")
    for group, option in zip(("first", "second"), options, strict=False):
        if turn.says(group):
            return _take_up(closed, option)
    if turn.intent:
        return None
    named = [o for o in options if _names(turn, turn.guide.topics[o])]
    return _take_up(closed, named[0]) if len(named) == 1 else None


def _names(turn: _Turn, topic: Topic) -> bool:
    """Tell whether the message names a topic by a word of its title that says something."""
    said = set(text.stems(turn.words.split()))
    title = {word for word in text.words(topic.title) if len(word) > 3}
    return bool(said & set(text.stems(list(title))))


def _open_question(turn: _Turn) -> Outcome | None:
    """Settle an answer to the slot asked for; leave anything else to the other rules."""
    asked = turn.before.asking
    if not asked or turn.before.topic not in turn.guide.topics:
        return None
    if asked in turn.session.slots and turn.session.slots.get(asked) != turn.before.slots.get(
        asked
    ):
        other = turn.intent in turn.guide.topics and turn.intent != turn.before.topic
        if other and not _only_details(turn):
            return None
        return _continue(turn)
    if turn.mentions("dont_know") or turn.says("refuse") or turn.mentions("refuse"):
        return _continue(_declining(turn, asked))
    if turn.intent and turn.intent not in ("affirm", "deny"):
        return None
    if turn.heard.entities:
        return _continue(turn)
    if turn.before.tries >= MAX_TRIES:
        return _continue(_declining(turn, asked))
    return _continue(turn)


def _only_details(turn: _Turn) -> bool:
    """Tell whether little more than details stands in the message."""
    spans = [(e.start, e.end) for e in turn.heard.entities]
    rest = "".join(
        c for i, c in enumerate(turn.heard.text) if not any(a <= i < b for a, b in spans)
    )
    return sum(len(word) > 3 for word in text.words(rest)) <= 2


def _declining(turn: _Turn, slot: str) -> _Turn:
    declined = tuple(dict.fromkeys((*turn.session.declined, slot)))
    return replace(turn, session=replace(turn.session, declined=declined))


def _continue(turn: _Turn) -> Outcome:
    """Go on with the topic that the open question belongs to."""
    brief = turn.before.last == "answer"
    return _answer(turn, turn.guide.topics[turn.before.topic], faq=turn.before.faq, brief=brief)


def _control(turn: _Turn) -> Outcome | None:
    """Answer small talk and the words that steer the conversation."""
    intent = turn.intent
    if intent == "restart":
        return Decision("say", intent, saying=intent), Session(guide=turn.guide.fingerprint)
    if intent == "cancel":
        return Decision("say", intent, saying=intent), _closed(turn.session, intent)
    if intent == "repeat":
        return _repeat(turn)
    if intent not in CONTROL:
        return None
    if intent in ("goodbye", "deny"):
        return Decision("say", intent, saying=intent), _closed(turn.session, intent)
    open_slot = turn.before.asking or None
    return Decision("say", intent, saying=intent, asks=open_slot), replace(
        turn.session, last=intent
    )


def _closed(session: Session, last: str) -> Session:
    return replace(session, asking="", tries=0, options=(), clarified=0, last=last, about="")


def _repeat(turn: _Turn) -> Outcome:
    session = turn.session
    if session.options:
        return _ask_which(turn, session.options), replace(session, last="clarify")
    if session.topic in turn.guide.topics:
        again = replace(turn, session=replace(session, caveat_told=False))
        return _answer(again, turn.guide.topics[session.topic], faq=session.faq, repeated=True)
    return Decision("say", "repeat", saying="repeat"), replace(session, last="repeat")


def _topic(turn: _Turn) -> Outcome | None:
    """Answer a clear wish, or ask what it depends on."""
    if not turn.intent or turn.intent in turn.guide.says:
        return None
    if turn.intent not in turn.guide.topics:
        return _unanswered(turn)
    topic = turn.guide.topics[turn.intent]
    open_question = turn.before.asking and turn.before.topic != topic.id
    if open_question and not topic.needs and turn.before.tries < MAX_TRIES:
        return _aside(turn, topic)
    return _take_up(turn, topic.id)


def _aside(turn: _Turn, topic: Topic) -> Outcome:
    """Answer a side question, then come back to the open one."""
    decision, after = _answer(turn, topic, faq=topic.faq_for(turn.words.split()))
    before = turn.before
    kept = replace(
        turn.session,
        tries=before.tries + 1,
        caveat_told=after.caveat_told,
        last="answer",
        about=topic.id,
    )
    return replace(decision, asks=before.asking, again=True), kept


def _take_up(turn: _Turn, name: str) -> Outcome:
    topic = turn.guide.topics[name]
    session = turn.session
    if any(session.slots.get(slot) != value for slot, value in topic.sets.items()):
        session = replace(session, slots={**session.slots, **topic.sets})
    if name != turn.before.topic or turn.before.options:
        # A new wish may be asked about afresh.
        session = replace(session, declined=())
    urgent = topic.is_urgent(turn.heard.text)
    fresh = replace(session, options=(), clarified=0, urgent=urgent)
    faq = topic.faq_for(turn.words.split())
    return _answer(replace(turn, session=fresh), topic, faq=faq)


def _correction(turn: _Turn) -> Outcome | None:
    """Answer again when a detail of the last answer was changed."""
    topic = turn.guide.topics.get(turn.before.topic)
    if topic is None or turn.session.slots == turn.before.slots:
        return None
    return _answer(turn, topic, faq=turn.before.faq)


def _follow_up(turn: _Turn) -> Outcome | None:
    """Answer a narrower question about the last topic, which is unclear on its own."""
    topic = turn.guide.topics.get(turn.before.about)
    words = turn.words.split()
    if topic is None or turn.before.last != "answer" or len(words) > _SHORT:
        return None
    faq = topic.faq_for(words)
    return None if faq is None else _answer(turn, topic, faq=faq)


def _answer(
    turn: _Turn,
    topic: Topic,
    *,
    faq: int | None = None,
    repeated: bool = False,
    brief: bool = False,
) -> Outcome:
    """Answer a topic for the details known, or ask for the next one."""
    guide, session = turn.guide, turn.session
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
    if missing and not session.urgent:
        return _ask(turn, topic, missing, noted, repeated=repeated)
    details: Mapping[str, str] = session.slots
    if missing:
        details = guide.assumed(topic, details)
    names = chosen.routes or topic.routes if chosen else topic.routes
    routes = guide.resolve(names, details)
    phone = any(route.route.channel == "phone" for route in routes)
    tries = _tries(turn, missing, repeated=repeated)
    decision = Decision(
        "answer",
        topic.id,
        routes,
        faq=faq,
        asks=missing,
        again=tries > 1,
        brief=brief and phone,
        urgent=session.urgent,
        caveat=phone and not session.caveat_told and not topic.without_card,
        noted=noted,
    )
    after = replace(
        _closed(session, "answer"),
        topic=topic.id,
        about=topic.id,
        faq=faq,
        asking=missing or "",
        tries=tries,
        # Somebody whose card is gone is not sent to the back of it later on either.
        caveat_told=session.caveat_told or decision.caveat or topic.without_card,
    )
    return decision, after


def _ask(
    turn: _Turn, topic: Topic, slot: str, noted: tuple[str, ...], *, repeated: bool
) -> Outcome:
    tries = _tries(turn, slot, repeated=repeated)
    decision = Decision("ask", topic.id, asks=slot, again=tries > 1, noted=noted)
    after = _closed(turn.session, "ask")
    return decision, replace(after, topic=topic.id, asking=slot, tries=tries, faq=None)


def _tries(turn: _Turn, slot: str | None, *, repeated: bool) -> int:
    """Return how often a question will have been asked."""
    if slot is None:
        return 0
    before = turn.before.tries if turn.before.asking == slot else 0
    return max(before, 1) if repeated else before + 1


def _only_a_detail(turn: _Turn) -> Outcome | None:
    """Note a detail that comes before any wish."""
    noted = tuple(dict.fromkeys(entity.slot for entity in turn.heard.entities))
    if not noted or not _only_details(turn):
        return None
    noted = tuple(slot for slot in noted if slot in turn.session.slots)
    decision = Decision("say", OUT_OF_SCOPE, saying="what_need", noted=noted)
    return decision, replace(turn.session, last="what_need")


def _clarify(turn: _Turn) -> Outcome | None:
    """Ask which of two topics was meant."""
    if turn.heard.classification.zone != "clarify":
        return None
    ranking = [name for name, _ in turn.heard.classification.ranking]
    topics = tuple(name for name in ranking if name in turn.guide.topics)[:2]
    if ranking[0] in turn.guide.says and ranking[0] not in ("affirm", "deny"):
        sure = replace(turn.heard.classification, zone="answer", intent=ranking[0])
        return _control(replace(turn, heard=replace(turn.heard, classification=sure)))
    if len(topics) < 2:
        return None
    if turn.one_off:
        decision, after = _take_up(turn, topics[0])
        return replace(decision, guess=topics[1]), after
    if turn.before.clarified >= MAX_CLARIFICATIONS:
        return _hand_over(turn, "neither")
    after = replace(
        _closed(turn.session, "clarify"), options=topics, clarified=turn.before.clarified + 1
    )
    return _ask_which(turn, topics), after


def _ask_which(turn: _Turn, topics: tuple[str, ...]) -> Decision:
    return Decision("clarify", topics[0], options=topics)


def _unknown(turn: _Turn) -> Outcome:
    return _hand_over(turn, "unknown")


def _hand_over(turn: _Turn, phrase: str) -> Outcome:
    """Say honestly that there is no answer, with a way to a person."""
    decision = Decision("unknown", OUT_OF_SCOPE, _person(turn), saying=phrase, caveat=_caveat(turn))
    after = replace(turn.session, options=(), clarified=0, last="unknown", caveat_told=True)
    if turn.before.asking:
        decision = replace(decision, asks=turn.before.asking, again=True)
        after = replace(after, tries=turn.before.tries + 1)
        if turn.before.tries >= MAX_TRIES:
            decision, after = replace(decision, asks=None), replace(after, asking="", tries=0)
    return decision, after


def _unanswered(turn: _Turn) -> Outcome:
    """Own up to a topic that was understood but has no answer in the guide yet."""
    decision = Decision("unanswered", turn.intent, _person(turn), caveat=_caveat(turn))
    return decision, replace(_closed(turn.session, "unanswered"), caveat_told=True)


def _caveat(turn: _Turn) -> bool:
    return not turn.session.caveat_told and any(
        route.route.channel == "phone" for route in _person(turn)
    )


def _person(turn: _Turn) -> tuple[GuideRoute, ...]:
    """Return the routes to a person for the details known, the usual case for the rest."""
    usual = {slot.name: slot.assume for slot in turn.guide.slots.values() if slot.assume}
    return turn.guide.resolve(turn.guide.person, usual | dict(turn.session.slots))
