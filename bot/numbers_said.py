"""Phone numbers that people name: is it one of the guide's, and who can tell if it is not?"""

from __future__ import annotations

import re
from dataclasses import replace

from bot import beyond, danger
from bot.decision import Decision
from bot.guide import PHONE, GuideRoute, Topic
from bot.messages import OUT_OF_SCOPE
from bot.turn import Outcome, Turn, hand_over, take_up

_NUMBER = re.compile(
    r"(?<![\w+\-])(?:"
    r"(?:\+?1[ .\-]{0,2})?\(?\d{3}\)?[ .\-]{0,2}\d{3}[ .\-]{0,2}\d{4}"
    r"|\+\d(?:[ ().\-]{0,2}\d){7,11}"
    r")(?!\w)"
)
"""A number of the North American plan, however it is grouped, or one with a country's code."""
_NATIONAL_DIGITS = 10
"""Digits of a North American number without the 1 in front."""
_FEW = 3
"""Words beside a number that ask nothing else: 'and what about'."""


def said(text: str) -> list[str]:
    """Return the digits of the phone numbers in a text, without a 1 in front.

    >>> said("is it 1 (800) 555-0147, or +44 20 7946 0123?")
    ['8005550147', '442079460123']
    """
    return [_digits(match.group()) for match in _NUMBER.finditer(text)]


def _digits(number: str) -> str:
    digits = "".join(filter(str.isdigit, number))
    national = digits[1:]
    return national if digits[:1] == "1" and len(national) == _NATIONAL_DIGITS else digits


def checked(turn: Turn) -> Outcome | None:
    """Say whether the guide has a number that somebody asks about, or was called from."""
    numbers = said(turn.heard.text)
    if not numbers or not _is_asked_about(turn) or _is_told_more(turn):
        return None
    listed = _listed(turn)
    ours = [listed[number] for number in dict.fromkeys(numbers) if number in listed]
    if (emergency := _emergency(turn)) is not None:
        decision, after = take_up(turn, emergency.id)
        notes = decision.notes if ours else (*decision.notes, "not_listed")
        return replace(decision, notes=notes), after
    if not ours:
        printed = turn.mentions("on_the_card")
        return hand_over(turn, "printed" if printed else "not_listed")
    came = "listed_caller" if turn.mentions("called_from") else "listed"
    saying = came if len(ours) == len(set(numbers)) else "listed_partly"
    asks = turn.before.asking or None
    decision = Decision("person", turn.intent or OUT_OF_SCOPE, (*ours,), saying=saying, asks=asks)
    return decision, replace(turn.session, options=(), clarified=0, last=saying)


def _emergency(turn: Turn) -> Topic | None:
    """Return the emergency that the message is likely about besides."""
    heard, likely = turn.heard.classification, turn.wants()
    if likely is None and heard.zone != "unknown":
        likely = turn.guide.topics.get(heard.ranking[0][0])
    return likely if likely is not None and turn.is_urgent(likely) else None


def _listed(turn: Turn) -> dict[str, GuideRoute]:
    """Return the guide's numbers, each under its digits."""
    phones = [r for r in turn.guide.routes.values() if r.route.channel == PHONE]
    return {_digits(route.route.value): route for route in phones}


def _is_asked_about(turn: Turn) -> bool:
    """Tell whether a number is named to learn whose it is; their own is not."""
    if turn.mentions("own_number") or any(
        said(turn.heard.text[entity.start : entity.end]) for entity in turn.heard.entities
    ):
        return False
    if any(map(turn.mentions, ("called_from", "in_doubt", "on_the_card"))):
        return True
    wish = turn.wants()
    if wish is not None and wish.routes[:1] != (PHONE,):
        return False  # 'why did 1-800-... charge me'
    if "?" in turn.heard.text or beyond.asks(turn):
        return True
    # A bare one is asked about too, but where details for the call sheet are wanted.
    beside = _NUMBER.sub(" ", turn.heard.text).split()
    return len(beside) <= _FEW and turn.before.last not in ("offer", "sheet")


def _is_told_more(turn: Turn) -> bool:
    """Tell whether the message tells what is worse than a number: a code given away."""
    return turn.case in danger.URGENT or any(turn.mentions(kind) for kind in danger.URGENT)
