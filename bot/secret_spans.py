"""Finds card numbers, codes and PINs in a text: which characters are one, and of which kind.

Digits are read in runs: groups of digits with only separators between them. What
is certainly something else (the guide's own numbers, dates, amounts with a sign)
is set apart first. In the rest, 13 to 19 digits that pass the check of card numbers
are one however they are grouped, and so is any other run of 13 digits and more. 3
to 8 digits near a word for a code or PIN are a code. Where a rule could go either
way it masks: a lost number costs a question, a kept one costs trust.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, pairwise

from bot.redaction import CARD, CODE
from bot.spans import Span, Spans

CARD_DIGITS = range(13, 20)
"""Digits of a payment card number (ISO/IEC 7812: up to 19, in use from 13)."""

_MAX_GAP = 12
"""Separating characters between two groups of one number; more is another thing."""
_CODE_DIGITS = range(3, 9)
_LONE_CODE_DIGITS = range(3, 5)
_NEAR_WORDS = 5
"""Words that may stand between a code and the word for it."""
_NEAR_CHARACTERS = 60
_CHAIN_WORDS = 3
"""Words that may stand between a code and a second one: 'or', 'sorry, I mean'."""

_DIGIT_WORDS = {
    word: digit
    for digit, words in enumerate(
        ("zero oh nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_SPELT = "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True))
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
_TEENS = "ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
_TIMES = {"double": 2, "triple": 3, "treble": 3}
# 'Forty eight' and 'twelve' are two digits each.
_PAIR = rf"(?:(?:{_TENS})(?:[\s\-](?:{_ONES}))?|{_TEENS})"
_UNIT = (
    rf"(?:(?P<times>double|triple|treble)\s+)?"
    rf"(?:(?P<pair>{_PAIR})\b|(?P<word>{_SPELT})\b|(?P<digits>\d+))"
)
_BARE_UNIT = re.sub(r"\?P<\w+>", "?:", _UNIT)
_JOINER = r"(?:dash|hyphen|space|slash|dot|point|then|and)"
# Two units in a row are what makes "one" or "oh" a digit rather than a word.
_SPELT_RUN = re.compile(
    rf"\b{_BARE_UNIT}(?:[\s,.\-]{{1,4}}(?:{_JOINER}\s+){{0,2}}{_BARE_UNIT})+", re.IGNORECASE
)
_PAIRS = re.compile(rf"\b{_PAIR}\b", re.IGNORECASE)
_SPELT_UNIT = re.compile(rf"\b{_UNIT}", re.IGNORECASE)
_GAP = rf"(?:[^\w]|_){{0,{_MAX_GAP}}}"
_GROUP_RUN = re.compile(rf"\d+(?:{_GAP}(?:\b{_JOINER}\b{_GAP}){{0,3}}\d+)*", re.IGNORECASE)
_DATE = re.compile(
    r"(?<!\S)(?:"
    r"(?:0?[1-9]|[12]\d|3[01])(?P<s>[/.\-])(?:0?[1-9]|[12]\d|3[01])(?P=s)(?:19|20)\d\d"
    r"|(?:19|20)\d\d(?P<t>[/.\-])(?:0?[1-9]|1[0-2])(?P=t)(?:0?[1-9]|[12]\d|3[01])"
    r")(?![^\s]?\d|/)"
)
_SHORT_DATE = re.compile(
    r"(?<![\d/.\-])(?:0?[1-9]|[12]\d|3[01])(?P<s>[/.\-])(?:0?[1-9]|[12]\d|3[01])(?P=s)\d\d"
    r"(?![\d/\-]|\.\d)"
)
_SIGNED_AMOUNT = re.compile(
    r"(?<!\d)(?:[$€£¥₹]|\b(?:usd|eur|gbp)\b)\s?(?:\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.\d{1,2})?(?!\S?\d)",
    re.IGNORECASE,
)
_BARE_AMOUNT = re.compile(
    r"(?<![\d.,\-])\d{1,3}(?:,\d{3})*\.\d\d(?![\d.\-])"
    r"|(?<![\d.,\-])\d{1,3}(?:,\d{3})+(?![\d,.\-])"
    r"|(?<![\d.,\-])\d{1,7}(?=\s?(?:[€£¥$](?!\s?\d)|(?:usd|eur|gbp|dollars?|bucks|quid|euros?"
    r"|pounds?|points|miles|hours?|days?|years?|people|times)\b))",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\d\-])(?:\+?1[ .\-]?)?\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}(?![\d\-])")
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])")
_CODE_WORD = re.compile(
    r"(?<![^\W_])(?<!⟦)(?:c\W?v\W?v\W?2?|c\W?v\W?c\W?2?|c\W?i\W?d|c\W?s\W?c|secret\W{0,2}number|"
    r"(?:security|verification)\W{0,2}(?:number|digits|value)|p\W?i\W?ns?|pass\W?(?:codes?|words?)|"
    r"otp|(?<!zip )(?<!area )(?<!post )(?<!promo )(?<!error )(?<!country )(?<!dress )"
    r"(?<!reference )(?<!tracking )(?<!case )codes?|"
    r"(?:4|four|3|three)\W?digits?|claves?|contrase[nñ]a|c[oó]digo|nip|pinn|pim|(?:numbers?|digits)\s+(?:on|from|at)\s+the\s+(?:front|back)"
    r")(?![^\W_])",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w$€£])\d(?:[ \-.]?\d){2,7}(?!\w)")
_LONE_CODE = re.compile(r"(?<![\w$€£.,/:\-])\d(?:[ \-.]?\d){2,3}(?![\w/:\-]|[.,]\d)")
_PASSWORD_WORD = r"\b(?:pass?\W?w(?:or|ro)d|passwd|pwd?|pass(?:code|phrase)|contrase[nñ]a|clave)"
_PASSWORD_WORD += r"(?:'?s)?"
_NAMED = (
    r"(?:\W{1,3}(?:numbers?|no|num|nr|digits|is|are|was|it|in|with|of|on|my|the|this|card|ssn|social)"
    r"\b){0,5}\W{0,3}"
)
_FOUR = r"(?P<code>(?!20[12]\d\s+[a-z])\d{4,5})(?!\w)"
_BEFORE_A_NUMBER = (
    r"\b(?:ssn|social(?:\s+security)?|itin|tax\W?id|ein)",
    r"\b(?:routing|account|acct|aba)",
    r"\blast\W{1,2}(?:four|4|five|5)",
    r"(?<!statement )(?<!period )(?<!month )(?<!cycle )\b(?:ending|ends|ended)",
)
_LABELLED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 'my password for amex is kitty99', 'password hunter2': a digit shows that it is one.
        rf"{_PASSWORD_WORD}(?:\s+(?:for|to|of|on|at)(?:\s+\w+){{1,4}}?)?"
        r"\s*(?:(?:is|are|was|es|still)\b\s*|=|:|->){1,4}\s*(?P<code>(?=\S{0,40}\d)\S+)",
        rf"{_PASSWORD_WORD}\s+(?P<code>(?=\S{{0,40}}\d)[a-z]\S{{4,}})",
        rf"{_BEFORE_A_NUMBER[0]}{_NAMED}(?P<code>\d(?:[ \-]?\d){{7,9}})(?!\d)",
        rf"{_BEFORE_A_NUMBER[1]}{_NAMED}(?=\d(?:[ \-]?\d){{5,16}}(?!\d))"
        r"(?P<code>(?!(?:19|20)\d\d[ \-](?:19|20)\d\d(?!\d))\d{3,}"
        r"(?:(?:[ \-]\d{3,})+(?:[ \-]\d{1,2})?)?)(?!\w)",
        rf"\biban{_NAMED}(?P<code>[a-z]{{2}}\d\d ?[\da-z]{{4}}"
        r"(?: ?(?=[\da-z]{0,3}\d)[\da-z]{4}){1,6}(?: ?\d{1,3})?)(?!\w)",
        rf"{_BEFORE_A_NUMBER[2]}{_NAMED}{_FOUR}",
        rf"{_BEFORE_A_NUMBER[3]}{_NAMED}(?!(?:19|20)\d\d(?!\d)){_FOUR}",
    )
]
_LABEL = re.compile(
    r"pas|pw|clave|contrase|ssn|soc|itin|tax|ein|rout|acc|aba|iban|last|end", re.IGNORECASE
)
"""Each label begins so: a message without them, and most are, needs none of the above."""
_BEFORE_SPELT = re.compile(rf"(?:{'|'.join(_BEFORE_A_NUMBER)}){_NAMED}\Z", re.IGNORECASE)
# 'At ten thirty', 'since twenty twenty four', 'twenty, thirty minutes' are no codes.
_BEFORE_A_TIME = re.compile(r"\b(?:at|since|in|around|about|by|until|before|after|from)\s+\Z", re.I)
_UNIT_AFTER = re.compile(
    r"\s*(?:dollars?|bucks|cents?|euros?|pounds|percent|minutes?|mins?|hours?|days?|weeks?|months?|"
    r"years?|points|miles|times|people|hundred|thousand|million|am|pm|o'?clock)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_MASKED_CODE = re.compile(f"⟦{CODE}⟧")


def find(text: str, after_code: bool, keep: tuple[str, ...]) -> list[Span]:
    """Return the secrets in a text of plain digits, see `redaction.mask`; in no order."""
    spelt = list(_spelt_runs(text))
    has_digit = _DIGIT.search(text) is not None
    if not spelt and not has_digit:
        return []  # a password without a digit is left alone
    certain = list(_guide_spans(text, keep))
    for pattern in (_DATE, _SIGNED_AMOUNT):
        certain += [Span(*match.span()) for match in pattern.finditer(text)]
    likely = list(certain)
    for pattern in (_SHORT_DATE, _BARE_AMOUNT, _PHONE):
        likely += [Span(*match.span()) for match in pattern.finditer(text)]
    cards = [Span(s, e, CARD) for s, e, count in spelt if count >= CARD_DIGITS.start]
    if has_digit:
        cards += _cards(text, Spans(certain), Spans(likely))
    taken = Spans([*likely, *cards])
    digits = [Span(*m.span(), CODE) for m in _CODE.finditer(text)]
    digits += [Span(s, e, CODE) for s, e, count in spelt if count in _CODE_DIGITS]
    codes = _codes(text, [d for d in digits if not taken.overlap(d.start, d.end)])
    if after_code:
        lone = [Span(*m.span(), CODE) for m in _LONE_CODE.finditer(text)]
        spelt = [run for run in spelt if _PAIRS.search(text, run[0], run[1]) is None]
        lone += [Span(s, e, CODE) for s, e, count in spelt if count in _LONE_CODE_DIGITS]
        codes += [span for span in lone if not taken.overlap(span.start, span.end)]
    codes += [Span(*match.span(), CODE) for match in _SOCIAL_SECURITY.finditer(text)]
    if _LABEL.search(text):
        found = [
            match.span("code")
            for label in (_LABELLED if has_digit else ())
            for match in label.finditer(text)
        ]
        found += [(s, e) for s, e, _ in spelt if _follows_label(text, s)]
        codes += [Span(*span, CODE) for span in found if not taken.overlap(*span)]
    return cards + codes


def _follows_label(text: str, start: int) -> bool:
    return _BEFORE_SPELT.search(text[max(0, start - _NEAR_CHARACTERS) : start]) is not None


def _guide_spans(text: str, keep: tuple[str, ...]) -> Iterator[Span]:
    for number in keep:
        start = text.find(number)
        while start >= 0:
            yield Span(start, start + len(number))
            start = text.find(number, start + len(number))


def _spelt_runs(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, digits) of what is dictated digit by digit, in words or mixed.

    A time, a year or a count is none: 'ten thirty', 'twenty twenty four', 'fifty five dollars'.
    """
    for run in _SPELT_RUN.finditer(text):
        pairs = _PAIRS.search(run.group()) is not None
        if pairs and (
            _UNIT_AFTER.match(text, run.end()) or _BEFORE_A_TIME.search(text, 0, run.start())
        ):
            continue
        count = worded = 0
        for unit in _SPELT_UNIT.finditer(run.group()):
            times = _TIMES.get((unit["times"] or "").lower(), 1)
            digits = unit["digits"]
            count += times * (len(digits) if digits else 2 if unit["pair"] else 1)
            worded += 0 if digits else 1
        if worded:
            yield run.start(), run.end(), count


