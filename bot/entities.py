"""Message -> slot values, by type of slot; knows types, not slots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot import places, quantities, text
from bot.guide import Slot
from bot.messages import Entity
from bot.places import AT_HOME, Place

UNCLEAR = ""
"""Value of a detail that was given but could be either: 'Georgia'. It is asked, not guessed."""
MAX_VALUE = 60
"""Characters of one detail; what is longer is a story, not a detail."""
_SHORT_ANSWER = 8
"""Words of a message that still reads as an answer to a question."""
_BARE_ANSWER = 4
"""Words of a message that is hardly more than the answer."""

_NOT = frozenset({"not", "no", "never", "neither", "nor"})
_BETWEEN_NOT = frozenset(
    "a an my the in from is it one being at our your have got calling going to currently now "
    "travelling traveling visiting".split()
)
# Words that put a purchase or another person, not the writer, into the place.
_OF_A_CHARGE = frozenset(
    (
        "charge charges charged purchase purchases purchased transaction transactions bought "
        "buying spent someone somebody used using order ordered merchant store shop payment "
        "paid seller hotel restaurant website company born grew bill billed"
    ).split()
)
_OF_THE_PERSON = frozenset(
    (
        "am are currently now here stuck staying stay traveling travelling travel vacation "
        "holiday holidays trip visiting visit living live based calling call ring ringing "
        "phoning phone dial landed arrived going go fly flying flew heading headed moving moved "
        "working stranded honeymoon cruise tour deployed stationed posted studying study be "
        "while home back getting driving lost stolen stole robbed mugged pickpocketed "
        "backpacking sitting standing arriving conference reach contact we're transit layover"
    ).split()
)
_CALLING = frozenset("calling call ring ringing phoning phone dial dialing reach contact".split())
_PREPOSITIONS = frozenset(
    (
        "in to at around through near across within inside into over visiting here outside "
        "currently round via"
    ).split()
)
_CARD = frozenset("card cards amex one account cardmember".split())
_NAME_ENDS = frozenset(
    (
        "for on of that which was is in at and but i we it they my the this last yesterday "
        "today because so when where with to from has have had charged twice again saying says "
        "please came showed shows appeared never been a an by"
    ).split()
)
_NO_NAME = frozenset(
    "some someone somebody somewhere a an my this that them it her him his their".split()
)


@dataclass(frozen=True, slots=True)
class _Message:
    """A masked message, read once for all slots."""

    text: str
    spans: list[tuple[str, int, int]]
    """(word, start, end)"""
    words: list[str]
    places: list[Place]

    def words_before(self, start: int, most: int) -> list[str]:
        """Return the words of the same sentence before a place in the text, last ones."""
        sentence = max(self.text.rfind(mark, 0, start) for mark in ".!?;\n")
        return [w for w, a, b in self.spans if a > sentence and b <= start][-most:]

    def is_verb(self, number: int) -> bool:
        """Tell whether a word follows a negated 'do': 'it does not work' names no card."""
        before = self.words[max(0, number - 2) : number]
        return before[1:] == ["not"] and before[0] in ("do", "does", "did")

    def negated(self, number: int) -> bool:
        """Tell whether a 'not' governs the word of that number; 'no, personal' is none."""
        for place in range(number - 1, max(-1, number - 5), -1):
            word, _, end = self.spans[place]
            following = self.spans[place + 1][1]
            if following > end and not self.text[end:following].isspace():
                return False
            if word in _NOT:
                return True
            if word not in _BETWEEN_NOT:
                return False
        return False

    def words_after(self, end: int, most: int) -> list[str]:
        """Return the next words after a place in the text."""
        return [w for w, a, _ in self.spans if a >= end][:most]


class Extractor:
    """The slots of a guide, ready to be looked for."""

    def __init__(self, slots: Mapping[str, Slot]) -> None:
        self._slots = slots
        self._phrases = {
            (slot.name, asked): _Phrases(slot, asked=asked)
            for slot in slots.values()
            for asked in (False, True)
        }
        self._by_type = {
            "choice": self._choices,
            "place": self._places,
            "date": self._dates,
            "amount": self._amounts,
            "name": self._names,
            "reference": self._references,
        }
        self._wants_places = any(slot.type == "place" for slot in slots.values())

    def extract(self, message: str, *, asked: str = "") -> tuple[Entity, ...]:
        """Return the details in a masked message, in its order.

        `asked` is the slot of the open question: what counts only as an answer to
        it is looked for too. Of two values for one slot the later one counts.
        """
        message = text.composed(message)
        spans = text.word_spans(message)
        any_case = bool(asked) and len(spans) <= _BARE_ANSWER
        # Of a very long message only the first words are read; a place must be among them.
        last = spans[-1][1] if spans else -1
        wanted = places.find(message, any_case=any_case) if self._wants_places else ()
        named = [place for place in wanted if place.start <= last]
        read = _Message(message, spans, [word for word, _, _ in spans], named)
        found = [
            entity
            for slot in self._slots.values()
            for entity in self._by_type[slot.type](read, slot, slot.name == asked)
        ]
        clear = {entity.slot for entity in found if entity.value != UNCLEAR}
        found = [entity for entity in found if entity.value != UNCLEAR or entity.slot not in clear]
        return tuple(sorted(found, key=lambda entity: (entity.start, entity.end)))

    def _choices(self, read: _Message, slot: Slot, asked: bool) -> Iterator[Entity]:
        """Yield the choices named; with two choices, 'not the one' is the other."""
        # A single word is a whole message only where it answers something.
        alone = len(read.words) == 1 and slot.type == "choice"
        short = alone or (asked and len(read.words) <= _SHORT_ANSWER)
        for value, first, last in self._phrases[slot.name, short].find(read.words):
            if read.is_verb(first):
                continue
            if read.negated(first):
                others = [choice.value for choice in slot.choices if choice.value != value]
                if len(others) != 1:
                    continue
                value = others[0]
            yield Entity(slot.name, value, read.spans[first][1], read.spans[last][2])

    def _places(self, read: _Message, slot: Slot, asked: bool) -> Iterator[Entity]:
        answer = asked and len(read.words) <= _SHORT_ANSWER
        if answer:
            yield from self._choices(read, slot, asked)
        for place in read.places:
            of_card = _is_of_card(read, place)
            counts = (
                of_card
                if slot.about == "card"
                else not of_card and _is_of_person(read, place, answer)
            )
            if counts:
                at_home = place.country in (slot.home_country, AT_HOME)
                value = slot.home if at_home else slot.away
                if not place.country:
                    value = UNCLEAR
                yield Entity(slot.name, value, place.start, place.end)

    def _dates(self, read: _Message, slot: Slot, asked: bool) -> Iterator[Entity]:
        for match in quantities.DATE.finditer(read.text):
            yield Entity(slot.name, " ".join(match.group().split()), match.start(), match.end())

    def _amounts(self, read: _Message, slot: Slot, asked: bool) -> Iterator[Entity]:
        for match in quantities.AMOUNT.finditer(read.text):
            yield Entity(slot.name, match.group(), match.start(), match.end())

    def _names(self, read: _Message, slot: Slot, asked: bool) -> Iterator[Entity]:
        for _, _, last in self._phrases[slot.name, False].find(read.words):
            following = read.spans[last + 1 : last + 5]
            size = _name_size(read, last, following)
            if size and following[0][0] not in _NO_NAME:
                start, end = following[0][1], following[size - 1][2]
                yield Entity(slot.name, read.text[start:end][:MAX_VALUE], start, end)

    def _references(self, read: _Message, slot: Slot, asked: bool) -> Iterator[Entity]:
        for _, _, last in self._phrases[slot.name, False].find(read.words):
            match = _REFERENCE.match(read.text, read.spans[last][2])
            if match:
                yield Entity(slot.name, match[1], match.start(1), match.end(1))


_REFERENCE = re.compile(
    r"[\s:#,]*(?:(?:number|no\.?|is|was|it's|num)[\s:#]+){0,2}((?=[A-Z\-]*\d)[A-Z0-9][A-Z0-9\-]{3,29})\b",
    re.IGNORECASE,
)


def _name_size(read: _Message, last: int, following: list[tuple[str, int, int]]) -> int:
    """Return how many of the words that follow belong to a name."""
    end = read.spans[last][2]
    for number, (word, start, word_end) in enumerate(following):
        if word in _NAME_ENDS or text.is_number(word) or _PAUSE.search(read.text, end, start):
            return number
        end = word_end
    return len(following)


_PAUSE = re.compile(r"[,;:!?()]|\.\s")


class _Phrases:
    """The phrases of one slot, by their first word."""

    def __init__(self, slot: Slot, *, asked: bool) -> None:
        self._by_first: dict[str, list[tuple[list[str], str]]] = {}
        pairs = [(phrase, "") for phrase in slot.after]
        for choice in slot.choices:
            pairs += [(phrase, choice.value) for phrase in choice.words]
            pairs += [(phrase, choice.value) for phrase in choice.short if asked]
        for phrase, value in pairs:
            row = phrase.split()
            self._by_first.setdefault(row[0], []).append((row, value))
        for rows in self._by_first.values():
            rows.sort(key=lambda entry: -len(entry[0]))

    def find(self, words: list[str]) -> Iterator[tuple[str, int, int]]:
        """Yield (value, number of the first word, of the last), longest phrases first."""
        at = 0
        while at < len(words):
            for row, value in self._by_first.get(words[at], ()):
                if words[at : at + len(row)] == row:
                    yield value, at, at + len(row) - 1
                    at += len(row) - 1
                    break
            at += 1


def _is_of_card(read: _Message, place: Place) -> bool:
    """Tell whether it is the card that comes from there: 'my card is from', 'a British card'."""
    before = read.words_before(place.start, 5)
    # 'Germany, card stolen' is not a German card.
    adjoining = read.text[place.end : place.end + 1] in (" ", "-")
    after = read.words_after(place.end, 2) if adjoining else []
    if _CARD & set(after[:1]) or after in (["american", "express"], ["issued", "card"]):
        return True
    own = [word for word, start, _ in read.spans if place.start <= start < place.end]
    before = [word for word in before if word != "the"]
    if _OF_A_CHARGE & set(before):
        return False
    if [*before, *own][len(before) - 2 :][:2] in (["issued", "in"], ["issued", "by"]):
        return True
    if before[-1:] == ["issued"] and own[0] == "in":
        return True
    if place.adjective:
        return before[-1:] == ["is"] and bool(_CARD & set(before[-2:-1]))
    stripped = [word for word in before if word not in ("the", "is", "was", "are", "issued", "in")]
    return len(stripped) > 1 and stripped[-1] in ("from", "of") and stripped[-2] in _CARD


def _is_of_person(read: _Message, place: Place, answer: bool) -> bool:
    """Tell whether the writer is or will be there."""
    before = read.words_before(place.start, 7)
    number = next(n for n, (_, start, _) in enumerate(read.spans) if start >= place.start)
    if place.adjective or read.negated(number) or _is_part_of_name(read, place):
        return False
    bare = [word for word in before if word not in ("the", "beautiful", "sunny", "rainy")]
    if answer and not _OF_A_CHARGE & set(bare) and (bare[-1:] != ["from"] or len(bare) == 1):
        return True
    cues = [n for n, word in enumerate(bare) if word in _OF_THE_PERSON]
    charges = [n for n, word in enumerate(bare) if word in _OF_A_CHARGE]
    if charges and (not cues or charges[-1] > cues[-1]):
        return False
    if place.country in (places.ANYWHERE_ELSE, AT_HOME):
        return True
    if bare[-1:] == ["from"]:
        return bool(_CALLING & set(bare))
    if len(bare) == 1:
        return bare[0] == "in"
    return bool(cues) and bare[-1] in _PREPOSITIONS


def _is_part_of_name(read: _Message, place: Place) -> bool:
    """Tell whether the name goes on ('Paris Cafe'), so that it is a shop and not the city."""
    rest = read.text[place.end : place.end + 30]
    if not (read.text[place.start].isupper() and re.match(r" [A-Z][a-z]", rest)):
        return False
    return not any(other.start == place.end + 1 for other in read.places)
