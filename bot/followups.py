"""What leans on the turn before: corrections, one detail changed, the number again."""

from __future__ import annotations

from dataclasses import replace

from bot import text
from bot.decision import CALM, Decision
from bot.guide import PHONE, Topic
from bot.messages import OUT_OF_SCOPE
from bot.turn import (
    MAX_CLARIFICATIONS,
    SURELY_ANOTHER,
    WISH_FROM,
    Outcome,
    Turn,
    answer,
    ask_which,
    closed,
    missing_on_sheet,
    person,
    take_up,
)

HANDED_OVER = ("grief", "unknown", "unknown_again", "unanswered", "neither", "person", *CALM)
"""What was said last where a person was the answer."""
_SHORT = 10
"""Words of a message that may lean on the topic before it."""
_LEANING = 6
"""Words of a question about 'it' or 'that'."""
_BESIDE_IT = frozenset({"ok", "please", "but", "and", "so", "well", "still", "again", "now"})
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

DENY_FROM = 0.5
"""The same for a 'no' to the offer of the call sheet, which costs nothing when it was none."""
_MORE_WORDS = 4
"""Long words beside a detail that was refused before, where nothing else is clear."""


def second_wish(turn: Turn) -> Outcome | None:
    """Come to the next wish on 'yes', let go of it on 'no'."""
    later = turn.before.later
    if not later or turn.before.asking:
        return None
    let_go = replace(turn, session=replace(turn.session, later=later[1:], offered=0))
    if _says_yes(turn):
        return take_up(let_go, later[0])
    if turn.says("no"):
        rest = later[1:]
        after = replace(closed(let_go.session, "deny"), later=rest, offered=len(rest[:1]))
        return Decision("say", "deny", saying="deny", later=rest), after
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


def _says_yes(turn: Turn) -> bool:
    if turn.says("yes"):
        return True
    if turn.mentions("dont_know") or turn.mentions("refuse"):
        return False  # 'I am not sure' holds a 'sure'
    heard = turn.heard.classification
    likely = heard.confidence >= YES_FROM and heard.zone != "unknown"
    return turn.intent == "affirm" or (likely and heard.ranking[0][0] == "affirm")


def offering(turn: Turn, outcome: Outcome) -> Outcome:
    """Offer the next wish at the end of an answer, at most twice; then let go of all."""
    decision, after = outcome
    if not after.later or decision.act not in ("answer", "over") or decision.asks:
        return outcome
    offered = after.offered + 1 if after.later == turn.before.later else 1
    if offered > MAX_OFFERS:
        return decision, replace(after, later=(), offered=0)
    return replace(decision, later=after.later, offer=()), replace(after, offered=offered)


def sheet_wanted(turn: Turn) -> Outcome | None:
    """Say which details the call sheet has room for, on 'yes' to that offer."""
    topic = turn.guide.topics.get(turn.before.topic)
    if topic is None or turn.before.last != "offer" or not _says_yes(turn):
        return None
    missing = missing_on_sheet(topic, turn.session)
    if turn.heard.entities or not missing:
        return None  # 'It was on April 2nd' takes the offer up by itself
    decision = Decision("say", topic.id, saying="sheet_go_on", offer=missing)
    return decision, replace(turn.session, last="sheet")


def sheet_unknown(turn: Turn) -> Outcome | None:
    """Let go of the offered lines of the call sheet when they are not known."""
    heard = turn.heard.classification
    wanted = turn.wants() is not None and heard.confidence >= SURELY_ANOTHER
    if turn.before.last not in ("offer", "sheet") or (wanted and not _lacks_a_line(turn)):
        return None
    denies = heard.ranking[0][0] == "deny" and heard.confidence >= DENY_FROM
    said = denies or turn.mentions("dont_know") or turn.mentions("refuse")
    if not said or turn.heard.entities or "?" in turn.heard.text:
        return None
    decision = Decision("say", turn.before.topic or OUT_OF_SCOPE, saying="sheet_unknown")
    return decision, closed(turn.session, "sheet_unknown")


def _lacks_a_line(turn: Turn) -> bool:
    """Tell whether somebody does not know what the call sheet has a line for.

    'I don't know the number' is no wish to call.
    """
    topic = turn.guide.topics.get(turn.before.topic)
    labels = (turn.guide.slots[slot].label for slot in (topic.fills if topic else ()))
    known = turn.guide.filler.union(*map(text.words, labels))
    return turn.mentions("dont_know") and known.issuperset(turn.beside("dont_know"))


def number_again(turn: Turn) -> Outcome | None:
    """Give the number, and nothing else, to somebody who asks for it once more."""
    if not turn.mentions("number_again"):
        return None
    topic = turn.guide.topics.get(turn.before.topic)
    if topic is not None and PHONE in topic.routes:
        return answer(turn, topic, brief=True)
    if turn.before.last:
        return person(turn, turn.intent or OUT_OF_SCOPE)
    return None


