"""The decision: fill, ask, clarify, answer, hand over. A pure function, no clock, no I/O.

One message is settled by the first rule below that applies; every rule ends in
a decision, and none can bring the conversation to a place without an exit: two
unanswered tries end a question, two clarifications in a row end in a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot import (
    acts,
    beyond,
    danger,
    details,
    followups,
    manners,
    numbers_said,
    questions,
    sheet_talk,
    text,
    told_again,
)  # fmt: skip
from bot.decision import CALM, Decision
from bot.guide import MAX_VALUE, PHONE, Guide, Topic
from bot.messages import UNCLEAR, Entity, Understanding
from bot.session import Session
from bot.turn import (
    NEAR_TIE,
    SURELY_ANOTHER,
    Outcome,
    Turn,
    answer,
    answer_aside,
    ask_which,
    declining,
    go_on,
    hand_over,
    take_up,
)

MAX_TRIES = 2
"""How often one question is asked before the answer is given for every case."""

SMALL_TALK_FROM = 0.6
"""Confidence from which unclear small talk is answered: a wrong 'goodbye' is worse than none."""

SMALL_TALK_BESIDE = 0.1
"""Share of all small talk from which it stands beside a wish, and is no mere noise."""

NARROWED_FROM = 0.3
"""Confidence from which the words of a narrower question settle what would be asked back."""
NEXT_FROM = 0.2
"""Confidence from which the next topic is meant when a detail rules the best one out."""
LIKELY_EMERGENCY = 0.7
"""Share of what is in scope from which an emergency is named to somebody who was not understood.

