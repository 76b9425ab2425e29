"""One turn of a conversation, and what it can end in: an answer, a question, a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import text
from bot.decision import WARNED, Decision
from bot.guide import PHONE, Faq, Guide, GuideRoute, Topic
from bot.messages import OUT_OF_SCOPE, Understanding
from bot.phrases import Hit
from bot.session import Session

UPSET = ("frustrated", "swearing")
"""Groups of phrases by which somebody who has had enough is known."""
MAX_CLARIFICATIONS = 2
"""How often in a row the bot may ask what was meant."""
SURELY_ANOTHER = 0.8
"""Confidence from which a message is a wish of its own, whatever else its words could be."""
WISH_FROM = 0.4
"""Confidence from which a word beside details is a wish, and an unclear message one."""
_SAYS_MORE = 3
"""Words from which a message can be about a narrower matter: 'chat' is not."""
NEAR_TIE = 0.6
"""Share of the first topic's probability from which an urgent second one is taken instead."""
URGENT_FROM = 0.3
"""Share of what is in scope from which it does. Below, of unclear held-out messages one in twelve
is an emergency, which is offered as one of two; from 0.3 to 0.4 one in four."""


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
    words: tuple[str, ...]
    """The message's words."""
    said: str
    """The same with one space between them."""
    hits: Mapping[str, list[Hit]]
    """What the guide listens for and the message holds: group of phrases -> where."""
    intent: str
    """What the message means, if that is clear."""
    unclear: Mapping[str, str]
    """Slots that were spoken of without a clear value, and what was said."""
    one_off: bool
    """Whether nothing may be left open."""

    def says(self, group: str) -> bool:
        """Tell whether the whole message, but for words that add nothing, is of a group."""
        phrases = self.guide.words.get(group, frozenset())
        if self.said in phrases:
            return True
        if group not in self.hits:
            return False
        # 'Not sure' adds a 'not', which is no filler here.
        rest = (w for w in self.words if w == "not" or w not in self.guide.filler)
        return " ".join(rest) in phrases

    def mentions(self, group: str) -> bool:
        """Tell whether one of a group of phrases stands in the message."""
        return group in self.hits

    @property
    def case(self) -> str:
        """The narrower matter that the message sounds like, '' for none."""
        return self.heard.classification.case

    @property
    def act(self) -> str:
        """What the message does in mid-conversation, '' for a matter of its own."""
        return self.heard.classification.act

    def faq_of(self, topic: Topic) -> int | None:
        """Return the number of the topic's FAQ entry that the message is about, or None.

        What it sounds like goes before the words in it: 'I sent a check and nobody booked it'.
        """
        own = (number for number, faq in enumerate(topic.faqs) if faq.case == self.case)
        found = next(own, None) if self.case and len(self.words) >= _SAYS_MORE else None
        if found is None:
            found = topic.faq_for(self.words)
        if found is None and self._may_do(topic):
            done = (number for number, faq in enumerate(topic.faqs) if faq.act == self.act)
            found = next(done, None)
        return found

    def _may_do(self, topic: Topic) -> bool:
        """Tell whether what the message does can be about a topic that is only now spoken of."""
        told = self.guide.acts.get(self.act)
        known = topic.id in (self.before.about, self.before.topic)
        return told is not None and (known or not told.leans)

    def follows(self) -> bool:
        """Tell whether the message begins as one that leans on what was said before."""
        if any(hit.first == 0 for hit in self.hits.get("follow", ())):
            return True
        asked = self.hits.get("follow_if_asked", []) if "?" in self.heard.text else []
        return any(hit.first == 0 for hit in asked)

    def wants(self) -> Topic | None:
        """Return the topic that the message is clearly about."""
        return self.guide.topics.get(self.intent)

    def is_urgent(self, topic: Topic) -> bool:
        """Tell whether the message about a topic is an emergency."""
        return topic.urgent or f"urgent {topic.id}" in self.hits

    def names(self, topic: Topic) -> bool:
        """Tell whether the message names a topic by a word of its title that says something."""
        said = set(text.stems(self.words))
        title = {word for word in text.words(topic.title) if len(word) > 3}
        return bool(said & set(text.stems(list(title))))

    def is_upset(self) -> bool:
        """Tell whether the message is angry."""
        return not self.hits.keys().isdisjoint(UPSET)

    def urgent_of(self, topics: tuple[str, ...]) -> str | None:
        """Return the urgent topic that wins a near-tie: nobody in need is asked what they meant."""
        chances = dict(self.heard.classification.ranking)
        for name in topics:
            near = chances[name] >= max(NEAR_TIE * chances[topics[0]], URGENT_FROM)
            if near and self.is_urgent(self.guide.topics[name]):
                return name
        return None

    def beside(self, *groups: str) -> list[str]:
        """Return the words outside the places where groups of phrases were found."""
        found = [hit for group in groups for hit in self.hits.get(group, ())]
        return [
            word
            for n, word in enumerate(self.words)
            if not any(hit.first <= n <= hit.last for hit in found)
        ]

    def beside_details(self) -> list[str]:
        """Return the words of the message that no detail was read from."""
        spans = [(e.start, e.end) for e in self.heard.entities]
        return [
            word
            for word, start, _ in text.word_spans(self.heard.text)
            if not any(a <= start < b for a, b in spans)
        ]

    def beside_mean(self, topic: str) -> bool:
        """Tell whether the words beside the details are about a topic, or nobody looked.

        Customers who are in trouble speak of their cards: so 'good morning, I have got a
        corporate card' as a whole looks like trouble, but 'good morning, I have got a' does not.
        """
        beside = self.heard.beside
        return beside is None or (beside.zone != "unknown" and beside.ranking[0][0] == topic)

    def only_details(self, *, most: int = 2) -> bool:
        """Tell whether little more than details stands in the message: `most` long words."""
        filler = self.guide.filler
        return sum(len(w) > 3 and w not in filler for w in self.beside_details()) <= most


