"""Names of merchants and reference numbers: what stands beside the words that announce them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot import text
from bot.cues import CUES
from bot.dates import NAME_WORDS
from bot.guide import Slot
from bot.phrases import Hit
from bot.reading import Reading, last_of
from bot.typos import common_words

AFTER, BY, OF, NEAR, NEVER = "after", "by", "of", "near", "never"
"""Groups of the phrases of a slot, see `guide.Slot`."""
_MOST_WORDS = 6
_LOWER_WORDS = 3
"""Words of a name in small letters, where nothing but the next verb says where it ends."""
_NEAR = 6
"""Words between what was bought and 'from'."""
_LEADING = 8
"""Words of a bare answer up to 'from'."""
_PREPOSITIONS = frozenset({"from", "at", "by", "with", "via"})
_NEAR_PREPOSITIONS = frozenset({"from", "at", "by"})
_CALLED = frozenset({"as", "to", "called", "named", "labelled", "labeled", "name"})
_JOINERS = frozenset({"of", "the", "and", "de", "la", "le", "du"})
_PAUSE = re.compile(r"[,;:!?()\"\n]|\.\s|\s-+\s|[\u2013\u2014$€£⟦]")
# Of 'at first glance': no shop is called so, though nobody else is asked for.
_NO_SHOP = frozenset(
    "very so too first last second good bad nothing something anything people late early".split()
)
_BEFORE_ALONE = frozenset(
    "it is was the shop store merchant company name seller i think called from at".split()
)
_BARE = frozenset("it is was from at by with the charge a purchase".split())

Found = Iterator[tuple[int, int]]


def names(read: Reading, slot: Slot, *, asked: bool = False) -> Found:
    """Yield (first, last) word of each name that the message gives; `asked`: as was wanted."""
    groups = {kind: f"{slot.name}.{kind}" for kind in (AFTER, BY, OF, NEAR, NEVER)}
    announced = not read.hits.keys().isdisjoint(groups.values())
    if not (asked or announced or not _NEAR_PREPOSITIONS.isdisjoint(read.words)):
        return
    hits = {kind: read.hits.get(group, []) for kind, group in groups.items()}
    never = hits[NEVER]
    found = [*_after(read, hits[AFTER]), *_near(read, hits[NEAR]), *_bare(read, asked)]
    found += [*_by(read, hits[BY]), *_of(read, hits[OF]), *(_alone(read) if asked else ())]
    taken = -1
    for first, last in sorted(set(found), key=lambda pair: (pair[0], -pair[1])):
        if first > taken and not _is_something_else(read, first, last, never):
            taken = last
            yield first, last


def _after(read: Reading, hits: list[Hit]) -> Found:
    """'A charge from X': after a preposition any name, after 'called' only a plain one."""
    for hit in hits:
        size = _size(read, hit.last + 1)
        announces = read.words[hit.last]
        if size and (
            announces in _PREPOSITIONS
            or _is_proper(read, hit.last + 1)
            or (announces in _CALLED and _is_plain(read, hit.last + 1))
        ):
            yield hit.last + 1, hit.last + size


def _near(read: Reading, hits: list[Hit]) -> Found:
    """'I ordered shoes from X': a purchase, and the preposition a few words on."""
    for hit in hits:
        for number in range(hit.last + 1, min(hit.last + 1 + _NEAR, len(read.words) - 1)):
            leads = read.words[number] in _NEAR_PREPOSITIONS
            if read.pauses_before(number) and not (leads and number == hit.last + 1):
                break  # but '45 dollars, from X'
            if leads:
                size = _size(read, number + 1)
                if size and _is_plain(read, number + 1):
                    yield number + 1, number + size


def _bare(read: Reading, asked: bool) -> Found:
    """'From X', 'yesterday, it was at X': hardly more than the name, and when it was.

    Who was asked for it may give one of several common words: 'at best buy'.
    """
    at = last_of(read.words[:_LEADING], _NEAR_PREPOSITIONS)
    size = _size(read, at + 1) if at >= 0 else 0
    around = (
        word
        for number, word in enumerate(read.words)
        if not (at < number <= at + size or text.is_number(word) or _in_date(read, number))
    )
    several = asked and size > 1 and _NO_SHOP.isdisjoint(read.words[at + 1 : at + 1 + size])
    if size and _BARE.issuperset(around) and (several or _is_plain(read, at + 1)):
        yield at + 1, at + size


def _alone(read: Reading) -> Found:
    """'Lyft' between two pauses, 'uber eats 23.40': as who was asked for it writes it."""
    at = 0
    while at < len(read.words):
        last = read.clause(at, at)[1]
        at = next((n for n in range(at, last) if read.words[n] not in _BEFORE_ALONE), last)
        size = _length(read, at)
        words = range(at, at + size)
        rare = any(read.words[n] not in common_words() for n in words)
        if rare or (size > 1 and all(map(read.capital, words))):
            yield at, at + size - 1
        at = max(at + size, last + 1)


def _by(read: Reading, hits: list[Hit]) -> Found:
    """'X charged me': back to the start of the clause, or as far as the capitals go."""
    for hit in hits:
        if any(read.pauses_after(number) for number in range(hit.first, hit.last)):
            continue  # 'unauthorized charges, my card is cracked'
        last = hit.first - 1
        while last >= 0 and read.words[last] in CUES.between_name and not read.pauses_after(last):
            last -= 1
        if last < 0 or (read.pauses_after(last) and not read.capital(last)):
            continue
        first = _back(read, last)
        if first <= last and (read.capital(first) or _is_subject(read, first, last)):
            yield first, last


def _back(read: Reading, last: int) -> int:
    """Return the first word of a name that ends with a word; the one after it for none."""
    first = last + 1
    capitals = read.capital(last) and not read.shouted
    for number in range(last, max(-1, last - 4), -1):
        word = read.words[number]
        capital = read.capital(number)
        stops = word in CUES.no_name or word in CUES.name_ends
        if stops and not (capital and 0 < number < last and not read.shouted and word in _JOINERS):
            break
        if capitals and not capital:
            break
        first = number
        if read.pauses_before(number):
            break
    return first


def _is_subject(read: Reading, first: int, last: int) -> bool:
    """Tell whether words in small letters are a name: one word, or one that is uncommon."""
    words = read.words[first : last + 1]
    before = read.words[first - 1] if not read.pauses_before(first) else ""
    if before in CUES.no_name or before == "the" or len(words) > _LOWER_WORDS:
        return False
    return len(words) == 1 or not common_words().issuperset(words)


def _of(read: Reading, hits: list[Hit]) -> Found:
    """'The X charge': only with a capital inside a sentence."""
    for hit in hits:
        last = hit.first - 1
        if last < 0 or read.shouted or read.pauses_after(last) or not read.capital(last):
            continue
        first = _back(read, last)
        if first > last or not read.text[read.spans[first][1]].isupper():
            continue
        if not read.pauses_before(first):
            yield first, last


def _size(read: Reading, first: int) -> int:
    """Return how many words after others are a name; 0 when none begins there."""
    if first >= len(read.words) or read.pauses_before(first):
        return 0
    return _length(read, first)


def _length(read: Reading, first: int) -> int:
    """Return how many words from a word on are a name; 0 when it is none."""
    words = read.words
    if words[first] in CUES.no_name:
        return 0
    start = first + 1 if words[first] == "the" else first
    if start >= len(words) or (start > first and (read.shouted or not read.capital(start))):
        return 0
    proper = read.capital(start) and not read.shouted
    most = _MOST_WORDS if proper else _LOWER_WORDS
    number = start
    while number < len(words) and number - start < most:
        if number > start and not _goes_on(read, number, proper):
            break
        if number == start and (words[start] in CUES.name_ends or _is_date_or_number(read, start)):
            return 0
        number += 1
    while number > start and words[number - 1] in _JOINERS:
        number -= 1
    return number - first if number > start else 0


def _goes_on(read: Reading, number: int, proper: bool) -> bool:
    word, before = read.words[number], read.spans[number - 1][2]
    if _PAUSE.search(read.text, before, read.spans[number][1]):
        return False
    attached = read.spans[number][1] - before <= 1 and not read.text[before : before + 1].isspace()
    if attached:
        return True
    if text.is_number(word) or _in_date(read, number):
        return False
    if proper:
        if read.capital(number):
            return word not in ("i", "please", "yesterday")
        following = number + 1
        joins = word in _JOINERS and following < len(read.words) and read.capital(following)
        return (joins and word != "and") or word in CUES.business
    return word not in CUES.name_ends


def _is_plain(read: Reading, first: int) -> bool:
    """Tell whether a name shows that it is one: by a capital, or as an uncommon word."""
    return _is_proper(read, first) or read.words[first] not in common_words()


def _is_proper(read: Reading, first: int) -> bool:
    """Tell whether a name is written with a capital, as one in a message in small letters."""
    if first < len(read.words) and read.words[first] == "the":
        first += 1
    return first < len(read.words) and read.capital(first) and not read.shouted


def _in_date(read: Reading, number: int) -> bool:
    start = read.spans[number][1]
    return any(first <= start < last for first, last in read.dates)


def _is_date_or_number(read: Reading, number: int) -> bool:
    if not read.words[number][0].isdigit():
        return _in_date(read, number)
    end = read.spans[number][2]
    return read.text[end : end + 1] != "-"  # '7-Eleven'


def _is_something_else(read: Reading, first: int, last: int, never: list[Hit]) -> bool:
    """Tell whether the words are a place, a kind of shop, a person, a day or never a name."""
    if any(hit.first <= last and first <= hit.last for hit in never):
        return True
    first += read.words[first] == "the"
    words, proper = read.words[first : last + 1], read.capital(last) and not read.shouted
    if all(word in CUES.generic or word in CUES.business or word in CUES.others for word in words):
        return not (len(words) > 1 and proper)
    if NAME_WORDS.issuperset(words) or _in_date(read, first):
        return True
    if not proper and words[0] in CUES.generic and common_words().issuperset(words):
        return True
    return any(place.first <= first and last <= place.last for place in read.places)


_DIGIT = re.compile(r"\d")
_REFERENCE = re.compile(
    r"[\s:#,.]*(?:(?:number|no\.?|num|id|is|was|it's|its|they|gave|me|called|for|this|of)[\s:#.]+){0,4}"
    r"#?((?=[A-Z\-]*\d)[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){3,29})\b(?![/.]\d|,\d{3})",
    re.IGNORECASE,
)
_AS_REFERENCE = re.compile(
    r"(?<![\w$€£.,/-])#?((?=[A-Z\-]*\d)[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){3,29})"
    r"\s+(?:as|is|was)\s+(?:a|the|my|our|your)\s+(?=(\w+(?:\s+\w+)?))",
    re.IGNORECASE,
)


def references(read: Reading, slot: Slot) -> Found:
    """Yield (start, end) in the text of each reference number."""
    if _DIGIT.search(read.text) is None:
        return
    hits = read.hits.get(f"{slot.name}.{AFTER}", [])
    for hit in hits:
        before = read.words[hit.first - 1] if hit.first else ""
        if before in CUES.in_case and read.words[hit.first] == "case":
            continue
        match = _REFERENCE.match(read.text, read.spans[hit.last][2])
        if match:
            yield match.span(1)
    for match in _AS_REFERENCE.finditer(read.text):
        if any(match.start(2) == read.spans[hit.first][1] for hit in hits):
            yield match.span(1)
