"""What leans on the turn before: corrections, one detail changed, the number again."""

from __future__ import annotations

from dataclasses import replace

from bot.decision import ADMITTED, CALM, WARNED, Decision
from bot.guide import PHONE, Topic
from bot.messages import OUT_OF_SCOPE
from bot.told_again import SURELY_MOVED
from bot.turn import (
    MAX_CLARIFICATIONS,
    SURELY_ANOTHER,
    WISH_FROM,
    Outcome,
    Turn,
    answer,
    ask_which,
    closed,
    hand_over,
    person,
    take_up,
)

HANDED_OVER = (
    "grief", "unanswered", "person", "masked", *ADMITTED, *WARNED, *CALM,
)  # fmt: skip
"""What was said last where a person was the answer."""
_SHORT = 10
"""Words of a message that may lean on the topic before it."""
_LEANING = 6
"""Words of a question about 'it' or 'that'."""
_FEW = 4
"""Words of 'and by mail?'."""
_CALLING = frozenset({"now", "question", "first", "instead", "ignored", "still"})
"""Words with which the second wish is called for before the first is settled."""
_IT = frozenset({"it", "that", "this", "them", "there"})
_CASE = 14
"""Words of one that asks about another case of it: 'and what is the number if ...'."""
_ABOUT_IT = frozenset({"actually", "card", "just", "mine", "sorry", "this", "that", "wait"})
"""Longer words around a detail that wish for nothing."""
_NO_QUESTIONS = frozenset({"greet", "goodbye", "thank", "affirm", "deny"})
"""Small talk that asks for nothing."""
_NO_WISH = frozenset({*_NO_QUESTIONS, "help"})
"""Small talk beside a detail that names no wish yet."""
MAX_OFFERS = 2
"""How often a second wish is offered before it is let go."""
LIKELY_FROM = 0.5
"""Confidence from which a message with a corrected detail may be a wish of its own."""
YES_FROM = 0.6
"""Confidence from which a message that looks like a 'yes' is one, after an offer."""

_SAID_LITTLE = 0
"""Long words beside a detail that ask for nothing: 'card declined in Tokyo' has one."""
_MORE_WORDS = 4
"""Long words beside a detail that was refused before, where nothing else is clear."""


def second_wish(turn: Turn) -> Outcome | None:
    """Come to the next wish on 'yes'; on 'no' let go of it, and offer the one after it."""
    later = turn.before.later
    if not later or turn.before.asking:
        return None
    let_go = replace(turn, session=replace(turn.session, later=later[1:], offered=0))
    if says_yes(turn):
        return take_up(let_go, later[0])
    if turn.says("no") or turn.intent == "deny":
        rest = later[1:]
        after = replace(closed(let_go.session, "deny"), later=rest, offered=len(rest[:1]))
        return Decision("say", "deny", saying="all_right" if rest else "deny", later=rest), after
    return None


def second_wish_dropped(turn: Turn) -> Outcome | None:
    """Let go of the second wish alone on 'forget the charge'; the first one goes on."""
    topics = turn.guide.topics
    later, first = turn.before.later, topics.get(turn.before.topic)
    heard = turn.heard.classification
    best = heard.ranking[0][0] if heard.ranking else ""
    if best != "cancel" or heard.confidence < LIKELY_FROM:
        return None
    kept = tuple(name for name in later if not turn.names(topics[name]))
    if kept == later or (first is not None and turn.names(first)):
        return None
    decision = Decision("say", "cancel", saying="cancel", asks=turn.before.asking or None)
    return decision, replace(turn.session, later=kept, offered=0, last="cancel")


def second_wish_called(turn: Turn) -> Outcome | None:
    """Come to the next wish when it is called for: 'personal. now the bill question'."""
    topics = turn.guide.topics
    named = [name for name in turn.before.later if turn.names(topics[name])]
    called = not _CALLING.isdisjoint(turn.words) or (len(named) == 1 and len(turn.words) <= _FEW)
    if not named or not called or turn.wants() not in (None, topics[named[0]]):
        return None
    later = tuple(name for name in turn.before.later if name != named[0])
    return take_up(replace(turn, session=replace(turn.session, later=later, offered=0)), named[0])