def _cards(text: str, certain: Spans, likely: Spans) -> Iterator[Span]:
    for run in _GROUP_RUN.finditer(text):
        for start, end in certain.pieces(run.start(), run.end()):
            groups = [match.span() for match in _GROUPS.finditer(text, start, end)]
            if sum(e - s for s, e in groups) < CARD_DIGITS.start:
                continue
            yield from _passing_windows(text, groups)
            for first, last in likely.pieces(start, end):
                left = [m.span() for m in _GROUPS.finditer(text, first, last)]
                if sum(e - s for s, e in left) >= CARD_DIGITS.start:
                    yield Span(left[0][0], left[-1][1], CARD)


_GROUPS = re.compile(r"\d+")


def _passing_windows(text: str, groups: list[tuple[int, int]]) -> Iterator[Span]:
    """Yield neighbouring groups of 13 to 19 digits in all that pass the Luhn check.

    The sums with every other digit doubled are kept from the start of the run, so
    that each window costs two subtractions.
    """
    digits = [int(c) for start, end in groups for c in text[start:end]]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits]
    sums = [
        list(accumulate(((a, b)[(n + odd) % 2] for n, (a, b) in enumerate(both)), initial=0))
        for odd in (0, 1)
        for both in [list(zip(digits, doubled, strict=True))]
    ]
    ends = list(accumulate((end - start for start, end in groups), initial=0))
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            count = ends[last + 1] - ends[first]
            if count >= CARD_DIGITS.stop:
                break
            # The last digit of the window is not doubled, the one before it is.
            column = sums[(ends[last + 1] - 1) % 2]
            if (
                count >= CARD_DIGITS.start
                and (column[ends[last + 1]] - column[ends[first]]) % 10 == 0
            ):
                yield Span(groups[first][0], groups[last][1], CARD)


