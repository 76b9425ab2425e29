"""How people are treated: distress, secrets, anger, small talk; each a rule of the dialogue."""

from __future__ import annotations

from dataclasses import replace

from bot import beyond
from bot.decision import ADMITTED, CALM, WARNED, Decision
from bot.guide import Topic
from bot.messages import OUT_OF_SCOPE
from bot.session import Session
from bot.turn import (
    SURELY_ANOTHER,
    UPSET,
    Outcome,
    Turn,
    answer,
    ask_which,
    closed,
    go_on,
    hand_over,
    take_up,
)

STEERING = ("affirm", "deny", "repeat", "cancel", "restart", "goodbye")
"""Small talk that steers the conversation, and is followed only when it is clear."""
SURE_FROM = 0.6
"""Confidence from which a sentence steers it; a few words do in any case."""
HALF = 0.5
"""Share of all topics from which one is meant, whatever small talk stands before it."""
_FEW = 3
_MORE = 6
"""Words from which a 'no' tells something besides."""
_CLOSING = ("goodbye", "deny", "affirm", "thank", "cancel", "greet", "restart")
"""Small talk that begins or ends a matter: a question that looks like it asks for more."""
_TO_US = frozenset({"you", "u", "we", "start", "stop", "help"})
"""Words of a question that is small talk: 'how are you', 'can we start over'."""


def nothing_said(turn: Turn) -> Outcome | None:
    """Say so when a message holds no word."""
    if turn.words or turn.heard.masked:
        return None
    decision = Decision("say", OUT_OF_SCOPE, saying="empty", asks=turn.before.asking or None)
    return decision, replace(turn.before, last="empty")


def in_distress(turn: Turn) -> Outcome | None:
    """Say something human to somebody who speaks of ending their life; sell nothing."""
    if not turn.mentions("distress"):
        return None
    return Decision("say", OUT_OF_SCOPE, saying="distress"), closed(turn.session, "distress")


def only_a_secret(turn: Turn) -> Outcome | None:
    """Take no notice of a message that is a card number or code and little else."""
    topic = turn.wants()
    if not turn.heard.masked or turn.heard.entities:
        return None
    bare = turn.guide.filler.issuperset(turn.words)
    if turn.intent and not bare and not (topic and topic.after_code):
        return None
    open_slot = turn.before.asking or None
    decision = Decision(
        "say",
        OUT_OF_SCOPE,
        saying="what_else" if open_slot is None else "masked",
        asks=open_slot,
        notes=("masked",) if open_slot is None else (),
    )
    return decision, replace(turn.session, last="masked")


def asking_what(turn: Turn) -> Outcome:
    """Ask what is wanted."""
    return Decision("say", OUT_OF_SCOPE, saying="what_need"), replace(
        turn.session, last="what_need"
    )


def denial(turn: Turn) -> Outcome | None:
    """Let go of a topic that the message says it is not about, where it asks for no other."""
    denied, before = turn.heard.denied, turn.before
    if not denied or turn.heard.classification.zone != "unknown" or turn.heard.entities:
        return None
    if before.asking and before.topic != denied:
        return go_on(turn)
    after = closed(turn.session, "denied")
    if before.topic == denied:
        after = replace(after, topic="", urgent=False, faq=None)
    return Decision("say", OUT_OF_SCOPE, saying="denied"), after


def why_not(turn: Turn) -> Outcome | None:
    """Say why nothing secret belongs here."""
    if turn.before.last != "masked" or not turn.says("why"):
        return None
    open_slot = turn.before.asking or None
    decision = Decision("say", OUT_OF_SCOPE, saying="why_masked", asks=open_slot)
    return decision, replace(turn.session, last="why_masked")


def apology(turn: Turn) -> Outcome | None:
    """Take an apology as one, and come back to an open question."""
    if not (turn.says("apology") or _apologises(turn)):
        return None
    decision = Decision("say", OUT_OF_SCOPE, saying="no_harm", asks=turn.before.asking or None)
    return decision, replace(turn.session, last="no_harm")


def _apologises(turn: Turn) -> bool:
    """Tell whether a message begins with an apology and asks for nothing.

    A bare 'sorry' may begin anything: 'sorry, what do you mean'.
    """
    first = [hit for hit in turn.hits.get("apology", ()) if hit.first <= 1 < hit.last + hit.first]
    heard = turn.heard.classification
    wish = bool(heard.ranking) and heard.ranking[0][0] in turn.guide.topics
    likely = wish and heard.zone != "unknown" and heard.confidence >= HALF
    unclear = not turn.intent and not likely and "?" not in turn.heard.text
    answers = turn.heard.entities or turn.unclear or turn.heard.masked
    declines = turn.mentions("dont_know") or turn.mentions("refuse")
    if first and turn.guide.words.get("thanks", frozenset()).issuperset(turn.beside("apology")):
        return True  # 'thanks, sorry I was rude'
    return bool(first) and unclear and not answers and not declines and not turn.before.options


