"""Questions that lead beyond what the guide knows: said honestly, with the way to a person."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import replace

from bot import text
from bot.guide import PHONE, Topic
from bot.turn import (
    SURELY_ANOTHER,
    Outcome,
    Turn,
    answer,
    answer_aside,
    closed,
    go_on,
    hand_over,
    person,
    take_up,
    way_to_person,
)

_CLAUSE = re.compile(r"[^.,;:!?\n]+")
_LEANING = frozenset(
    f"{verb} {it}"
    for verb in ("is", "are", "does", "do", "can", "will")
    for it in ("it", "that", "they", "this")
)
"""First two words of a question about what was said last."""
_OPEN = frozenset("how what when where which who why".split())
"""Words with which a question of two words begins."""
TIE_FROM = 0.9
"""Share of two topics together from which one of them is meant for sure, also where another
matter is being talked about."""
_NO_NEWS = frozenset(text.stems("you your they them there for card pay find get".split()))
"""Stems that stand in many answers and say nothing of what is asked."""


def asks(turn: Turn) -> bool:
    """Tell whether the message asks something that the way to a person does not answer."""
    if turn.mentions("asks_the_way"):
        return False
    said = turn.heard.text
    told = {w for e in turn.heard.entities for w in text.words(said[e.start : e.end])}
    return any(_is_question(turn, clause, told) for clause in _CLAUSE.findall(said))


def _is_question(turn: Turn, clause: str, told: Set[str]) -> bool:
    """Tell whether a clause begins as a question, after details `told`: 'us can they use it'."""
    opening = told | turn.guide.words.get("before_question", frozenset())
    words = text.words(clause)
    while words and words[0] in opening:
        del words[: 2 if words[:2] == ["thank", "you"] else 1]
    if words[:2] == ["do", "not"] or len(words) < 2:
        return False  # 'dunno'
    # 'How long' is a question, 'will do' is none.
    begins = words[0] in turn.guide.words.get("question", ())
    return begins and (len(words) > 2 or words[0] in _OPEN)


def own_up(turn: Turn) -> Outcome:
    """Own up to a topic that was understood but has no answer in the guide yet."""
    decision, after = person(turn, turn.intent)
    return replace(decision, act="unanswered", asks=None), closed(after, "unanswered")


def with_details(turn: Turn) -> Outcome:
    """Go on with the details of a message; a question beside them is answered, or owned up to."""
    if not asks(turn):
        return go_on(turn)
    topic, wish = turn.guide.topics[turn.before.topic], turn.wants()
    faq = turn.faq_of(topic)
    if faq is not None and faq != turn.before.faq:
        return answer(turn, topic, faq=faq)
    if wish is not None and turn.heard.classification.confidence >= SURELY_ANOTHER:
        if wish is topic:
            return answer(turn, topic, anew=True)
        if not wish.needs or wish.answer_first:
            return answer_aside(turn, wish)
    decision, after = go_on(turn)
    told = turn.guide.acts.get(turn.act)
    if told is not None and told.answer != turn.guide.phrases["beyond"]:
        return replace(decision, beside=turn.act), after
    return replace(decision, notes=(*decision.notes, "ask_there")), after


def amid_a_question(turn: Turn) -> Outcome:
    """Answer a question asked instead of an answer, where the topic knows one; else own up."""
    topic = turn.guide.topics[turn.before.topic]
    faq = turn.faq_of(topic)
    if faq is None and not turn.before.advised and PHONE not in topic.routes[:1]:
        return answer(turn, topic, at_once=True)
    return hand_over(turn, "beyond") if faq is None else answer(turn, topic, faq=faq)


def of_the_matter(turn: Turn) -> Outcome | None:
    """Answer a narrower question about what is being talked of, whatever else it looks like.

    After a lost card 'will I get a new one' is no wish to apply for a card; after the chat
    'is it a real person' is none to talk to one.
    """
    before = turn.before
    topic = turn.guide.topics.get(before.topic if before.urgent else before.about)
    leans = before.urgent or " ".join(turn.words[:2]) in _LEANING
    if topic is None or before.options or not leans:
        return None
    faq = turn.faq_of(topic)
    if not asks(turn):
        return None
    if faq is None:
        return _of_it(turn, topic)
    wish, sure = turn.wants(), turn.heard.classification.confidence >= SURELY_ANOTHER
    if topic.faqs[faq].case and wish not in (None, topic) and sure:
        return None  # 'what do I have ready for the dispute' is not of one that was turned down
    if before.asking and before.topic != topic.id:
        return answer_aside(turn, topic)
    return answer(turn, topic, faq=faq)


def _of_it(turn: Turn, topic: Topic) -> Outcome | None:
    """Own up to 'can it be reversed', which sounds a little like another topic."""
    wish, sure = turn.wants(), turn.heard.classification.confidence >= SURELY_ANOTHER
    told = turn.before.last in ("answer", "offer", "same_again")
    if turn.before.urgent or not told or wish in (None, topic) or sure:
        return None
    return hand_over(turn, "beyond")


def after_all(turn: Turn) -> Outcome | None:
    """Own up to a question about what has settled itself: 'found it', 'can I still use it'."""
    over = turn.before.last == "over" and not turn.intent
    return hand_over(turn, "beyond") if over and asks(turn) else None


def more_of_it(turn: Turn, topic: Topic) -> Outcome | None:
    """Own up to a further question about the topic that was answered last."""
    before = turn.before
    risen = turn.is_urgent(topic) and not before.urgent
    if before.about != topic.id or before.last not in ("answer", "offer") or risen:
        return None
    if turn.heard.entities or turn.faq_of(topic) not in (None, before.faq):
        return None
    if asks(turn) and _is_in_the_answer(turn, topic):
        return None
    if topic.needs:
        return hand_over(turn, "beyond") if asks(turn) else None
    decision, after = take_up(turn, topic.id)
    return replace(decision, saying="same_again", person=way_to_person(turn)), after


def _is_in_the_answer(turn: Turn, topic: Topic) -> bool:
    """Tell whether a word that says something stands in the topic's answer: 'the pin too?'."""
    if topic.list:
        return True
    told = set(text.stems(text.words(f"{topic.answer} {topic.tip}"))) - _NO_NEWS
    little = turn.guide.filler.union(
        *(turn.guide.words.get(group, ()) for group in ("question", "before_question"))
    )
    return any(len(w) > 2 and w not in little and text.stem(w) in told for w in turn.words)


def amid_another(turn: Turn, topics: tuple[str, ...]) -> Outcome | None:
    """Own up to a message that is unclear while another matter is being talked about.

    Of 36 such messages of a tester, 32 meant neither of the two topics that were likeliest: they
    leaned on the answer before.
    """
    if turn.one_off or not (turn.before.about or turn.before.topic) or turn.before.options:
        return None
    chances = dict(turn.heard.classification.ranking)
    first, second = (chances[name] for name in topics)
    if first + second >= TIE_FROM:
        return None
    return hand_over(turn, "beyond" if asks(turn) else "unknown")