def says_yes(turn: Turn) -> bool:
    """Tell whether a message takes up an offer."""
    if turn.says("yes"):
        return True
    if turn.mentions("dont_know") or turn.mentions("refuse"):
        return False  # 'I am not sure' holds a 'sure'
    heard = turn.heard.classification
    likely = heard.confidence >= YES_FROM and heard.zone != "unknown"
    return turn.intent == "affirm" or (likely and heard.ranking[0][0] == "affirm")


def offering(turn: Turn, outcome: Outcome) -> Outcome:
    """Offer the next wish at the end of an answer, at most twice; then let go of it."""
    decision, after = outcome
    if not after.later or decision.act not in ("answer", "over") or decision.asks:
        return outcome
    offered = after.offered + 1 if after.later == turn.before.later else 1
    if offered > MAX_OFFERS:
        after = replace(after, later=after.later[1:], offered=1)
        if not after.later:
            return decision, replace(after, offered=0)
        offered = 1
    return replace(decision, later=after.later, offer=()), replace(after, offered=offered)


def bare_correction(turn: Turn) -> Outcome | None:
    """Answer again for a detail that was said with hardly a word around it."""
    if not turn.heard.entities or not turn.guide.filler.issuperset(turn.beside_details()):
        return None
    return correction(turn)


def correction(turn: Turn) -> Outcome | None:
    """Answer again when little more than a detail was said after an answer."""
    topic = turn.guide.topics.get(turn.before.topic)
    details = {entity.slot for entity in turn.heard.entities} | set(turn.unclear)
    if topic is None or not details.intersection((*topic.needs, *topic.sets, *turn.guide.defaults)):
        return None
    # 'Fine, it is a corporate card if you must know': at last.
    at_last = not turn.intent and not details.isdisjoint(turn.before.declined)
    most = _MORE_WORDS if at_last else 2
    if not turn.only_details(most=most) and not _is_news(turn, topic):
        return None
    told = topic.faqs[turn.before.faq] if turn.before.faq is not None else None
    # What it costs to call is the same from everywhere: who says where they are wants the number.
    faq = turn.before.faq if told is not None and told.with_phone else None
    return answer(turn, topic, faq=faq, brief=turn.before.advised)


def _is_news(turn: Turn, topic: Topic) -> bool:
    """Tell whether a message without a likely wish says a known detail anew."""
    before, now = turn.before.slots, turn.session.slots
    changed = {s for s in topic.needs if s in before and before[s] != now.get(s)}
    heard = turn.heard.classification
    likely = turn.guide.topics.get(heard.ranking[0][0]) if heard.ranking else None
    # 'Not Houston, I am in Toronto' is about calling from abroad, and no other wish.
    own = heard.zone != "answer" and likely is not None and not changed.isdisjoint(likely.sets)
    return bool(changed) and (heard.confidence < LIKELY_FROM or own)


def other_case(turn: Turn) -> Outcome | None:
    """Answer the last topic for the case that a follow-up asks about: 'and from abroad?'."""
    topic, case = turn.guide.topics.get(turn.before.topic), turn.wants()
    if topic is None or case is None or not case.sets or topic is case:
        return None
    # 'Can I call from the hotel phone' moves nobody abroad.
    sure = turn.heard.classification.confidence >= SURELY_MOVED or turn.before.asking in case.sets
    leans = (turn.follows() or (turn.before.urgent and sure)) and len(turn.words) <= _CASE
    if not leans or not set(case.sets) <= set(topic.needs) or case.sets.keys() & turn.unclear:
        return None
    if any(case.sets.get(e.slot, e.value) != e.value for e in turn.heard.entities):
        return None
    said = {entity.slot for entity in turn.heard.entities}
    if any(turn.before.slots.get(s, v) != v and s not in said for s, v in case.sets.items()):
        return None  # 'NUMBER NOW' moves nobody abroad
    slots = {**turn.session.slots, **case.sets}
    changed = replace(turn, session=replace(turn.session, slots=slots))
    return answer(changed, topic, faq=turn.before.faq, brief=turn.before.advised)


def narrower(turn: Turn) -> Outcome | None:
    """Answer a narrower question about the last topic, which is unclear on its own."""
    topic = turn.guide.topics.get(turn.before.about)
    if (
        topic is None
        or turn.before.last not in ("answer", "offer", "sheet")
        or len(turn.words) > _SHORT
    ):
        return None
    faq = turn.faq_of(topic)
    return None if faq is None else answer(turn, topic, faq=faq)


