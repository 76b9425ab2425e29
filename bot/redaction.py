"""Masks card numbers, codes and PINs before anything else sees the text.

Digits are read in runs: groups of digits with only separators between them. Whole
groups that are a number of the guide, a date, an amount or a phone number are set
apart first; what is left of a run and has 13 to 19 digits is a card number, and
3 to 8 digits beside a word for a code or PIN are a code. Where a rule could go
either way it masks: a lost number costs a question, a kept one costs trust.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CARD = "card"
CODE = "code"

CARD_DIGITS = range(13, 20)
"""Digits of a payment card number (ISO/IEC 7812: up to 19, in use from 13)."""

_MAX_GAP = 12
"""Separating characters between two groups of one number; more is another thing."""

_DIGIT_WORDS = {
    word: str(digit)
    for digit, words in enumerate(
        ("zero oh nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_SPELT = "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True))
# Two spelt digits in a row are what makes "one" or "oh" a digit rather than a word.
_SPELT_RUN = re.compile(
    rf"\b(?:{_SPELT})(?:[\s,.\-]{{1,4}}(?:and\s|double\s|triple\s)?(?:{_SPELT}))+\b", re.IGNORECASE
)
_JOINER = r"(?:dash|hyphen|space|slash|dot|then|and)"
_GROUP_RUN = re.compile(
    rf"\d+(?:(?:[^\w]|_){{0,{_MAX_GAP}}}(?:\b{_JOINER}\b(?:[^\w]|_){{0,{_MAX_GAP}}})?\d+)*",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![\d/.\-])(?:"
    r"(?:0?[1-9]|[12]\d|3[01])(?P<s>[/.\-])(?:0?[1-9]|[12]\d|3[01])(?P=s)(?:19|20)?\d\d"
    r"|(?:19|20)\d\d(?P<t>[/.\-])(?:0?[1-9]|1[0-2])(?P=t)(?:0?[1-9]|[12]\d|3[01])"
    r")(?![\d/\-]|\.\d)"
)
_AMOUNT = re.compile(
    r"(?:(?:[$€£¥₹]|\b(?:usd|eur|gbp|dollars?)\b)\s?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?!\d)"
    r"|(?:[$€£¥₹]|\b(?:usd|eur|gbp)\b)\s?\d{1,7}(?:\.\d{1,2})?(?![\d])"
    r"|(?<![\d.,\-])\d{1,3}(?:,\d{3})*\.\d\d(?![\d.\-])"
    r"|(?<![\d.,\-])\d{1,3}(?:,\d{3})+(?![\d,.\-])"
    r"|(?<![\d.,\-])\d{1,7}(?=\s?(?:[$€£¥]|usd|eur|gbp|dollars?|bucks|quid|euros?|pounds?|points)\b))",
    re.IGNORECASE,
)
_CODE_WORD = (
    r"(?:c\W?v\W?v\W?2?|c\W?v\W?c\W?2?|c\W?i\W?d|c\W?s\W?c|card\W?(?:identification|verification)\W?"
    r"(?:number|code|value)|security\W{0,2}(?:code|number|digits)|secret\W{0,2}(?:code|number)|"
    r"p\W?i\W?n(?:\W?(?:code|number|no))?|pass\W?(?:code|word|phrase)|"
    r"(?:verification|one\W?time|access|login|log\W?in|sms|otp|authorization|authentication|"
    r"confirmation\s+text)\W{0,2}(?:code|password|pin|number)?|otp|"
    r"(?:4|four|3|three)\W?digits?(?:\W(?:code|number|security\W?code))?|"
    r"(?:number|digits|code)s?\s+(?:on|from|at)\s+the\s+(?:front|back))"
)
_BETWEEN = r"(?:(?:\W|_){1,6}(?!\d)[^\W\d_]+){0,5}?(?:\W|_){0,6}"
_CODE_DIGITS = r"(?<![\d$€£])(?P<code>\d(?:[ \-.]?\d){2,7})(?![\d])"
_CODE_AFTER = re.compile(
    rf"(?<![^\W_]){_CODE_WORD}(?![^\W\d_]){_BETWEEN}{_CODE_DIGITS}", re.IGNORECASE
)
_CODE_BEFORE = re.compile(
    rf"{_CODE_DIGITS}{_BETWEEN}(?<![^\W_]){_CODE_WORD}(?![^\W_])", re.IGNORECASE
)
_LONE_CODE = re.compile(r"(?<![\w$€£.,/:\-])(?P<code>\d(?:[ \-.]?\d){2,3})(?![\w/:\-]|[.,]\d)")
_PASSWORD = re.compile(
    r"\b(?:my\s+)?(?:password|passwd|pwd|passcode)\s*(?:is|was|=|:|->)+\s*(?P<code>\S+)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\d\-])(?:\+?1[ .\-]?)?\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}(?![\d\-])")


@dataclass(frozen=True, slots=True)
class Masked:
    """A message without its secrets."""

    text: str
    """The message, each secret replaced by `⟦card⟧` or `⟦code⟧`."""
    kinds: tuple[str, ...] = ()
    """Kinds that were masked, each once, in the order of the message."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str = ""


def token(kind: str) -> str:
    """Return the private token that stands for a masked secret."""
    return f"⟦{kind}⟧"