Outcome = tuple[Decision, Session]


def declining(turn: Turn, *slots: str) -> Turn:
    """Return the turn with slots noted as ones that will stay unknown."""
    unknown = [slot for slot in slots if slot not in turn.session.slots]
    declined = tuple(dict.fromkeys((*turn.session.declined, *unknown)))
    return replace(turn, session=replace(turn.session, declined=declined))


def take_up(turn: Turn, name: str) -> Outcome:
    """Begin with a topic: answer it, or ask what the answer depends on."""
    topic = turn.guide.topics[name]
    session = turn.session
    slots = session.slots
    told = {entity.slot for entity in turn.heard.entities}
    implied = {s: v for s, v in topic.sets.items() if s not in turn.unclear and s not in told}
    if any(slots.get(slot) != value for slot, value in implied.items()):
        slots = {**slots, **implied}
    # Nobody who is angry, or prey of a crook, is asked anything before they have the number.
    in_need = turn.is_upset() or turn.before.last in WARNED
    urgent = turn.is_urgent(topic) or (in_need and PHONE in topic.routes)
    faq = turn.faq_of(topic)
    # 'Do I pay for that call?' is not yet the wish to pay a bill.
    later = session.later
    if name in later and faq is None:
        later = tuple(other for other in later if other != name)
    if slots is not session.slots or (urgent, later) != (session.urgent, session.later):
        # Frozen nouns of many fields are made anew only when something is new.
        turn = replace(turn, session=replace(session, slots=slots, urgent=urgent, later=later))
    return answer(turn, topic, faq=faq, anew=True)


