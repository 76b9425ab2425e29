"""Amounts and dates in a message: small tables and patterns; relative dates stay as said."""

from __future__ import annotations

import re

from bot.dates import DATE, resolve

__all__ = ["AMOUNT", "BARE_AMOUNT", "DATE", "may_hold_amount", "resolve"]

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fourty fifty sixty seventy eighty ninety"
_NUMBER = "|".join(f"{_UNITS} {_TENS} hundred thousand".split())
# 'a hundred and twenty', 'forty-five', 'two thousand'.
_ROUND = r"(?:an?|a\s+couple(?:\s+of)?|a\s+few)\s+(?:hundred|thousand)"
_SPELT = rf"(?:{_ROUND}|{_NUMBER})(?:(?:[\s-]+|\s+and\s+|,\s*)(?:{_NUMBER})\b){{0,8}}"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?"
_CURRENCY = r"(?:usd|u\.?s\.?\s+dollars?|dollars?|bucks?|eur|euros?|gbp|pounds?|quid)"
_CENTS = rf"(?:\s+(?:and\s+)?(?:\d{{1,2}}|(?:{_NUMBER})(?:[\s-](?:{_NUMBER}))?)\s+cents?)?"
_SIGN = r"(?:u\.?s\.?|ca|au|nz|hk|mx|c|a)?[$€£¥₹]"
AMOUNT = re.compile(
    rf"(?<![\w.,])(?:"
    rf"{_SIGN}\s?{_DIGITS}(?:\s?k\b)?(?:\s?(?:usd|eur|gbp)\b)?"
    rf"|(?:usd|eur|gbp)\s?{_DIGITS}"
    rf"|\d+,\d\d\s?(?:[€£]|eur\b|euros?\b)"
    rf"|{_DIGITS}\s?{_CURRENCY}\b{_CENTS}"
    rf"|{_DIGITS}\s?[$€£](?!\s?\d)"
    rf"|{_SPELT}\s+{_CURRENCY}\b{_CENTS}"
    rf"|(?:an?|one)\s+(?:dollar|euro|buck)\b"
    rf"|(?:{_DIGITS}|(?!an?\s){_SPELT})\s+(?:grand|cents?)\b"
    rf"|\d{{1,3}}(?:,\d{{3}})*\.\d\d"
    rf")(?![\w]|[.,]\d)",
    re.IGNORECASE,
)
BARE_AMOUNT = re.compile(r"(?<![\w$€£.,/:#\-])(?!(?:19|20)\d\d\b)\d{2,5}(?![\w,/:\-]|\.\d)")
"""A number that may be an amount where one was asked for, and no year."""
_AMOUNT_WORDS = frozenset(
    "dollar dollars buck bucks grand usd eur euro euros gbp pound pounds quid cent cents".split()
)
_DIGIT_OR_SIGN = re.compile(r"[\d$€£¥₹]")


def may_hold_amount(text: str, words: list[str]) -> bool:
    """Tell quickly whether AMOUNT is worth a search."""
    return _DIGIT_OR_SIGN.search(text) is not None or not _AMOUNT_WORDS.isdisjoint(words)
