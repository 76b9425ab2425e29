"""Message -> slot values, by type of slot; knows types, not slots."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from bot import dates, names, places, quantities, text, whereabouts
from bot.cues import CUES
from bot.guide import Slot
from bot.messages import UNCLEAR, Entity
from bot.phrases import Hit, Phrases
from bot.places import AT_HOME
from bot.reading import Reading, last_of
from bot.slips import Slips

MAX_VALUE = 60
"""Characters of one detail; what is longer is a story, not a detail."""
_SHORT_ANSWER = 8
"""Words of a message that still reads as an answer to a question."""
_BARE_ANSWER = 4
"""Words of a message that is hardly more than the answer."""
_ALONE = "alone"
_CHOICE_GROUPS = ("words", "short", _ALONE)
_NAME_GROUPS = (names.AFTER, names.BY, names.OF, names.NEAR, names.NEVER)
_CHARGED = CUES.of_a_charge - CUES.other_date - {"someone", "somebody"}
_OF_US = frozenset("both give gave help let of tell told with".split())
"""Words after which 'us' is no country: 'let us know'."""
_NO_PAIR_AFTER = CUES.article | _OF_US  # 'I own a US company', 'both of us, personal'
_GOING_ON = frozenset(
    "and but so i we do can could is what how where when which will already please now".split()
)
"""Words that go on after an answer without a mark between: 'us and i need it fast'."""
_ASKING = frozenset("do does did can could will would should may how when where who why".split())
"""First words of a question, in which a single word is no answer: 'does my boss hear of it'."""
_JOINING = frozenset("and or a an the my both nor versus".split())
_LINKS = frozenset("and yes i am in from the calling".split())
"""Words between the two details of one answer: 'personal and yes, in the us'."""
_POSSESSIVE = re.compile(r"'?s$")


class Extractor:
    """The slots of a guide, ready to be looked for."""

    def __init__(self, slots: Mapping[str, Slot]) -> None:
        self._slots = slots
        self._phrases = _phrases(slots.values())
        targets = set(self._phrases.vocabulary)
        self._things = {slot.name: frozenset(slot.things) for slot in slots.values()}
        if any(slot.type == "place" for slot in slots.values()):
            places.add_names(self._phrases)
            targets |= places.gazetteer().often_mistyped
        self._slips = Slips(targets, self._phrases.vocabulary)
        self._by_type = {
            "choice": self._choices,
            "place": self._places,
            "date": self._dates,
            "amount": self._amounts,
            "name": self._names,
            "reference": self._references,
        }

    def extract(
        self,
        message: str,
        *,
        asked: str = "",
        at_once: bool = False,
        known: Collection[str] = (),
    ) -> tuple[Entity, ...]:
        """Return the details in a masked message, in its order.

        `asked` is the slot of the open question, or `ANY_SLOT`: what counts only as an
        answer is looked for too. `at_once`: only what is the case now counts, not a flight
        of tomorrow. `known`: slots with a value; where somebody lives is none where it is
        known where they are. Of two values for one slot the later one counts.
        """
        place = asked in self._slots and self._slots[asked].type == "place"
        read = self._read(text.composed(message), bool(asked), at_once, place)
        if not read.words:
            return ()
        found = [
            entity
            for slot in self._slots.values()
            for entity in self._by_type[slot.type](read, slot, slot.name == asked)
        ]
        found = [e for e in found if not (e.slot in known and _is_home(read, e))]
        if len(found) < 2:
            return tuple(found)
        clear = {entity.slot for entity in found if entity.value != UNCLEAR}
        found = [entity for entity in found if entity.value != UNCLEAR or entity.slot not in clear]
        return tuple(sorted(found, key=lambda entity: (entity.start, entity.end)))

    def _read(self, message: str, asked: bool, at_once: bool, place: bool) -> Reading:
        spans = text.word_spans(message)  # of a very long message only the first words
        words = self._slips.repaired([word for word, _, _ in spans])
        hits = self._phrases.find(words)
        when = dates.find(message, spans)
        read = Reading(message, spans, words, hits, [], when, asked, at_once, place)
        named = hits.get(places.GROUP, ())
        if not named:
            return read
        bare = _bare(read, named)
        short = named if asked and len(spans) <= _BARE_ANSWER else ()
        names = bare | {hit.first for hit in short if not _OF_US & set(words[: hit.first][-1:])}
        from_there = frozenset(n for hit in named for n in _of_a_number(read, hit))
        names, bare = names | from_there, bare | from_there
        where = list(places.among(named, message, spans, names=names))
        return replace(read, places=where, bare=bare)

    def _choices(self, read: Reading, slot: Slot, asked: bool) -> Iterator[Entity]:
        """Yield the choices named; with two choices, 'not the one' is the other."""
        hits = _of_choice(read, slot, asked) if read.hits else []
        for hit in _own(read, hits) if len(hits) > 1 else hits:
            asked_about = read.is_asked_about(hit.first, hit.last)
            if read.is_verb(hit.first) or _is_done(read, hit) or (asked_about and not asked):
                continue
            value = hit.value
            if asked_about or _is_joined(read, slot, hit) or read.doubted(hit.first, hit.last):
                value = UNCLEAR
            elif read.negated(hit.first):
                if _is_relatives(read, hit):
                    continue
                others = [choice.value for choice in slot.choices if choice.value != value]
                if len(others) != 1:
                    continue
                value = others[0]
            yield Entity(slot.name, value, read.spans[hit.first][1], read.spans[hit.last][2])

    def _places(self, read: Reading, slot: Slot, asked: bool) -> Iterator[Entity]:
        short = len(read.words) <= _SHORT_ANSWER
        named = [place.words for place in read.places]
        for entity in self._choices(read, slot, asked):
            number = read.number_at(entity.start)
            if not any(first <= number <= last for first, last in named):
                yield entity  # the 'outside' of 'outside the states' is no answer of its own
        things = self._things[slot.name]
        outweighed = whereabouts.outweighed(read) if len(read.places) > 1 else ()
        for place in read.places:
            if slot.about == "card":
                counts = whereabouts.is_of_card(read, place, things)
            else:
                counts = not any(
                    whereabouts.is_of_card(read, place, other)
                    for other in self._things.values()
                    if other
                ) and whereabouts.is_of_person(
                    read,
                    place,
                    answer=place.first in read.bare
                    or (short and (asked or whereabouts.is_told(read, place, slot.home_country))),
                )
            # 'I am American', asked where one is, is no country of its own.
            counts = counts or (asked and place.adjective and place.country == slot.home_country
                                and whereabouts.is_alone(read, place))  # fmt: skip
            if counts and not read.is_asked_about(*place.words) and place not in outweighed:
                at_home = place.country in (slot.home_country, AT_HOME)
                value = slot.home if at_home else slot.away
                if not place.country or read.doubted(place.first, place.last):
                    value = UNCLEAR
                yield Entity(slot.name, value, place.start, place.end)

    def _dates(self, read: Reading, slot: Slot, asked: bool) -> Iterator[Entity]:
        for start, end in read.dates:
            number = read.number_at(start)
            if not asked and _is_other_date(read, number, end):
                continue
            if not read.negated(number):
                yield Entity(slot.name, " ".join(read.text[start:end].split()), start, end)

    def _amounts(self, read: Reading, slot: Slot, asked: bool) -> Iterator[Entity]:
        if not quantities.may_hold_amount(read.text, read.words):
            return
        found = list(quantities.AMOUNT.finditer(read.text))
        if asked and not found and len(read.words) <= _SHORT_ANSWER:
            found = [m for m in quantities.BARE_AMOUNT.finditer(read.text) if not read.is_dated(m)]
        for match in found:
            inside = match.start() < read.spans[-1][2]
            if inside and not _is_other_amount(read, *match.span()):
                yield Entity(slot.name, match.group(), *match.span())

    def _names(self, read: Reading, slot: Slot, asked: bool) -> Iterator[Entity]:
        for first, last in names.names(read, slot, asked=asked):
            start, end = read.spans[first][1], read.spans[last][2]
            yield Entity(slot.name, read.text[start:end][:MAX_VALUE], start, end)

    def _references(self, read: Reading, slot: Slot, asked: bool) -> Iterator[Entity]:
        for start, end in names.references(read, slot):
            yield Entity(slot.name, read.text[start:end], start, end)


def _is_home(read: Reading, entity: Entity) -> bool:
    """Tell whether a detail is the place where the writer lives."""
    return any(
        place.start == entity.start and whereabouts.is_dwelling(read, place)
        for place in read.places
    )


def _phrases(slots: Iterable[Slot]) -> Phrases:
    found = Phrases()
    for slot in slots:
        for kind in _NAME_GROUPS:
            found.add_all(getattr(slot, kind), f"{slot.name}.{kind}", "")
        for choice in slot.choices:
            for kind in _CHOICE_GROUPS:
                found.add_all(getattr(choice, kind), f"{slot.name}.{kind}", choice.value)
    return found


def _of_choice(read: Reading, slot: Slot, asked: bool) -> list[Hit]:
    """Return the phrases that count here, of two that overlap the longer one."""
    words, short, alone = (f"{slot.name}.{kind}" for kind in _CHOICE_GROUPS)
    if read.hits.keys().isdisjoint((words, short, alone)):
        return []
    hits = list(read.hits.get(words, ()))
    # A single word is a whole message only where it answers something.
    asks = read.words[:2] in (["is", "that"], ["is", "this"]) or read.words[0] in _ASKING
    asks = asks and "or" not in read.words
    single = len(read.words) == 1 and slot.type == "choice"
    if single or (asked and len(read.words) <= _SHORT_ANSWER and not asks):
        hits += read.hits.get(short, ())
    hits += [h for h in read.hits.get(alone, ()) if h.first in read.bare or _stands_alone(read, h)]
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.first - h.last, h.first)):
        if all(hit.last < other.first or other.last < hit.first for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.first)


def _bare(read: Reading, named: Sequence[Hit]) -> frozenset[int]:
    """Return the words that are bare details, though more may be said.

    A place beside a choice, at the end of a message ('number personal us') or as the answer
    it begins with ('PERSONAL USA WHAT NOW'); and a place that is an answer of its own: 'us.
    how do I ...'.
    """
    alone = [h for group, row in read.hits.items() if group.endswith(f".{_ALONE}") for h in row]
    found: set[int] = set()
    for pair in product(alone, named):
        first, last = sorted(pair, key=lambda hit: hit.first)
        between = read.words[first.last + 1 : last.first]
        ends = not between and last.last == len(read.words) - 1
        before = read.words[max(0, first.first - 1) : first.first]
        begins = read.answering and CUES.around.issuperset(read.words[: first.first])
        if (ends and _NO_PAIR_AFTER.isdisjoint(before)) or (begins and _LINKS.issuperset(between)):
            found.update(range(first.first, last.last + 1))
    for hit in named if read.answering else ():
        first_word, last_word = read.clause(hit.first, hit.last)
        after = read.words[hit.last + 1 : last_word + 1]
        if read.place_asked and first_word == 0 and not _GOING_ON.isdisjoint(after[:1]):
            after = []
        if not _OF_US.isdisjoint(read.words[max(0, hit.first - 1) : hit.first]):
            continue
        if CUES.around.issuperset((*read.words[first_word : hit.first], *after)):
            found.update(range(hit.first, hit.last + 1))
    return frozenset(found)


def _of_a_number(read: Reading, hit: Hit) -> range:
    """Return the words of a place that ends what is said of a number: 'number from us please'."""
    before = [word for word in read.words[: hit.first] if word != "the"]
    asked = not whereabouts.NUMBERS.isdisjoint(before) and CUES.received.isdisjoint(before)
    asked = asked and "my" not in before  # 'change my number in Mexico'
    wanted = asked and before[-1:] in (["from"], ["in"])
    ends = read.pauses_after(hit.last) or read.words[hit.last + 1 : hit.last + 2] == ["please"]
    return range(hit.first, hit.last + 1) if wanted and ends else range(0)


def _own(read: Reading, hits: list[Hit]) -> list[Hit]:
    """Leave out what is said of somebody else: 'it's my own, hubby's is the corporate one'."""
    own = [hit for hit in hits if not _is_of_others(read, hit)]
    return own or hits


def _is_of_others(read: Reading, hit: Hit) -> bool:
    first, last = read.clause(hit.first, hit.last)
    return any(
        word in CUES.others or _POSSESSIVE.sub("", word) in CUES.others
        for word in read.words[first : last + 1]
    )


def _is_done(read: Reading, hit: Hit) -> bool:
    """Tell whether a single word is what somebody does: 'I work abroad' names no card."""
    return hit.first == hit.last and read.words[hit.first - 1 : hit.first] in (
        ["i"],
        ["we"],
        ["they"],
    )


def _is_relatives(read: Reading, hit: Hit) -> bool:
    """Tell whether 'not mine' means another person's, and no other kind: 'it's my mom's'."""
    possessives = {_POSSESSIVE.sub("", word) for word in read.words if _POSSESSIVE.search(word)}
    return read.words[hit.first] in ("mine", "my") and not possessives.isdisjoint(CUES.others)