def answer(
    turn: Turn,
    topic: Topic,
    *,
    faq: int | None = None,
    brief: bool = False,
    anew: bool = False,
    at_once: bool = False,
) -> Outcome:
    """Answer a topic for the details known, or ask for the next one.

    `brief`: the number alone will do, where there is one; `anew`: the wish was just
    said, so that the advice is given also where it was given before; `at_once`: the
    advice is given along with the question.
    """
    guide, session = turn.guide, turn.session
    if topic.otherwise and any(session.slots.get(s) != v for s, v in topic.sets.items()):
        return answer(turn, guide.topics[topic.otherwise], brief=brief)
    chosen = topic.faqs[faq] if faq is not None else None
    depends = chosen is None or chosen.with_phone
    missing = _missing(turn, topic, depends=depends)
    advised = not anew and turn.before.advised and turn.before.topic == topic.id
    # 'Does the call cost anything?' is answered whatever is still to be asked.
    narrower = chosen is not None and faq != turn.before.faq
    first = topic.advice_first and not advised
    if missing and not (session.urgent or first or narrower or at_once):
        return _ask(turn, topic, missing, _noted(turn, topic))
    routes = _routes(turn, topic if depends or chosen is None else chosen, topic, missing)
    phone = depends and any(route.route.channel == PHONE for route in routes)
    offer = () if missing else _for_the_sheet(turn, topic)
    decision = Decision(
        "answer",
        topic.id,
        routes,
        faq=faq,
        asks=missing,
        unclear=_unclear_place(turn, missing or ""),
        brief=brief and phone,
        urgent=session.urgent,
        caveat=phone and not session.caveat_told and not topic.without_card,
        noted=_noted(turn, topic),
        offer=offer,
        person=way_to_person(turn) if chosen is not None and chosen.person else (),
    )
    return decision, _answered(session, decision, topic, advised=depends)


def _missing(turn: Turn, topic: Topic, *, depends: bool) -> str | None:
    """Return the slot to ask for; `depends`: whether what is told depends on any."""
    guide, session = turn.guide, turn.session
    still_open = turn.before.asking and turn.before.topic == topic.id
    if turn.one_off or not (depends or still_open):
        return None
    # Whoever cannot phone is not asked where they would call from.
    places = (s.name for s in guide.slots.values() if s.type == "place" and session.no_phone)
    declined = (*session.declined, *places)
    return guide.missing(topic, session.slots, declined, first=turn.unclear)


def _routes(
    turn: Turn, named: Topic | Faq, topic: Topic, missing: str | None
) -> tuple[GuideRoute, ...]:
    """Return the routes of a topic or of a narrower answer, for the details known or assumed."""
    guide, session = turn.guide, turn.session
    details: Mapping[str, str] = session.slots
    if (session.no_phone and not turn.one_off) or (missing and session.urgent):
        details = guide.assumed(topic, details, session.declined)
    routes = guide.resolve(named.routes, details)
    if missing and not session.urgent:
        # The numbers wait for the detail; what holds in every case is said at once.
        return tuple(route for route in routes if route.group != PHONE)
    return routes


def _answered(session: Session, decision: Decision, topic: Topic, *, advised: bool) -> Session:
    """Return the session after an answer."""
    return replace(
        session,
        options=(),
        clarified=0,
        last="offer" if decision.offer else "answer",
        topic=topic.id,
        about=topic.id,
        advised=advised,
        faq=decision.faq,
        sheet_told=topic.id if decision.offer else session.sheet_told,
        # Somebody whose card is gone is not sent to the back of it later on either.
        caveat_told=session.caveat_told or decision.caveat or topic.without_card,
    )


def _unclear_place(turn: Turn, slot: str) -> str:
    """Return a place that was named for a slot and could be either; of a choice only both can."""
    is_place = slot in turn.unclear and turn.guide.slots[slot].type == "place"
    return turn.unclear[slot] if is_place else ""


def _noted(turn: Turn, topic: Topic) -> tuple[str, ...]:
    """Return the slots to confirm: corrected ones, and those for the call sheet told later.

    'And from abroad?' corrects nothing: it asks for the other case.
    """
    before, now = turn.before.slots, turn.session.slots
    told = turn.before.topic == topic.id
    changed = [s for s in topic.needs if s in before and before[s] != now.get(s)]
    corrected = [] if turn.follows() else changed
    filled = [s for s in topic.fills if told and s in now and before.get(s) != now[s]]
    return (*corrected, *filled)