def asked_about_it(turn: Turn) -> Outcome | None:
    """Answer 'is that safe?' about the last topic, however much it sounds like a farewell."""
    question = turn.guide.words.get("question", frozenset())
    leans = len(turn.words) <= _LEANING and not _IT.isdisjoint(turn.words)
    wish = turn.wants()
    sure = turn.heard.classification.confidence >= SURELY_ANOTHER
    generic = "do" in turn.words or (turn.follows() and len(turn.words) <= _FEW)
    another = wish is not None and wish.id != turn.before.about and sure and not generic
    begins = turn.words[0] in question and turn.words[:2] != ("do", "not")  # but 'dunno'
    asks = begins or "?" in turn.heard.text or turn.follows() or turn.mentions("yes_or_no")
    if another or not asks:
        return None
    found = narrower(turn) if leans or generic or turn.intent in _NO_QUESTIONS else None
    return found or _no_more_known(turn)


def _no_more_known(turn: Turn) -> Outcome | None:
    """Say that no more is known to 'are you sure?' or 'how?', which are no yes and no greeting."""
    assent = turn.intent in ("affirm", "deny", "goodbye") or turn.says("yes") or turn.says("no")
    assent = (assent and len(turn.words) > 1) or turn.mentions("yes_or_no")
    short = turn.intent == "greet" and len(turn.words) <= 2
    if (
        turn.before.last not in ("answer", "same_again")
        or turn.before.later
        or not (assent or short)
    ):
        return None
    known = turn.before.about in turn.guide.topics
    return hand_over(turn, "same_again") if known else None


def bare_detail(turn: Turn) -> Outcome | None:
    """Note 'this is my personal card' for what it is, whatever else it looks like."""
    topic = turn.wants()
    if not turn.heard.entities or (topic is not None and topic.sets):
        return None
    if not all(turn.guide.slots[entity.slot].ask for entity in turn.heard.entities):
        return None  # 'and by mail?' is a wish
    if topic is not None and PHONE in topic.routes and "number" in turn.words:
        return None  # 'what is the number for personal'
    return only_a_detail(turn) if _wishes_for_nothing(turn) else None


def _wishes_for_nothing(turn: Turn) -> bool:
    """Tell whether the words beside the details ask for nothing: 'hello there, i've a'."""
    if turn.guide.filler.issuperset(turn.beside_details()):
        return True
    beside = turn.heard.beside
    if beside is None or turn.before.topic or turn.heard.wishes:
        return False  # 'so personal cards is the first one' is about what was said before
    return beside.zone == "answer" and beside.intent in _NO_WISH


def only_a_detail(turn: Turn) -> Outcome | None:
    """Note a detail that comes before any wish; after a way to a person, give the one for it."""
    noted = tuple(dict.fromkeys(entity.slot for entity in turn.heard.entities))
    if not noted or not turn.only_details():
        return None
    options = turn.before.options
    if options and turn.before.clarified < MAX_CLARIFICATIONS:
        decision, after = ask_which(turn, options)
        return replace(decision, noted=noted), after
    best = _wish_beside(turn)
    if best:
        return take_up(turn, best)  # 'lost my personal card, in Denver'
    before = turn.before.slots
    # The number given before was another one's.
    other = any(
        before.get(slot, turn.session.slots[slot]) != turn.session.slots[slot] for slot in noted
    )
    told_already = turn.before.last in HANDED_OVER or turn.before.about in turn.guide.topics
    best = turn.heard.classification.ranking[0][0]
    asks = best not in turn.guide.says and not turn.only_details(most=_SAID_LITTLE)
    if other or told_already or asks:
        told, after = person(turn, OUT_OF_SCOPE)
        return replace(told, noted=noted), after
    decision = Decision("say", OUT_OF_SCOPE, saying="what_need", noted=noted)
    return decision, replace(turn.session, last="what_need")


def _wish_beside(turn: Turn) -> str:
    """Return the topic that the words beside the details likely name: 'the number for my amex'."""
    heard = turn.heard.classification
    best = heard.ranking[0][0] if heard.ranking else ""
    if best not in turn.guide.topics:
        return ""
    beside = turn.beside_details()
    if not turn.guide.filler.issuperset(beside):
        likely = heard.confidence >= WISH_FROM and turn.beside_mean(best)
        return best if likely else ""
    names_it = any(len(word) > 3 and word not in _ABOUT_IT for word in beside)
    return best if names_it and heard.confidence >= LIKELY_FROM else ""