Of 112 such held-out messages that look like a lost card or a dispute 60 are one."""
_NEVER_GUESSED = tuple(name for name in manners.STEERING if name != "goodbye")
_UNDECIDED = frozenset({"both", "refuse", "dont_know"})
_LIKELY = 3
"""Topics that an unclear message may be about."""
_BARE_WORDS = 8
"""Words of a message that may be hardly more than one value."""


def step(heard: Understanding, session: Session | None, guide: Guide) -> Outcome:
    """Return the decision for one message and the conversation's new state.

    `session` None is a one-off: no question is left open, all cases are answered.
    """
    turn = _read(heard, session, guide)
    outcome = next(found for rule in _RULES if (found := rule(turn)) is not None)
    decision, after = followups.offering(turn, _counted(turn, *outcome))
    notes = _notes(turn, decision)
    said_so = turn.mentions("no_phone") or turn.case == "no_phone"
    told = decision.faq is not None or decision.saying == "no_phone"
    told = told or (decision.brief and not said_so)
    if after.no_phone and not told and _has_phone(decision):
        notes = (*notes, "no_phone")
    return (replace(decision, notes=notes) if notes != decision.notes else decision), after


def _read(heard: Understanding, session: Session | None, guide: Guide) -> Turn:
    before = session or Session(guide=guide.fingerprint)
    unclear: dict[str, str] = {}
    if heard.entities:
        wanted = details.wanted(heard, before, guide)
        unclear = {e.slot: heard.text[e.start : e.end] for e in wanted if e.value == UNCLEAR}
        heard = replace(heard, entities=tuple(e for e in wanted if e.slot not in unclear))
    words = tuple(text.words(heard.text))
    hits = guide.phrasebook.find(words)
    heard = details.without_denied(heard)
    both = bool(before.asking) and details.names_both(heard, before.asking, words)
    if before.asking and (both or not _UNDECIDED.isdisjoint(hits)):
        heard = details.without_both(heard, before.asking)
    short = len(words) <= _BARE_WORDS and not guide.bare_words.isdisjoint(words)
    if short and "not" not in words and not details.chooses(words, before, guide):
        known = {entity.slot for entity in heard.entities} | set(unclear)
        heard = details.with_bare_values(heard, guide, known)
    if heard.wishes:
        heard = replace(heard, wishes=details.own_wishes(heard, guide))
    cannot = "no_phone" in hits or heard.classification.case == "no_phone"
    if cannot:
        heard = replace(heard, entities=tuple(e for e in heard.entities if e.value != PHONE))
    filled = _fill(before, heard.entities, unclear)
    two = () if before.asking else details.named_twice(unclear, words, guide)
    if both or two:  # 'my personal and my corporate card': the answer is for either
        filled = replace(filled, declined=(*filled.declined, *(two or (before.asking,))))
    if cannot or "can_phone" in hits:
        filled = replace(filled, no_phone=cannot)
    return Turn(
        heard,
        guide,
        before,
        filled,
        words,
        " ".join(words),
        hits,
        _meaning(heard),
        unclear,
        session is None,
    )


def _meaning(heard: Understanding) -> str:
    """Return what a message means, if that is clear; a wish beside small talk is it."""
    if len(heard.wishes) == 1:
        return heard.wishes[0]
    return heard.classification.intent if heard.classification.zone == "answer" else ""


def _fill(session: Session, entities: tuple[Entity, ...], unclear: Mapping[str, str]) -> Session:
    """Put the details of a message into the session; the last one said counts."""
    found = {entity.slot: entity.value[:MAX_VALUE] for entity in entities}
    if not found and not unclear:
        return session
    declined = tuple(s for s in session.declined if s not in found and s not in unclear)
    return replace(session, slots={**session.slots, **found}, declined=declined)


def _counted(turn: Turn, decision: Decision, after: Session) -> Outcome:
    """Count how often in a row a slot is asked for, and let go of it after the second time."""
    asked, before = decision.asks, turn.before
    if asked is None:
        if after.asking or after.tries:
            after = replace(after, asking="", tries=0)
        return decision, after
    tries = before.tries + 1 if asked == before.asking else 1
    if tries <= MAX_TRIES:
        again = tries > 1 and not decision.unclear
        decision = replace(decision, again=True) if again else decision
        return decision, replace(after, asking=asked, tries=tries)
    beyond_it = decision.saying == "beyond"
    topic = turn.guide.topics.get(after.topic if beyond_it else decision.intent)
    if topic is None or topic.id != after.topic:
        return replace(decision, asks=None), replace(after, asking="", tries=0)
    given_up = declining(replace(turn, session=after), asked)
    brief = before.advised if beyond_it else decision.brief
    last, after = answer(given_up, topic, faq=None if beyond_it else after.faq, brief=brief)
    if beyond_it:
        last = replace(last, notes=(*last.notes, "ask_there"))
    return _counted(turn, last, after)


def _has_phone(decision: Decision) -> bool:
    return any(route.route.channel == PHONE for route in decision.routes)


def _notes(turn: Turn, decision: Decision) -> tuple[str, ...]:
    """Return what is said along with a decision, whatever it is."""
    notes = decision.notes
    if turn.heard.masked and "masked" not in (decision.saying, *notes):
        notes = ("masked", *notes)
    if decision.act in ("say", "over"):
        return notes
    if danger.tells_of_death(turn) and decision.saying != danger.GRIEF:
        notes = ("condolence", *notes)
    elif turn.is_upset() and decision.saying not in CALM:
        notes = ("sorry", *notes)
    elif turn.mentions("do_it_for_me") and decision.act != "clarify":
        notes = ("only_a_guide", *notes)
    return notes


def _two_wishes(turn: Turn) -> Outcome | None:
    """Begin with the urgent one of several wishes, or the first; the others are kept."""
    wishes = tuple(name for name in turn.heard.wishes if name in turn.guide.topics)
    return questions.both_wishes(turn, wishes) if len(wishes) > 1 else None


def _topic(turn: Turn) -> Outcome | None:
    """Answer a clear wish, or ask what it depends on."""
    if not turn.intent or turn.intent in turn.guide.says:
        return None
    topic = turn.wants()
    if topic is None:
        return beyond.own_up(turn)
    if not _may_be_meant(turn, topic.id):
        other = _next_meant(turn)
        return take_up(turn, other) if other else None
    if (same := acts.stays(turn, topic)) is not None:
        return same
    # When they are there is asked in passing, also by somebody in need of the number.
    aside = not topic.needs or (topic.answer_first and turn.before.urgent)
    aside = aside and not turn.mentions("called_off")
    if turn.before.asking and turn.before.topic != topic.id and aside:
        return answer_aside(turn, topic)
    if (more := beyond.more_of_it(turn, topic)) is not None:
        return more
    return go_on(turn) if _is_said_again(turn, topic) else take_up(turn, topic.id)


def _left_over(turn: Turn) -> Outcome | None:
    """Take up what is clear once a detail has ruled out the other topic it could have been.

    'Need number personal US' looks half like a call from abroad, but is none.
    """
    ranking = turn.heard.classification.ranking
    if turn.heard.classification.zone != "clarify" or not turn.heard.entities:
        return None
    ruled_out = sum(p for n, p in ranking if n in turn.guide.topics and not _may_be_meant(turn, n))
    name, share = next(((n, p) for n, p in ranking if _may_be_meant(turn, n)), ("", 0.0))
    clear = ruled_out > 0 and share >= SURELY_ANOTHER * (1 - ruled_out)
    return take_up(turn, name) if clear else None


def _may_be_meant(turn: Turn, name: str) -> bool:
    """Tell whether a topic of that name agrees with the details of the message.

    'US' is not a wish to call from abroad, however much it looks like one.
    """
    topic = turn.guide.topics.get(name)
    if topic is None:
        return False
    return all(topic.sets.get(e.slot, e.value) == e.value for e in turn.heard.entities)


def _next_meant(turn: Turn) -> str:
    """Return the next likely topic at the start, where the best one is ruled out by a detail.

    'Need number personal US' asks for a number, though not for the one from abroad.
    """
    if turn.before.topic or turn.before.asking:
        return ""
    (_, best), *others = turn.heard.classification.ranking
    name, share = next(((n, p) for n, p in others if _may_be_meant(turn, n)), ("", 0.0))
    return name if share >= max(NEXT_FROM, (1 - best) / 2) else ""


def _is_said_again(turn: Turn, topic: Topic) -> bool:
    """Tell whether the wish behind the open question was only said once more."""
    before = turn.before
    open_question = before.asking and before.topic == topic.id and before.advised
    risen = turn.is_urgent(topic) and not before.urgent
    return bool(open_question) and not risen and turn.faq_of(topic) == before.faq


def _narrow_matter(turn: Turn) -> Outcome | None:
    """Take up the likely topic that has an answer to what an unclear message sounds like."""
    if not turn.case or turn.heard.classification.zone != "clarify":
        return None
    likely = (
        turn.guide.topics.get(name) for name, _ in turn.heard.classification.ranking[:_LIKELY]
    )
    topics = (topic for topic in likely if topic and turn.case in {faq.case for faq in topic.faqs})
    topic = next(topics, None)
    return None if topic is None else take_up(turn, topic.id)


def _clarify(turn: Turn) -> Outcome | None:
    """Ask which of two topics was meant."""
    heard = turn.heard.classification
    if heard.zone != "clarify":
        return None
    talk = {n: p for n, p in heard.ranking if n in turn.guide.says and n not in _NEVER_GUESSED}
    chatting = sum(talk.values())
    if chatting >= SMALL_TALK_FROM:
        return manners.small_talk(replace(turn, intent=max(talk, key=talk.__getitem__)))
    topics = tuple(name for name, _ in heard.ranking if _may_be_meant(turn, name))[:2]
    if len(topics) < 2:
        return None
    # The more small talk there is, the less of the rest need mean one thing.
    enough = SURELY_ANOTHER - (SURELY_ANOTHER - manners.HALF) * min(1.0, chatting / manners.HALF)
    beside = chatting >= SMALL_TALK_BESIDE
    if beside and dict(heard.ranking)[topics[0]] >= enough * (1 - chatting):
        return take_up(turn, topics[0])  # only small talk beside it made it doubtful
    if (urgent := turn.urgent_of(topics)) is not None:
        return take_up(turn, urgent)
    for one, other in (topics, topics[::-1]):
        if turn.guide.topics[one].otherwise == other:
            return take_up(turn, other)  # it asks for what tells the two apart
    if danger.tells_of_death(turn):
        return hand_over(turn, danger.GRIEF)
    if (narrower := _narrowed(turn, topics)) is not None:
        return take_up(turn, narrower)
    if turn.one_off:
        decision, after = take_up(turn, topics[0])
        return replace(decision, guess=topics[1]), after
    return beyond.amid_another(turn, topics) or ask_which(turn, topics)


def _narrowed(turn: Turn, topics: tuple[str, ...]) -> str | None:
    """Return that one of two near topics about which the words ask a narrower question."""
    chances = dict(turn.heard.classification.ranking)
    known = {name: turn.guide.topics[name] for name in topics}
    faqs = {name: turn.faq_of(topic) for name, topic in known.items()}
    named = [name for name in topics if faqs[name] is not None]
    answers = {known[name].faqs[faq].answer for name, faq in faqs.items() if faq is not None}
    if len(answers) != 1 or chances[named[0]] < NARROWED_FROM:
        return None
    return named[0] if chances[named[0]] >= NEAR_TIE * chances[topics[0]] else None


def _stray_choice(turn: Turn) -> Outcome | None:
    """Ask what is wanted when somebody chooses where there is nothing to choose from."""
    if not (turn.says("first") or turn.says("second") or turn.says("both")):
        return None
    return manners.asking_what(turn)


def _unknown(turn: Turn) -> Outcome:
    if danger.tells_of_death(turn):
        return hand_over(turn, danger.GRIEF)
    topic = turn.wants()
    if topic is not None and topic.otherwise:
        return take_up(turn, topic.otherwise)
    if turn.case in turn.guide.phrases and turn.case not in danger.KINDS:
        return hand_over(turn, turn.case)  # what the guide says to such messages
    again = turn.before.last in ("unknown", "unknown_again")
    decision, after = hand_over(turn, "unknown_again" if again else "unknown")
    best, share = next(iter(turn.heard.classification.ranking), ("", 0.0))
    topic = turn.guide.topics.get(best)
    emergency = topic is not None and turn.is_urgent(topic) and share >= LIKELY_EMERGENCY
    if emergency and best != turn.before.topic:
        decision = replace(decision, guess=best)
    return decision, after


_RULES: tuple[Callable[[Turn], Outcome | None], ...] = (
    manners.nothing_said,
    manners.in_distress,
    manners.only_a_secret,
    manners.why_not,
    numbers_said.checked,
    danger.sounds_like_it,
    questions.chosen_option,
    manners.matter_over,
    manners.denial,
    manners.other_company,
    manners.no_secrets,
    questions.enough_asked,
    told_again.number_again,
    sheet_talk.sheet_shown,
    manners.apology,
    manners.upset,
    followups.second_wish_dropped,
    followups.second_wish_called,
    told_again.card_to_be_stopped,
    told_again.where_it_is,
    told_again.why_so,
    told_again.number_fails,
    questions.emergency_among_details,
    acts.amid_a_question,
    questions.open_question,
    followups.bare_correction,
    _two_wishes,
    followups.second_wish,
    sheet_talk.sheet_wanted,
    sheet_talk.sheet_unknown,
    sheet_talk.for_the_sheet,
    followups.bare_detail,
    _stray_choice,
    acts.what_is_done,
    followups.asked_about_it,
    danger.suspicious,
    beyond.of_the_matter,
    beyond.after_all,
    manners.plain_answer,
    manners.meant_otherwise,
    manners.small_talk,
    followups.other_case,
    told_again.same_place,
    _topic,
    _left_over,
    followups.correction,
    followups.narrower,
    followups.only_a_detail,
    danger.stays,
    _narrow_matter,
    _clarify,
    _unknown,
)