def mask(text: str, *, after_code: bool = False, keep: Iterable[str] = ()) -> Masked:
    """Return `text` with every card number, code and PIN replaced by a private token.

    `after_code`: the person was just told about a code, so that three or four
    digits standing alone are one. `keep`: the guide's own numbers, as written there.

    >>> mask("it is 3782-822463 10005, cid 1234").text
    'it is ⟦card⟧, cid ⟦code⟧'
    """
    if not text.isascii():
        text = _plain_digits(text)
    spelt = list(_spelt_spans(text))
    if not spelt and not _has_digit(text) and not _PASSWORD.search(text):
        return Masked(text)
    safe = list(_safe_spans(text, keep))
    cards = [*_cards(text, safe), *(s for s in spelt if s.kind == CARD)]
    codes = [*_codes(text, safe, after_code), *(s for s in spelt if s.kind == CODE)]
    return _replaced(text, cards + [c for c in codes if not _overlaps(c, cards)])


_ANY_DIGIT = re.compile(r"\d")


def _has_digit(text: str) -> bool:
    return _ANY_DIGIT.search(text) is not None


def _plain_digits(text: str) -> str:
    """Write every digit of any script as 0 to 9, and drop characters that nobody can see."""
    kept = []
    for character in text:
        if character.isascii():
            kept.append(character)
        elif (digit := unicodedata.digit(character, None)) is not None:
            kept.append(str(digit))
        elif unicodedata.category(character) == "Cf" and character != "\u200d":
            continue
        else:
            kept.append(character)
    return "".join(kept)


def _safe_spans(text: str, keep: Iterable[str]) -> Iterator[_Span]:
    for number in keep:
        start = text.find(number)
        while start >= 0:
            yield _Span(start, start + len(number), "guide")
            start = text.find(number, start + len(number))
    for kind, pattern in (("date", _DATE), ("amount", _AMOUNT), ("phone", _PHONE)):
        for match in pattern.finditer(text):
            yield _Span(match.start(), match.end(), kind)


def _cards(text: str, safe: list[_Span]) -> Iterator[_Span]:
    guide = [span for span in safe if span.kind == "guide"]
    for run in _GROUP_RUN.finditer(text):
        for start, end in _pieces(run.start(), run.end(), guide):
            digits = _digits(text[start:end])
            if len(digits) < CARD_DIGITS.start:
                continue
            # A run that could be read as dates, amounts and phone numbers is let
            # through only where no card number hides in it.
            parts = list(_pieces(start, end, safe))
            long = [p for p in parts if len(_digits(text[p[0] : p[1]])) >= CARD_DIGITS.start]
            if len(digits) in CARD_DIGITS and passes_luhn(digits):
                yield _Span(start, end, CARD)
            elif long:
                for part in long:
                    yield _trimmed(text, *part)


def _pieces(start: int, end: int, cuts: list[_Span]) -> Iterator[tuple[int, int]]:
    """Yield what is left of a run when the spans inside it are cut out."""
    inside = sorted((c for c in cuts if c.start < end and c.end > start), key=lambda c: c.start)
    for cut in inside:
        if cut.start > start:
            yield start, cut.start
        start = max(start, cut.end)
    if start < end:
        yield start, end


def _trimmed(text: str, start: int, end: int) -> _Span:
    while not text[start].isdigit():
        start += 1
    while not text[end - 1].isdigit():
        end -= 1
    return _Span(start, end, CARD)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def passes_luhn(digits: str) -> bool:
    """Tell whether the digits pass the check of ISO/IEC 7812-1, annex B (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _codes(text: str, safe: list[_Span], after_code: bool) -> Iterator[_Span]:
    patterns = [_CODE_AFTER, _CODE_BEFORE, *([_LONE_CODE] if after_code else [])]
    for pattern in patterns:
        for match in pattern.finditer(text):
            span = _Span(match.start("code"), match.end("code"), CODE)
            if not _overlaps(span, safe):
                yield span
    for match in _PASSWORD.finditer(text):
        if _has_digit(match.group("code")):
            yield _Span(match.start("code"), match.end("code"), CODE)


def _spelt_spans(text: str) -> Iterator[_Span]:
    """Yield the secrets that are dictated digit by digit."""
    for run in _SPELT_RUN.finditer(text):
        count = len(re.findall(rf"\b(?:{_SPELT})\b", run.group(), re.IGNORECASE))
        if count >= CARD_DIGITS.start:
            yield _Span(run.start(), run.end(), CARD)
        elif count in range(3, 9):
            before = text[max(0, run.start() - 40) : run.start()]
            after = text[run.end() : run.end() + 40]
            if _NEAR_CODE_WORD.search(before) or _NEAR_CODE_WORD.search(after):
                yield _Span(run.start(), run.end(), CODE)


_NEAR_CODE_WORD = re.compile(rf"(?<![^\W_]){_CODE_WORD}(?![^\W_])", re.IGNORECASE)


def _overlaps(span: _Span, others: Iterable[_Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _replaced(text: str, spans: list[_Span]) -> Masked:
    parts: list[str] = []
    kinds: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start < at:
            continue
        parts += [text[at : span.start], token(span.kind)]
        at = span.end
        if span.kind not in kinds:
            kinds.append(span.kind)
    return Masked("".join([*parts, text[at:]]), tuple(kinds))
