"""Dates and amounts in a message: small tables and patterns; relative dates stay as said."""

from __future__ import annotations

import re
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
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)}|a\s+couple\s+of|a\s+few)"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = re.compile(
    rf"(?<![\w/.$€£])(?:"
    rf"\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:\d{{4}}|\d{{2}})"
    rf"|on\s+(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?![/\d])"
    rf"|{_MONTH}\s+{_ORDINAL}(?!\d)(?:,?\s+\d{{4}})?"
    rf"|(?:the\s+)?{_ORDINAL}\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?"
    rf"|the\s+day\s+before\s+yesterday|yesterday|today|tonight|this\s+(?:morning|afternoon|evening)|last\s+night"
    rf"|(?:last|this|past|on)\s+{_DAY}|{_DAY}(?:\s+last\s+week)?"
    rf"|last\s+(?:week|month)|{_COUNT}\s+(?:days?|weeks?|months?)\s+ago"
    rf"|(?:on\s+)?the\s+\d{{1,2}}(?:st|nd|rd|th)"
    rf")(?![\w])",
    re.IGNORECASE,
)
_UNIT = r"(?:usd|us\s+dollars?|dollars?|bucks|eur|euros?|gbp|pounds?|quid)"
AMOUNT = re.compile(
    rf"(?<![\w.,])(?:"
    rf"[$€£]\s?\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?|[$€£]\s?\d+(?:\.\d{{1,2}})?"
    rf"|(?:usd|eur|gbp)\s?\d[\d,]*(?:\.\d{{1,2}})?"
    rf"|\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?\s?{_UNIT}|\d+(?:\.\d{{1,2}})?\s?{_UNIT}"
    rf"|\d{{1,3}}(?:,\d{{3}})*\.\d\d"
    rf")(?![\w]|[.,]\d)",
    re.IGNORECASE,
)


def resolve(said: str, today: date) -> str:
    """Return `said` as an ISO 8601 date when that is certain, else as it was said.

    Days of the week and 'the 3rd' are the latest such day up to `today`; numbers
    with slashes are month first, as the guide's readers write them.
    """
    words = " ".join(said.lower().replace(",", " ").split())
    for attempt in (_numeric, _named_month, _relative, _weekday, _day_of_month):
        if (found := attempt(words, today)) is not None:
            return found.isoformat()
    return said


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _numeric(words: str, today: date) -> date | None:
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", words):
        year, month, day = map(int, match.groups())
        return _date(year, month, day)
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2,4})", words)
    if match is None:
        return None
    month, day, year = map(int, match.groups())
    year += 2000 if year < 100 else 0
    return _date(year, month, day) or _date(year, day, month)


def _named_month(words: str, today: date) -> date | None:
    month = re.search(rf"\b{_MONTH}(?!\w)", words)
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", words)
    if month is None or day is None:
        return None
    number = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(month.group()[:3]))
    year = re.search(r"\b(\d{4})\b", words)
    if year:
        return _date(int(year.group()), number, int(day.group(1)))
    found = _date(today.year, number, int(day.group(1)))
    return _date(today.year - 1, number, int(day.group(1))) if found and found > today else found


def _relative(words: str, today: date) -> date | None:
    if words in ("today", "tonight", "this morning", "this afternoon", "this evening"):
        return today
    if words in ("yesterday", "last night"):
        return today - timedelta(days=1)
    if words == "the day before yesterday":
        return today - timedelta(days=2)
    match = re.fullmatch(r"(\w+) (day|week)s? ago", words)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1], 0)
    return today - timedelta(days=count * (7 if match[2] == "week" else 1)) if count else None


def _weekday(words: str, today: date) -> date | None:
    match = re.fullmatch(rf"(?:(?:last|this|past|on) )?({_DAY})", words)
    if match is None:
        return None
    wanted = next(n for n, name in enumerate(_DAYS) if name.startswith(match[1][:3]))
    return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)


def _day_of_month(words: str, today: date) -> date | None:
    match = re.fullmatch(r"(?:on )?the (\d{1,2})(?:st|nd|rd|th)", words)
    if match is None:
        return None
    day = int(match[1])
    if day <= today.day:
        return _date(today.year, today.month, day)
    last_month = today.replace(day=1) - timedelta(days=1)
    return _date(last_month.year, last_month.month, day)