def _for_the_sheet(turn: Turn, topic: Topic) -> tuple[str, ...]:
    """Return the details that a call sheet still lacks, once for each topic."""
    if turn.one_off or turn.session.sheet_told == topic.id or turn.session.later:
        return ()
    return missing_on_sheet(topic, turn.session)


def missing_on_sheet(topic: Topic, session: Session) -> tuple[str, ...]:
    """Return the slots of a topic's call sheet that are not known yet."""
    return tuple(slot for slot in topic.fills if slot not in session.slots)


def _ask(turn: Turn, topic: Topic, slot: str, noted: tuple[str, ...]) -> Outcome:
    unclear = _unclear_place(turn, slot)
    decision = Decision("ask", topic.id, asks=slot, noted=noted, unclear=unclear)
    advised = turn.before.advised and turn.before.topic == topic.id
    after = replace(closed(turn.session, "ask"), topic=topic.id, advised=advised, faq=None)
    return decision, after


def answer_aside(turn: Turn, topic: Topic) -> Outcome:
    """Answer a side question, then come back to the open one."""
    decision, after = answer(turn, topic, faq=turn.faq_of(topic))
    kept = replace(
        turn.session,
        caveat_told=after.caveat_told,
        last="answer",
        about=topic.id,
    )
    opened, asked = turn.guide.topics.get(turn.before.topic), turn.before.asking or None
    if opened is not None and asked in turn.session.slots:
        asked = _missing(turn, opened, depends=True)
        if asked is None and turn.before.topic not in kept.later:
            kept = replace(kept, later=(turn.before.topic, *kept.later[:1]), offered=0)
    return replace(decision, asks=asked, offer=()), kept


def go_on(turn: Turn) -> Outcome:
    """Go on with the topic that the open question belongs to."""
    topic = turn.guide.topics[turn.before.topic]
    return answer(turn, topic, brief=turn.before.advised)


def closed(session: Session, last: str) -> Session:
    """Return the session without the options that were open."""
    later = () if last in ("cancel", "goodbye", "deny") else session.later
    return replace(session, options=(), clarified=0, last=last, about="", later=later)


def hand_over(turn: Turn, phrase: str, *, asks: bool = True) -> Outcome:
    """Say a phrase that a person can help, with a way to one; `asks`: the question stays open."""
    decision = Decision(
        "unknown", OUT_OF_SCOPE, way_to_person(turn), saying=phrase, caveat=_caveat(turn)
    )
    told = turn.session.caveat_told or decision.caveat
    after = replace(turn.session, options=(), clarified=0, last=phrase, caveat_told=told)
    return replace(decision, asks=(asks and turn.before.asking) or None), after


def person(turn: Turn, intent: str) -> Outcome:
    """Give the way to a person for the details known, and nothing else."""
    decision = Decision("person", intent, way_to_person(turn), caveat=_caveat(turn))
    told = turn.session.caveat_told or decision.caveat
    decision = replace(decision, asks=turn.before.asking or None)
    return decision, replace(turn.session, options=(), last="person", caveat_told=told)


def _caveat(turn: Turn) -> bool:
    return not turn.session.caveat_told and any(
        route.route.channel == PHONE for route in way_to_person(turn)
    )


def way_to_person(turn: Turn) -> tuple[GuideRoute, ...]:
    """Return the routes to a person for the details known, the usual case for the rest."""
    usual = {slot.name: slot.assume for slot in turn.guide.slots.values() if slot.assume}
    return turn.guide.resolve(turn.guide.person, usual | dict(turn.session.slots))


def ask_which(turn: Turn, topics: tuple[str, ...]) -> Outcome:
    """Ask which of two topics was meant, for the first time or again; at last give a person."""
    times = turn.before.clarified
    if times >= MAX_CLARIFICATIONS:
        return hand_over(turn, "neither")
    after = replace(closed(turn.session, "clarify"), options=topics, clarified=times + 1)
    return Decision("clarify", topics[0], options=topics), after
