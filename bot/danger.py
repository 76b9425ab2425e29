"""Crooks and deaths: a likely crook is warned of, a secret told is urgent, a loss is felt with.

What is listened for in so many words is asked about last; what sounds like the utterances of
such a case comes before anything but a lost card.
"""

from __future__ import annotations

from bot.beyond import asks
from bot.decision import WARNED
from bot.guide import PHONE, Topic
from bot.manners import says_little_else
from bot.turn import SURELY_ANOTHER, Outcome, Turn, hand_over

CROOKS = ("account_taken", "gave_away", "suspicious")
"""Kinds of danger by others, the most urgent first: cases of what is out of scope, groups of
phrases to listen for, and what is said then."""
TOLD = "gave_away"
"""That of them which may also be told by a few words after a warning: 'I gave it to him'."""
_SETTLED = ("done_that", "settled")
"""Acts by which the one who was warned has ended it: 'I hung up'."""
NEXT = "what_next"
"""The act of asking what to do now."""
GRIEF = "grief"
"""The same for a death."""
KINDS = (*CROOKS, GRIEF)
"""All of them."""
URGENT = CROOKS[:2]
"""Those after which every minute counts."""
_CROOK = frozenset({"he", "him", "she"})
"""Who is spoken of after a warning."""


def sounds_like_it(turn: Turn) -> Outcome | None:
    """Warn, or feel with, somebody whose message sounds like it, whatever was being asked."""
    kind, topic, warned = turn.case, turn.wants(), turn.before.last in WARNED
    if warned and turn.act == TOLD and "?" not in turn.heard.text and not asks(turn):
        return hand_over(turn, TOLD)
    if turn.before.last == GRIEF and turn.mentions(GRIEF):
        return hand_over(turn, GRIEF)  # 'no, not a dispute. He is dead'
    ended = turn.act in _SETTLED and turn.before.last not in URGENT
    if warned and ended and not (topic and turn.is_urgent(topic)):
        return hand_over(turn, "after_warning")
    if warned and _goes_on(turn, topic):
        return _again(turn)
    if kind not in KINDS or _is_a_lost_card(turn, topic) or _is_another(turn, topic):
        return None
    if turn.before.last and turn.act not in ("", TOLD) and not turn.mentions(kind):
        return None  # 'I only have his card, not the login', of what is needed
    if _is_harmless(turn, kind) or (kind == GRIEF and topic and not turn.mentions(GRIEF)):
        return None
    return _again(turn) if warned and kind == "suspicious" else hand_over(turn, kind)


def _goes_on(turn: Turn, topic: Topic | None) -> bool:
    """Tell whether it goes on: 'now what', 'he called again', 'they have the cvv too'."""
    if topic is not None and (turn.is_urgent(topic) or topic.routes[:1] == (PHONE,)):
        return False  # the number is given at once
    told_code = turn.before.last in URGENT and topic is not None and topic.after_code
    asks_on = turn.mentions("asks_the_way") or turn.act == NEXT
    return told_code or asks_on or not _CROOK.isdisjoint(turn.words)


def _is_harmless(turn: Turn, kind: str) -> bool:
    """Tell whether the words that sound like it are an answer, a complaint, or of one's family."""
    told = {*(entity.slot for entity in turn.heard.entities), *turn.unclear}
    if turn.before.asking in told and turn.only_details():
        return True  # 'my company gave it to me', 'I'm in Georgia'
    if turn.before.asking and (turn.mentions("dont_know") or turn.mentions("refuse")):
        return True  # 'no clue, my dad set it up'
    if kind == "gave_away" and (turn.is_upset() or turn.mentions("to_kin")):
        return True  # 'I told you I forgot my password', 'I gave my card to my son'
    return turn.is_upset() and says_little_else(turn)


def stays(turn: Turn) -> Outcome | None:
    """Stay with a warning while what is said leans on it: 'it was ten minutes ago'."""
    unclear = turn.heard.classification.zone != "answer" and not turn.before.options
    return _again(turn) if unclear and turn.before.last in WARNED else None


def _again(turn: Turn) -> Outcome:
    last = turn.before.last
    return hand_over(turn, last if last in URGENT else "still_suspicious")


def suspicious(turn: Turn) -> Outcome | None:
    """Warn somebody who was called or written to by a likely crook; an emergency goes before."""
    topic = turn.wants()
    if _is_a_lost_card(turn, topic):
        return None
    if turn.mentions("account_taken"):
        return hand_over(turn, "account_taken")
    if turn.mentions("gave_away") and not _is_another(turn, topic):
        return hand_over(turn, "gave_away")
    if topic is not None and turn.is_urgent(topic):
        return None
    if turn.before.last in WARNED and turn.mentions("in_doubt"):
        return _again(turn)
    why = turn.before.about and turn.words[:1] == ("why",)  # 'why do they want my pin', of a list
    if not turn.mentions("suspicious") or turn.heard.wishes or why or _is_another(turn, topic):
        return None
    return hand_over(turn, "suspicious")


def tells_of_death(turn: Turn) -> bool:
    """Tell whether somebody has died: a clear wish must say so in so many words."""
    unclear = turn.heard.classification.zone != "answer"
    return turn.mentions(GRIEF) or (unclear and turn.case == GRIEF)


def _is_a_lost_card(turn: Turn, topic: Topic | None) -> bool:
    return topic is not None and topic.without_card and turn.is_urgent(topic)


def _is_another(turn: Turn, topic: Topic | None) -> bool:
    """Tell whether a wish of its own is spoken: 'I gave my number to a shop that charged twice'."""
    if turn.heard.classification.confidence < SURELY_ANOTHER:
        return False
    if topic is None:
        return turn.intent == "bot_challenge"  # 'are you a scam' is asked of the program
    return bool(topic.needs) and not topic.after_code
