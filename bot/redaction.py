"""Masks card numbers, codes and PINs before anything else sees the text.

Most messages hold nothing that could be one, and are let through at a glance. What a secret looks
like, and which pieces of a text are one, stands in `bot.secret_spans`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.spans import Span

CARD = "card"
CODE = "code"

LONGEST = 20_000
"""Characters of a message that are looked at: five times as many as are read once it is masked.
Masking shortens digits that fill a message, and ten million of them would take a minute."""
_UNSURE = 2_000
"""Of these the last are let go: a secret that goes on after the cut may not be seen as one. Twelve
digits with the most that may stand between them, more of which are masked, take half of that."""

# Whatever is masked holds one of these: a message without them, and most are, is let through.
# (A look-up by first letters takes two thirds of the time of one for the words.)
_HINT = re.compile(
    r"\d|\b(?:zero|o(?:ne|h)|n(?:in|ought)|t(?:wo|hree|en|welve|hirt|went)|f(?:our|ive|if|ort)"
    r"|s(?:ix|even)|e(?:ight|leven))"
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A message without its secrets."""

    text: str
    """The message, each secret replaced by `⟦card⟧` or `⟦code⟧`."""
    kinds: tuple[str, ...] = ()
    """Kinds that were masked, each once, in the order of the message."""


def token(kind: str) -> str:
    """Return the private token that stands for a masked secret."""
    return f"⟦{kind}⟧"


def mask(text: str, *, after_code: bool = False, keep: Iterable[str] = ()) -> Masked:
    """Return `text` with every card number, code and PIN replaced by a private token.

    `after_code`: the person was just told about a code, so that three or four
    digits standing alone are one. `keep`: the guide's own numbers, as written there.
    Of a message longer than `LONGEST` only the beginning is returned.

    >>> mask("it is 3782-822463 10005, cid 1234").text
    'it is ⟦card⟧, cid ⟦code⟧'
    """
    if len(text) > LONGEST and len(text := text.strip()) > LONGEST:
        masked = mask(text[:LONGEST], after_code=after_code, keep=keep)
        return Masked(masked.text[:-_UNSURE], masked.kinds)
    if not text.isascii():
        text = _plain_digits(text)
    if not _may_hold_secret(text):
        return Masked(text)
    kinds: list[str] = []
    from bot import secret_spans  # its patterns take longer to compile than a chat to say hello

    # What was masked brings its neighbours closer together, so that a second look
    # may find one more; a few looks always come to rest.
    for _ in range(4):
        spans = secret_spans.find(text, after_code, tuple(keep))
        if not spans:
            break
        text = _replaced(text, spans)
        kinds += [span.kind for span in sorted(spans)]
    return Masked(text, tuple(dict.fromkeys(kinds)))


def _may_hold_secret(text: str) -> bool:
    """Tell quickly whether there can be anything to mask in a text of plain digits."""
    return _HINT.search(text.casefold()) is not None


def _plain_digits(text: str) -> str:
    """Write every digit of any script as 0 to 9, and drop characters that nobody can see."""
    kept = []
    for character in text:
        if character.isascii():
            kept.append(character)
        elif (digit := unicodedata.digit(character, None)) is not None:
            kept.append(str(digit))
        elif unicodedata.category(character) != "Cf" or character == "\u200d":
            kept.append(character)
    return "".join(kept)


def _replaced(text: str, spans: list[Span]) -> str:
    parts: list[str] = []
    at = 0
    # Of spans that overlap, a card number swallows the rest.
    for span in sorted(spans, key=lambda s: (s.start, s.kind != CARD, -s.end)):
        if span.end <= at:
            continue
        if span.start >= at:
            parts += [text[at : span.start], token(span.kind)]
        at = span.end
    return "".join([*parts, text[at:]])