def _stands_alone(read: Reading, hit: Hit) -> bool:
    """Tell whether nothing but small words stands between the pauses around a phrase."""
    first, last = read.clause(hit.first, hit.last)
    around = (*read.words[first : hit.first], *read.words[hit.last + 1 : last + 1])
    return CUES.around.issuperset(around)


def _is_joined(read: Reading, slot: Slot, hit: Hit) -> bool:
    """Tell whether 'or' or 'and' joins a phrase to one of another value."""
    for kind in _CHOICE_GROUPS:
        for other in read.hits.get(f"{slot.name}.{kind}", ()):
            if other.value != hit.value:
                before, after = sorted((hit, other), key=lambda h: h.first)
                between = set(read.words[before.last + 1 : after.first])
                if not between.isdisjoint(("or", "and")) and between <= _JOINING:
                    return True
    return False


def _is_other_amount(read: Reading, start: int, end: int) -> bool:
    """Tell whether an amount is not what was charged: 'instead of $50', 'a $5,000 limit'."""
    number, last = read.number_at(start), read.number_at(end)
    before = read.just_before(number, 3)
    weighed = read.text[start:end].endswith("pounds") and not CUES.weight.isdisjoint(before)
    after = read.words[last : last + 1]
    return (
        weighed
        or read.ruled_out(number)
        or not CUES.other_amount.isdisjoint(before)
        or not CUES.other_amount_after.isdisjoint(after)
    )


def _is_other_date(read: Reading, number: int, end: int) -> bool:
    """Tell whether a date is that of a call or a plan: 'next Friday', 'I saw it today'."""
    before = read.just_before(number, 5)
    if not CUES.other_date_next.isdisjoint(before[-2:]):
        return True
    if last_of(before, CUES.other_date) > last_of(before, _CHARGED):
        return True
    last = read.number_at(end)
    if last < len(read.words) and read.pauses_before(last):
        return False
    after = read.words[last : last + 4]
    cut = next((n for n, word in enumerate(after) if word in _CHARGED), len(after))
    return not CUES.other_date_after.isdisjoint(after[:cut])
