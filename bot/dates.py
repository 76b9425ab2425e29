"""Dates in a message, and the day that each is where that is certain."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBERS = {
    word: value
    for value, words in {
        1: "a an one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven",
        8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 14: "fourteen",
    }.items()
    for word in words.split()
}  # fmt: skip
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)}|a\s+couple\s+of|a\s+couple|a\s+few)"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"
_WORD_ORDINAL = (
    rf"(?:{'|'.join(_ORDINAL_WORDS)}|(?:twenty|thirty)[\s-](?:{'|'.join(_ORDINAL_WORDS[:9])}))"
)
_FEAST = (
    r"(?:black\s+friday|cyber\s+monday|thanksgiving(?:\s+day)?|christmas\s+(?:day|eve)"
    r"|new\s+year['’]?s\s+(?:day|eve)|valentine['’]?s\s+day|halloween|independence\s+day)"
)
DATE = re.compile(
    rf"(?<![\w/.$€£\-])(?:"
    rf"\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:\d{{4}}|\d{{2}})"
    rf"|on\s+(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?![/\d])"
    # 'the date is 3/14', and the whole message: elsewhere it may be a share.
    rf"|(?:(?<=\bis )|(?<=\bwas )|(?<=\bdated )|(?<=\bdate )|(?<=\A))"
    rf"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?![/\d])"
    rf"|(?:on\s+|last\s+|this\s+)?{_FEAST}(?!\s+(?:deal|sale|offer|shopping))"
    rf"|{_MONTH}\s+{_ORDINAL}(?!\d)(?:,?\s+\d{{4}})?"
    rf"|{_MONTH}\s+(?:the\s+)?{_WORD_ORDINAL}(?:,?\s+\d{{4}})?"
    rf"|(?:the\s+)?{_ORDINAL}\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?"
    rf"|(?:the\s+)?{_WORD_ORDINAL}\s+of\s+(?:{_MONTH}(?:,?\s+\d{{4}})?|(?:last|this)\s+month)"
    rf"|(?:on\s+)?(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)\s+(?:of\s+)?(?:last|this)\s+month"
    rf"|the\s+day\s+before\s+yesterday|yesterday|(?:earlier\s+)?today|tonight"
    rf"|this\s+(?:morning|afternoon|evening)|last\s+night"
    rf"|(?:last|this|past|on)\s+{_DAY}(?:\s+(?:last\s+week|night|morning|evening|afternoon))?"
    rf"|(?<!black\s)(?<!cyber\s){_DAY}(?:\s+(?:last\s+week|night|morning|evening|afternoon))?"
    rf"|last\s+(?:week|month)|{_COUNT}\s+(?:days?|weeks?|months?)\s+ago(?:\s+today)?"
    rf"|(?:in|last)\s+{_MONTH}(?:\s+\d{{4}})?(?=\W|$)"
    rf"|on\s+the\s+{_WORD_ORDINAL}(?!\s+of\b)"
    rf"|(?:on\s+)?the\s+\d{{1,2}}(?:st|nd|rd|th)(?!\s+(?:of\s+)?(?:{_MONTH}|last|this)\b)"
    rf")(?![\w]|-\d)",
    re.IGNORECASE,
)
_ABBREVIATED = "jan feb mar apr jun jul aug sep sept oct nov dec".split()
_LEADING = (
    "the on last this past in earlier today tonight yesterday black cyber thanksgiving christmas "
    "new valentine valentines halloween independence twenty thirty"
).split()
_SLIPS = ["tueday", "thurday"]
_STARTERS = frozenset(
    [*_LEADING, *_NUMBERS, *_ORDINAL_WORDS, *_MONTHS, *_ABBREVIATED, *_DAYS, *_SLIPS]
)
"""Words with which a date begins, if not with a digit."""
NAME_WORDS = frozenset([*_MONTHS, *_ABBREVIATED, *_DAYS, "black", "cyber", "friday", "day"])
"""Words that make a date, or a part of one, and no name of anything else."""


def find(text: str, spans: list[tuple[str, int, int]]) -> list[tuple[int, int]]:
    """Return the first character of each date and one past its last.

    `spans`: the words of the text, see `text.word_spans`; a date begins with one.
    """
    found: list[tuple[int, int]] = []
    end = 0
    for word, start, _ in spans:
        if start >= end and (word in _STARTERS or word[0].isdigit()):
            match = DATE.match(text, start)
            if match:
                end = start + len(match.group().rstrip("."))
                found.append((start, end))
    return found


def resolve(said: str, today: date) -> str:
    """Return `said` as an ISO 8601 date when that is certain, else as it was said.

    Days of the week, 'the 3rd' and feasts are the latest such day up to `today`;
    numbers with slashes are month first, as the guide's readers write them.
    """
    words = " ".join(said.lower().replace(",", " ").replace("’", "'").split())
    words = _in_digits(words.removeprefix("on "))
    attempts: tuple[Callable[[str, date], date | None], ...] = (
        _numeric,
        _feast,
        _named_month,
        _relative,
        _weekday,
        _day_of_month,
    )
    for attempt in attempts:
        if (found := attempt(words, today)) is not None:
            return found.isoformat()
    return said


_SPELT_ORDINAL = re.compile(rf"\b{_WORD_ORDINAL}\b")


def _in_digits(words: str) -> str:
    """Write 'the twenty-first' as 'the 21th', which is read alike."""
    return _SPELT_ORDINAL.sub(lambda match: f"{_ordinal_value(match.group())}th", words)


def _ordinal_value(word: str) -> int:
    tens, _, last = word.replace("-", " ").rpartition(" ")
    return {"twenty": 20, "thirty": 30}.get(tens, 0) + _ORDINAL_WORDS.index(last) + 1


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _latest(today: date, month: int, day: int) -> date | None:
    """Return the latest such day up to today, of this year or the last."""
    found = _date(today.year, month, day)
    return _date(today.year - 1, month, day) if found and found > today else found


def _numeric(words: str, today: date) -> date | None:
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", words):
        year, month, day = map(int, match.groups())
        return _date(year, month, day)
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})", words):
        return _latest(today, int(match[1]), int(match[2]))
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2,4})", words)
    if match is None:
        return None
    month, day, year = map(int, match.groups())
    year += 2000 if year < 100 else 0
    return _date(year, month, day) or _date(year, day, month)


def _feast(words: str, today: date) -> date | None:
    name = words.removeprefix("last ").removeprefix("this ").replace("'", "")
    for year in (today.year, today.year - 1):
        if year < 1:
            continue
        # The fourth Thursday of November (5 U.S.C. 6103).
        first = date(year, 11, 1).weekday()
        thanksgiving = date(year, 11, 22 + (3 - first) % 7)
        day = {
            "thanksgiving": thanksgiving,
            "thanksgiving day": thanksgiving,
            "black friday": thanksgiving + timedelta(days=1),
            "cyber monday": thanksgiving + timedelta(days=4),
            "christmas day": date(year, 12, 25),
            "christmas eve": date(year, 12, 24),
            "new years day": date(year, 1, 1),
            "new years eve": date(year, 12, 31),
            "valentines day": date(year, 2, 14),
            "halloween": date(year, 10, 31),
            "independence day": date(year, 7, 4),
        }.get(name)
        if day is None or day <= today:
            return day
    return None


def _named_month(words: str, today: date) -> date | None:
    month = re.search(rf"\b{_MONTH}(?!\w)", words)
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", words)
    if month is None or day is None:
        return None
    number = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(month.group()[:3]))
    year = re.search(r"\b(\d{4})\b", words)
    if year:
        return _date(int(year.group()), number, int(day.group(1)))
    return _latest(today, number, int(day.group(1)))


def _relative(words: str, today: date) -> date | None:
    if words in ("today", "earlier today", "tonight") or re.fullmatch(
        r"this (morning|afternoon|evening)", words
    ):
        return today
    if words in ("yesterday", "last night"):
        return _back(today, 1)
    if words == "the day before yesterday":
        return _back(today, 2)
    match = re.fullmatch(r"(\w+) (day|week)s? ago( today)?", words)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1], 0)
    return _back(today, count * (7 if match[2] == "week" else 1)) if count else None


def _back(today: date, days: int) -> date | None:
    return today - timedelta(days=days) if today.toordinal() > days else None


def _weekday(words: str, today: date) -> date | None:
    match = re.fullmatch(
        rf"(?:(?:last|this|past) )?({_DAY})(?: (?:night|morning|evening|afternoon))?", words
    )
    if match is None:
        return None
    wanted = next(n for n, name in enumerate(_DAYS) if name.startswith(match[1][:3]))
    return _back(today, (today.weekday() - wanted) % 7 or 7)


def _day_of_month(words: str, today: date) -> date | None:
    match = re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)(?: (?:of )?(last|this) month)?", words)
    if match is None:
        return None
    day = int(match[1])
    if match[2] == "this" or (match[2] is None and day <= today.day):
        return _date(today.year, today.month, day)
    last_month = _back(today.replace(day=1), 1)
    return _date(last_month.year, last_month.month, day) if last_month else None
