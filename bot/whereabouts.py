"""What a place has to do with the person: where they are, where the card is from, or neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from bot.cues import CUES
from bot.phrases import Hit
from bot.places import ANYWHERE_ELSE, AT_HOME, Place, gazetteer
from bot.reading import Reading, last_of

_FAR_BACK = 9
"""Words before a place in which its verb is looked for."""
_STAYING = frozenset("am is are still now here staying".split())
_HOUSE = 3
"""Words of 'the airport hotel'."""
_SCENES = frozenset({"airport", "station", "metro", "subway", "hotel", "beach", "port"})
"""Places in a city, at one of which something happened."""
_SOON = 7
"""Words after a place in which it is told what happened there."""
_AT_A_MACHINE = frozenset("use used using ticket tickets hotel restaurant store shop".split())
"""Words of a purchase that may stand before it all the same: 'used a ticket machine in Rome'."""
_TAKEN = frozenset("it card cards wallet purse bag".split())
"""What is taken there."""
_LINKS = frozenset({"is", "was", "are", "one"})
"""Words that may stand between a thing and 'from'."""
_CHARGES = CUES.of_a_charge - CUES.business
"""Who is asked where they are may well answer 'hotel in Rome'."""
_LEADING = frozenset(
    "in at actually sorry no wait i am it is its mean meant now well rather but please".split()
)
"""Words beside a place that is a clause of its own all the same."""
_THE_LOSS = frozenset("my the card cards wallet purse lost stolen gone missing".split())
"""The same where a card is gone."""
_ANSWERS = (".short", ".alone")
"""Endings of the groups of phrases that are hardly more than an answer, see `bot.guide.Choice`."""
_AND_THEN = frozenset({"and", "but", "so", "because"})
_GOING_ON = frozenset({"and", "or", "but", "what"})
"""First words of a message that leans on the one before."""
_AND_ON = re.compile(r" [A-Z][a-z]")
NUMBERS = frozenset("number numbers line hotline call dial phone".split())
"""What a customer who says from where asks for."""
_OTHER_CASE = frozenset("and or but what about how same also if then now".split())


def is_of_card(read: Reading, place: Place, things: Collection[str]) -> bool:
    """Tell whether a thing comes from there: 'my card is from', 'a British card'.

    `things`: words for the thing, those of several words with one space.
    """
    before = [w for w in read.before(place.first, 6) if w != "the"]
    if _adjoins_thing(read, place, things):
        return not (place.country == AT_HOME or before[-1:] == ["in"])
    if set(before) & CUES.of_a_charge:
        return False
    if "issued" in before:
        own = read.words[place.first]
        return before[-1] in ("in", "by", "from") or (before[-1] == "issued" and own == "in")
    at = _last_thing(before, things)
    if place.adjective:
        return at >= 0 and before[at + 1 :] in (["is"], ["is", "a"], ["was"])
    if at <= 0 or not before[at + 1 :] or before[-1] not in ("from", "of", "in", "by"):
        return False
    if not _LINKS.issuperset(before[at + 1 : -1]):
        return False
    if before[-1] in ("in", "by"):
        return before[-1] == "in" and "opened" in before
    # 'Can I report a card from France?' is about the caller.
    return before[at + 1] != "from" or CUES.calling.isdisjoint(before[:at])


def _last_thing(before: list[str], things: Collection[str]) -> int:
    """Return the number of the last word of the last thing among the words, or -1."""
    for number in range(len(before) - 1, -1, -1):
        if before[number] in things or " ".join(before[max(0, number - 1) : number + 1]) in things:
            return number
    return -1


def _adjoins_thing(read: Reading, place: Place, things: Collection[str]) -> bool:
    # 'Germany, card stolen' is not a German card.
    if read.text[place.end : place.end + 1] not in (" ", "-"):
        return False
    after = read.words[place.last + 1 : place.last + 4]
    if after[:1] == ["issued"]:
        after = after[1:]
    if after[:1] == ["one"]:  # 'my card is a UK one'
        return _last_thing(read.before(place.first, 4), things) >= 0
    return bool(after) and (after[0] in things or " ".join(after[:2]) in things)


def is_of_person(read: Reading, place: Place, *, answer: bool) -> bool:
    """Tell whether the writer is or will be there; `answer`: they were asked just that.

    In an emergency it counts only where they are.
    """
    if place.adjective or read.negated(place.first):
        return False
    before = read.before(place.first, _FAR_BACK)
    bare = [word for word in before if word not in CUES.set_aside]
    if read.at_once and (_is_scene(read, place, before) or _is_kept_there(read, place, bare)):
        return True
    if _is_part_of_name(read, place) or (read.at_once and _is_ahead(read, place)):
        return False
    if _is_staying(bare):
        return True
    charge = last_of(bare, CUES.of_a_charge)
    if answer and last_of(bare, _CHARGES) < 0 and not _other_persons(bare):
        number = place.first in read.bare and not NUMBERS.isdisjoint(bare)
        # 'and from Brazil?', 'personal, from Ohio'
        other = _OTHER_CASE.issuperset(set(bare[:-1]) - _words_of_answers(read))
        given = bare[-1:] != ["from"] or number or (read.answering and other)
        return given or _is_calling(bare)
    cue = max(last_of(bare, CUES.of_the_person), last_of(bare, CUES.mishap))
    if bare[-1:] == ["from"]:
        cue = max(cue, last_of(bare, CUES.calling))
    if charge > cue or (charge == cue and charge >= 0):
        return False
    if _is_past(read, place, bare, cue) or _other_persons(bare) or _is_of_thing(read, place, bare):
        return False
    if place.country in (ANYWHERE_ELSE, AT_HOME) or _is_supposed(read, bare):
        return True
    if bare[-1:] == ["from"]:
        return _is_calling(bare)
    if len(bare) == 1 or (bare[-1:] == ["in"] and is_alone(read, place)):
        return bare[-1] == "in"
    return cue >= 0 and bare[-1] in CUES.prepositions


def _is_scene(read: Reading, place: Place, before: list[str]) -> bool:
    """Tell whether an emergency happened there, with no word between: 'mugged barcelona'."""
    if before[-1:] == [] or before[-1] not in CUES.mishap or _other_persons(before):
        return False
    after = read.words[place.last + 1 : place.last + 2]
    return not _is_part_of_name(read, place) or not _SCENES.isdisjoint(after)


def _is_kept_there(read: Reading, place: Place, before: list[str]) -> bool:
    """Tell whether the card was taken there by what stands before: 'a machine in Rome ate it'."""
    after = read.words[place.last + 1 : place.last + _SOON]
    kept = next((at for at, word in enumerate(after) if word in CUES.kept), -1)
    if before[-1:] != ["in"] or kept < 0 or _TAKEN.isdisjoint(after[kept:]):
        return False
    hers = _other_persons(before) or not CUES.their_own.isdisjoint(after)
    bought = not (CUES.of_a_charge - _AT_A_MACHINE).isdisjoint(before)
    return not hers and not bought and not _is_part_of_name(read, place)


def _is_staying(before: list[str]) -> bool:
    """Tell whether the writer is in a house there: 'I am at a hotel in Lisbon'."""
    at = last_of(before, ("at",))
    house = before[at + 1 : -1]
    if at < 0 or before[-1:] != ["in"] or not 0 < len(house) <= _HOUSE:
        return False
    if house[-1] not in CUES.business or not CUES.of_a_charge.isdisjoint(before[:at]):
        return False
    lost = last_of(before[:at], CUES.mishap) >= 0 and not _other_persons(before)
    return lost or set(before[:at]) <= CUES.writer | _STAYING


def outweighed(read: Reading) -> tuple[Place, ...]:
    """Return where the writer lives, if another place is where they are: 'but I live in Ohio'."""
    homes = tuple(place for place in read.places if is_dwelling(read, place))
    others = (place for place in read.places if place not in homes)
    here = bool(homes) and any(is_of_person(read, place, answer=False) for place in others)
    return homes if here else ()


def is_dwelling(read: Reading, place: Place) -> bool:
    """Tell whether it is where the writer lives, wherever they are now."""
    before = read.before(place.first, _FAR_BACK)
    cue = last_of(before, CUES.of_the_person)
    return cue >= 0 and before[cue] in CUES.dwelling


def _is_supposed(read: Reading, before: list[str]) -> bool:
    """Tell whether another case is asked about: 'and if I was in England?'."""
    supposed = before[-4:-2] == ["if", "i"] and before[-2:] in (["was", "in"], ["were", "in"])
    return supposed and read.words[0] in _GOING_ON


def _is_ahead(read: Reading, place: Place) -> bool:
    """Tell whether the writer has yet to go there: 'I fly to London tomorrow'."""
    first, last = read.clause(place.first, place.last)
    clause, before = read.words[first : last + 1], read.words[first : place.first]
    if CUES.ahead.isdisjoint(clause) or "last" in clause:
        return False
    going = last_of(before, CUES.setting_out)
    if going >= 0 and before[-1] in ("to", "for"):
        mishap = last_of(before[:going], CUES.mishap)
        # 'Lost it travelling to Rome the next day' has happened.
        return mishap < 0 or not _AND_THEN.isdisjoint(before[mishap:going])
    # 'Spain next week', 'tomorrow I will be in Spain', but not 'stolen in Rome on Monday'
    return (CUES.mishap | CUES.past).isdisjoint(clause)


def is_alone(read: Reading, place: Place) -> bool:
    """Tell whether a place is all of its clause, or all but another detail.

    'personal, in Maine', 'corporate Phoenix', 'actually Thailand'.
    """
    beside = _beside(read)
    first, last = place.first, place.last
    while first > 0 and not read.pauses_before(first) and beside(first - 1):
        first -= 1
    while last + 1 < len(read.words) and not read.pauses_after(last) and beside(last + 1):
        last += 1
    begins = first == 0 or read.pauses_before(first)
    return begins and (last == len(read.words) - 1 or read.pauses_after(last))


def is_told(read: Reading, place: Place, home: str) -> bool:
    """Tell whether a place on its own says, unasked, where somebody is.

    A country or state at home, or beside another detail: 'number please, us', 'personal, Spain'.
    """
    if not is_alone(read, place):
        return False
    if read.answering or read.at_once:
        return True
    if " ".join(read.words[place.first : place.last + 1]) not in gazetteer().wide:
        return False  # 'personal card, Seattle' may say where it happened
    if not CUES.of_a_charge.isdisjoint(read.words):
        return False  # 'a hotel, Rome, charged me'
    if place.country == home:
        return True
    return any(read.clause(hit.first, hit.last) == (hit.first, hit.last) for hit in _answers(read))


def _answers(read: Reading) -> Iterator[Hit]:
    """Yield the phrases that are hardly more than an answer."""
    for group, hits in read.hits.items():
        if group.endswith(_ANSWERS):
            yield from hits


def _words_of_answers(read: Reading) -> set[str]:
    return {word for hit in _answers(read) for word in read.words[hit.first : hit.last + 1]}


def _beside(read: Reading) -> Callable[[int], bool]:
    """Return what tells whether a word may stand beside a place that is an answer.

    It may answer another question ('personal Tokyo'), or name the loss: 'card lost Tokyo'.
    """
    open_one = read.answering or read.at_once
    hits = _answers(read) if open_one else ()
    answers = {number for hit in hits for number in range(hit.first, hit.last + 1)}
    small = _LEADING | (_THE_LOSS if read.at_once else frozenset())
    return lambda number: read.words[number] in small or number in answers


def _is_of_thing(read: Reading, place: Place, before: list[str]) -> bool:
    """Tell whether a call or a charge came from there: 'something from a shop in Reno'."""
    after = read.words[place.last + 1 : place.last + 5]
    if "me" in after and not CUES.called_me.isdisjoint(after[: after.index("me")]):
        return True
    at = last_of(before, ("from",))
    if at < 1 or before[at - 1] in CUES.calling:
        return False
    return len(before) > at + 2 and before[at + 1] in CUES.article


def _is_calling(before: list[str]) -> bool:
    """Tell whether 'from' belongs to a call of the writer: not 'I am from', 'I got a call from'."""
    if not CUES.origin.isdisjoint(before[-2:-1]):
        return False
    return not CUES.calling.isdisjoint(before) and CUES.received.isdisjoint(before)


def _is_past(read: Reading, place: Place, before: list[str], cue: int) -> bool:
    """Tell whether it was the case once, or was called off."""
    if cue >= 0 and before[cue] in CUES.lasting and "used" not in before:
        return last_of(before, CUES.past) >= 0
    after = read.words[place.last + 1 : place.last + 5]
    if CUES.called_off & set(after) or ("last" in after and CUES.long_past & set(after)):
        return True
    if "ago" in after and CUES.long_past & set(after):
        return True
    if cue < 0 or before[cue] in CUES.mishap:
        return False
    verb = before[max(0, cue - 2) : cue]
    writer = last_of(before, CUES.writer)
    return "used" in before[:cue] or bool(CUES.past & set(verb) and writer < cue)


def _other_persons(before: list[str]) -> bool:
    """Tell whether somebody else is the one who is there."""
    mishap = last_of(before, CUES.mishap)
    if mishap >= 0 and CUES.their_own & set(before) and not CUES.writer & set(before):
        return True
    other = last_of(before, CUES.others)
    if other < 0 or last_of(before, CUES.writer) > other:
        return False
    leading = before[:other]
    if {"with", "visiting", "visit", "see", "seeing"} & set(leading):
        return False
    if "and" in leading and CUES.writer & set(leading):
        return False
    return not (mishap > other and not CUES.their_own & set(before[mishap:]))


def _is_part_of_name(read: Reading, place: Place) -> bool:
    """Tell whether the name goes on ('Paris Cafe'), so that it is a shop and not the city."""
    following = place.last + 1
    if following >= len(read.words) or read.pauses_before(following):
        return False
    if read.words[following] in CUES.business:
        return True
    if not (read.text[place.start].isupper() and _AND_ON.match(read.text, place.end)):
        return False
    return not read.shouted and not any(other.first == following for other in read.places)