def upset(turn: Turn) -> Outcome | None:
    """Stay calm with somebody who is angry and says little else: the shortest way to a person."""
    if not turn.is_upset() or not says_little_else(turn):
        return None
    again = turn.before.last in CALM
    return hand_over(turn, "calm_again" if again else "calm", asks=False)


def says_little_else(turn: Turn) -> bool:
    """Tell whether an angry message says little but that."""
    if turn.heard.entities:
        return False
    topic = turn.wants()
    if topic is not None and (topic.urgent or f"urgent {topic.id}" in turn.hits):
        return False
    rest = [w for w in turn.beside(*UPSET) if len(w) > 3 and w not in turn.guide.filler]
    return len(rest) < (1 if topic is not None else 3)


def matter_over(turn: Turn) -> Outcome | None:
    """Be glad with somebody whose matter has settled itself."""
    if not any(label.startswith("over ") for label in turn.hits):
        return None
    ranking = turn.heard.classification.ranking
    likely = ranking[0][0] if ranking else ""
    for name in dict.fromkeys((turn.before.topic, turn.before.about, likely)):
        topic = turn.guide.topics.get(name)
        if topic is not None and _is_over(turn, topic):
            kept = replace(closed(turn.session, "over"), topic="", faq=None, urgent=False)
            return Decision("over", topic.id), kept
    return None


def _is_over(turn: Turn, topic: Topic) -> bool:
    groups = turn.guide.words
    if not groups.get("still", frozenset()).isdisjoint(turn.words):
        return False
    negations, after = (groups.get(name, frozenset()) for name in ("negation", "still_after"))
    return any(
        negations.isdisjoint(turn.words[max(0, hit.first - 2) : hit.last + 1])
        and after.isdisjoint(turn.words[hit.last + 1 :])
        for hit in turn.hits.get(f"over {topic.id}", ())
    )


def no_secrets(turn: Turn) -> Outcome | None:
    """Say where no secret belongs to somebody who asks whether to tell one."""
    clear = turn.wants() is not None and turn.heard.classification.confidence >= SURELY_ANOTHER
    shared = turn.mentions("share_secret") and not clear  # a topic may have its own answer
    if not (turn.mentions("give_secret") or shared) or not beyond.asks(turn):
        return None
    decision = Decision("say", OUT_OF_SCOPE, saying="no_secrets", asks=turn.before.asking or None)
    return decision, replace(turn.session, last="no_secrets")


def other_company(turn: Turn) -> Outcome | None:
    """Send somebody with another company's card to that company."""
    topic, hits = turn.wants(), turn.hits.get("other_company", ())
    if not hits or (topic is not None and not topic.without_card):
        return None
    own = turn.hits.get("own_company", ())
    if any(all(one.last < hit.first or hit.last < one.first for hit in hits) for one in own):
        return None  # 'my visa card and my amex got stolen'
    decision = Decision("say", OUT_OF_SCOPE, saying="other_company")
    return decision, closed(turn.session, "other_company")


def meant_otherwise(turn: Turn) -> Outcome | None:
    """Own up to 'no, I mean turn it off', which is no bare 'no'."""
    (best, share), *_ = turn.heard.classification.ranking
    no = best in STEERING and share >= HALF and turn.mentions("i_mean")
    told = turn.heard.entities or turn.unclear or turn.before.asking
    if not no or told or not turn.before.about or len(turn.words) <= _FEW:
        return None
    return hand_over(turn, "beyond")