def _codes(text: str, digits: list[Span]) -> list[Span]:
    """Return those of `digits` that stand near a word for a code, or near such a code."""
    if not digits:
        return []
    digits = sorted(digits)
    marks = [Span(*m.span()) for m in _CODE_WORD.finditer(text)]
    masked = [Span(*m.span()) for m in _MASKED_CODE.finditer(text)]
    found = {d for d in digits if _near(text, d, marks, _NEAR_WORDS)}
    found |= {d for d in digits if _near(text, d, masked, _CHAIN_WORDS)}
    for row in (digits, digits[::-1]):
        for before, span in pairwise(row):
            if before in found and _near(text, span, [before], _CHAIN_WORDS):
                found.add(span)
    return sorted(found)


def _near(text: str, span: Span, marks: list[Span], most: int) -> bool:
    """Tell whether at most `most` words stand between a span and the marks next to it."""
    place = bisect_left(marks, span)
    for mark in marks[max(0, place - 1) : place + 1]:
        if mark.start < span.end and span.start < mark.end:
            continue
        between = (mark.end, span.start) if mark.end <= span.start else (span.end, mark.start)
        if between[1] - between[0] > _NEAR_CHARACTERS:
            continue
        if len(_WORD.findall(text, *between)) <= most:
            return True
    return False