def sheet_shown(turn: Turn) -> Outcome | None:
    """Say where the call sheet is to somebody who wants to see it."""
    offered = turn.before.last in ("offer", "sheet") and turn.mentions("why_asked")
    if not (turn.mentions("show_sheet") or offered):
        return None
    decision = Decision(
        "say",
        turn.before.topic or OUT_OF_SCOPE,
        saying="sheet_where",
        asks=turn.before.asking or None,
    )
    return decision, replace(turn.session, last="sheet")


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
    return answer(turn, topic, faq=turn.before.faq, brief=turn.before.advised)


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
    leans = (turn.follows() or turn.before.urgent) and len(turn.words) <= _CASE
    if not leans or not set(case.sets) <= set(topic.needs) or case.sets.keys() & turn.unclear:
        return None
    if any(case.sets.get(e.slot, e.value) != e.value for e in turn.heard.entities):
        return None
    slots = {**turn.session.slots, **case.sets}
    changed = replace(turn, session=replace(turn.session, slots=slots))
    return answer(changed, topic, faq=turn.before.faq, brief=turn.before.advised)


def narrower(turn: Turn) -> Outcome | None:
    """Answer a narrower question about the last topic, which is unclear on its own."""
    topic = turn.guide.topics.get(turn.before.about)
    if topic is None or turn.before.last not in ("answer", "offer") or len(turn.words) > _SHORT:
        return None
    faq = topic.faq_for(turn.words)
    return None if faq is None else answer(turn, topic, faq=faq)


def asked_about_it(turn: Turn) -> Outcome | None:
    """Answer 'is that safe?' about the last topic, however much it sounds like a farewell."""
    question = turn.guide.words.get("question", frozenset())
    leans = len(turn.words) <= _LEANING and not _IT.isdisjoint(turn.words)
    if not question.intersection(turn.words[:1]):
        return None
    return narrower(turn) if leans or turn.intent in _NO_QUESTIONS else None


def where_it_is(turn: Turn) -> Outcome | None:
    """Say again where the thing is that was spoken of last, and that this is all that is known."""
    topic = turn.guide.topics.get(turn.before.about)
    said = " ".join(word for word in turn.words if word not in _BESIDE_IT)
    asks = said in turn.guide.words.get("where_is_it", frozenset())
    asks = asks or (turn.before.last == "answer" and turn.says("why"))
    if topic is None or topic.urgent or turn.before.options or turn.before.later or not asks:
        return None
    decision, after = answer(turn, topic, faq=turn.before.faq)
    return replace(decision, same=not decision.asks), after


def number_fails(turn: Turn) -> Outcome | None:
    """Give the number once more, and the caveat, to somebody for whom it does not work."""
    topic = turn.guide.topics.get(turn.before.topic)
    known = topic is not None and all(slot in turn.session.slots for slot in topic.needs)
    if topic is None or PHONE not in topic.routes or not known or turn.heard.entities:
        return None
    if not turn.mentions("number_fails"):
        return None
    decision, after = answer(turn, topic, brief=True)
    return replace(decision, caveat=True), after


def card_to_be_stopped(turn: Turn) -> Outcome | None:
    """Give the number once more to somebody who wants the lost card, or a thief, stopped."""
    topic = turn.guide.topics.get(turn.before.topic)
    means_it = turn.before.urgent and turn.mentions("stop_it")
    if topic is None or not means_it or PHONE not in topic.routes:
        return None
    if turn.intent not in ("", "cancel", "deny", topic.id):
        return None
    decision, after = answer(turn, topic, brief=True)
    return replace(decision, notes=("only_a_guide", *decision.notes)), after


def for_the_sheet(turn: Turn) -> Outcome | None:
    """Note details that only fill the call sheet of the topic last answered."""
    topic = turn.guide.topics.get(turn.before.topic)
    noted = tuple(dict.fromkeys(entity.slot for entity in turn.heard.entities))
    if topic is None or turn.before.asking or not noted or not set(noted) <= set(topic.fills):
        return None
    risen = turn.is_urgent(topic) and not turn.before.urgent
    other = turn.wants()
    urgent = other is not None and other is not topic and turn.is_urgent(other)
    if risen or urgent or turn.intent in ("cancel", "restart"):
        return None
    likely = turn.intent in ("", topic.id, *turn.guide.says) and turn.only_details()
    if not likely and not _says_nothing_else(turn, noted):
        return None
    missing = missing_on_sheet(topic, turn.session)
    saying = "sheet_missing" if missing else "anything_else"
    decision = Decision("say", topic.id, saying=saying, noted=noted, offer=missing)
    return decision, replace(turn.session, last="sheet", sheet_told=topic.id)


def _says_nothing_else(turn: Turn, slots: tuple[str, ...]) -> bool:
    """Tell whether a message is about its details: 'I think the date was May 3rd actually'."""
    known = {word for slot in slots for word in text.words(turn.guide.slots[slot].label)}
    known |= turn.guide.filler
    return len([word for word in turn.beside_details() if word not in known]) <= 1


def bare_detail(turn: Turn) -> Outcome | None:
    """Note 'this is my personal card' for what it is, whatever else it looks like."""
    topic = turn.wants()
    if not turn.heard.entities or (topic is not None and topic.sets):
        return None
    if not all(turn.guide.slots[entity.slot].ask for entity in turn.heard.entities):
        return None  # 'and by mail?' is a wish
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
    if other or turn.before.last in HANDED_OVER or turn.before.about in turn.guide.topics:
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