def small_talk(turn: Turn) -> Outcome | None:
    """Answer small talk and the words that steer the conversation."""
    intent = turn.intent
    if intent in STEERING and (_corrects(turn) or _asks_more(turn)):
        return None  # 'scrap that, it is my personal one'; 'is that safe?'
    if turn.mentions("do_it_for_me") and intent != "bot_challenge":
        return None  # 'can you reset it for me' is no wish to start over
    if intent in _CLOSING and _is_more_than_that(turn):
        return _rest(turn)  # 'great. can they text me'
    heard = turn.heard.classification
    if intent in STEERING and heard.confidence < SURE_FROM and len(turn.words) > _FEW:
        return None  # 'I never got the new one' is no 'no'
    told = intent == "deny" and len(turn.words) > _MORE and heard.confidence < SURELY_ANOTHER
    if told and turn.before.about:
        return None  # 'no I did NOT change it, somebody else did'
    if intent == "restart":
        return Decision("say", intent, saying=intent), Session(guide=turn.guide.fingerprint)
    if intent == "cancel":
        return Decision("say", intent, saying=intent), closed(turn.session, intent)
    if intent == "repeat":
        return repeat(turn)
    if intent not in turn.guide.says:
        return None
    if intent == "help" and turn.heard.entities and turn.only_details():
        return None  # 'it's a corporate card btw'
    if intent == "help" == turn.before.last:
        return hand_over(turn, "neither")  # the same words would help no more than before
    if intent in ("goodbye", "deny"):
        return Decision("say", intent, saying=intent), closed(turn.session, intent)
    if intent == "thank" and turn.mentions("that_is_all"):
        # Nobody who has just said so is asked whether there is anything else.
        return Decision("say", intent, saying="welcome"), closed(turn.session, intent)
    open_slot = turn.before.asking or None
    decision = Decision("say", intent, saying=intent, asks=open_slot)
    return decision, replace(turn.session, last=intent)


def _is_more_than_that(turn: Turn) -> bool:
    """Tell whether a message that looks like small talk asks for something, or tells a detail."""
    if not (turn.before.about or turn.before.asking) or turn.before.options:
        return False
    if turn.intent == "thank" and "?" in turn.heard.text:
        groups = (turn.guide.words.get(name, ()) for name in ("thanks", "before_question"))
        little = turn.guide.filler.union(*groups)
        return not little.issuperset(turn.words)  # 'thx. and christmas?'
    if turn.intent in ("cancel", "deny", "goodbye") and "?" in turn.heard.text:
        return True  # 'after that?'
    if turn.intent == "thank" and turn.heard.entities:
        return True  # 'cool thanks, and for corporate?'
    return _TO_US.isdisjoint(turn.words) and beyond.asks(turn)


def _rest(turn: Turn) -> Outcome | None:
    """Take up what is asked after the thanks, if that is clear once these are set aside."""
    rest = {n: p for n, p in turn.heard.classification.ranking if n not in turn.guide.says}
    if turn.heard.entities or not rest:
        return None
    best = max(rest, key=rest.__getitem__)
    return take_up(turn, best) if rest[best] >= HALF * sum(rest.values()) else None


def _asks_more(turn: Turn) -> bool:
    """Tell whether the message asks a narrower question about what was answered last."""
    topic = turn.guide.topics.get(turn.before.about)
    if topic is None or "?" not in turn.heard.text:
        return False
    return turn.faq_of(topic) is not None


def _corrects(turn: Turn) -> bool:
    """Tell whether the message holds a detail that the last topic depends on, and little else."""
    topic = turn.guide.topics.get(turn.before.topic)
    told = {entity.slot for entity in turn.heard.entities}
    return topic is not None and not told.isdisjoint(topic.needs) and turn.only_details()


_PLAIN = (("no", "deny"), ("yes", "affirm"), ("dont_know", "no_hurry"), ("hesitation", "no_hurry"))


def plain_answer(turn: Turn) -> Outcome | None:
    """Take 'that's everything' or 'dunno' for what it is where no question is open."""
    for group, saying in _PLAIN:
        # What looks like a wish as well must be one of the phrases to the letter.
        exactly = turn.said in turn.guide.words.get(group, ())
        if exactly or (turn.wants() is None and turn.says(group)):
            intent = saying if saying in turn.guide.says else OUT_OF_SCOPE
            return Decision("say", intent, saying=saying), closed(turn.session, saying)
    return None


def repeat(turn: Turn) -> Outcome:
    """Say again what was said last."""
    session, topics = turn.session, turn.guide.topics
    if session.options:
        return ask_which(turn, session.options)
    if session.last in (*ADMITTED, *WARNED, *CALM):
        return hand_over(turn, session.last)
    if session.last in turn.guide.says and session.last not in ("cancel", "repeat"):
        decision = Decision("say", "repeat", saying=session.last, asks=turn.before.asking or None)
        return decision, session
    if session.about in topics and session.about != session.topic:
        decision, after = answer(turn, topics[session.about])
        kept = replace(session, caveat_told=after.caveat_told)
        return replace(decision, asks=turn.before.asking or None, offer=()), kept
    if session.topic in topics:
        return answer(turn, topics[session.topic], faq=session.faq)
    return Decision("say", "repeat", saying="repeat"), replace(session, last="repeat")
