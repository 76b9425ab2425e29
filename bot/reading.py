"""A masked message, read once for all slots: its words, its phrases, its places and dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.cues import CUES
from bot.phrases import Hit
from bot.places import Place

_BOUNDARY = re.compile(r"[,;:.!?()\n\u2013\u2014]|(?<!\d)/|\s-+\s|\.\.")
_IF = frozenset({"if", "whether"})
_BEING = frozenset({"is", "am", "are", "was"})
_CORRECTING = frozenset("oh ah no wait sorry oops hm hmm well ok okay but".split())
"""Words before a 'no' that sets right what was said before."""
_WHAT_IS_A = ["what", "is", "a"]
_SUBJECTS = frozenset(
    "it they he she you that this to still will would card cards chip number app chat "
    "site website phone code link".split()
)
"""Words before a verb."""
_RATHER = (["instead", "of"], ["rather", "than"])
_FAR_BACK = 5
"""Words that may stand between a 'not' and what it rules out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one message."""

    text: str
    """The message, composed."""
    spans: list[tuple[str, int, int]]
    """(word as written, first character, one past its last)."""
    words: list[str]
    """The same words, slips repaired."""
    hits: dict[str, list[Hit]]
    """Phrases by group."""
    places: list[Place]
    """In order."""
    dates: list[tuple[int, int]]
    """First character of each date and one past its last."""
    answering: bool
    """Whether a question is open, whichever slot it is about."""
    at_once: bool = False
    """Whether it is about an emergency, so that only what is the case now counts."""
    place_asked: bool = False
    """Whether the open question is where somebody is."""
    bare: frozenset[int] = frozenset()
    """Numbers of the words of bare details, though more may be said: 'number personal us'."""

    def is_dated(self, match: re.Match[str]) -> bool:
        """Tell whether a number is part of a date."""
        return any(start <= match.start() < end for start, end in self.dates)

    def number_at(self, start: int) -> int:
        """Return the number of the first word that begins at a character or later."""
        return next((n for n, span in enumerate(self.spans) if span[1] >= start), len(self.spans))

    def before(self, number: int, most: int) -> list[str]:
        """Return the last words before a word in the same sentence."""
        start = self.spans[number][1] if number < len(self.spans) else len(self.text)
        sentence = max(self.text.rfind(mark, 0, start) for mark in ".!?;\n")
        found: list[str] = []
        for at in range(number - 1, max(-1, number - most - 1), -1):
            if self.spans[at][1] < sentence:
                break
            found.append(self.words[at])
        return found[::-1]

    def just_before(self, number: int, most: int) -> list[str]:
        """Return the last words before a word with no pause between."""
        found: list[str] = []
        at = number
        while len(found) < most and at <= len(self.words) and not self.pauses_before(at):
            at -= 1
            found.append(self.words[at])
        return found[::-1]

    def pauses_before(self, number: int) -> bool:
        """Tell whether a word is the first after a comma or another mark, or the first of all."""
        if number == 0:
            return True
        following = self.spans[number][1] if number < len(self.spans) else len(self.text)
        end = self.spans[number - 1][2]
        gap = self.text[end:following]
        if gap in (".", ",") and self.text[end - 1].isdigit() and self.text[following].isdigit():
            return False  # inside a number: '$1,212.40'
        return _BOUNDARY.search(self.text, end, following) is not None

    def pauses_after(self, number: int) -> bool:
        """Tell whether a word is the last before a mark, or the last of all."""
        return number + 1 >= len(self.spans) or self.pauses_before(number + 1)

    def clause(self, first: int, last: int) -> tuple[int, int]:
        """Return the numbers of the first and last word between two pauses."""
        while not self.pauses_before(first):
            first -= 1
        while not self.pauses_after(last):
            last += 1
        return first, last

    def is_verb(self, number: int) -> bool:
        """Tell whether a word is what something does: 'it does not work' names no card."""
        before = self.words[max(0, number - 2) : number]
        negated = before[1:] == ["not"] and before[0] in ("do", "does", "did")
        works = self.words[number] in ("work", "works") and not _SUBJECTS.isdisjoint(before[-1:])
        return negated or works

    def negated(self, number: int) -> bool:
        """Tell whether a 'not' governs the word of that number; 'no, that' has none."""
        words = self.words
        for place in range(number - 1, max(-1, number - _FAR_BACK), -1):
            end, following = self.spans[place][2], self.spans[place + 1][1]
            if following > end and not self.text[end:following].isspace():
                return False
            word = words[place]
            if word == "no" and _CORRECTING.issuperset(words[:place]):
                return False  # 'oh no its personal' corrects
            if word in CUES.negation or self.ruled_out(place + 1):
                return True
            if word not in CUES.between_negation:
                return False
        return False

    def is_asked_about(self, first: int, last: int) -> bool:
        """Tell whether the words themselves are in question: 'what do you mean by abroad'."""
        before, after = self.words[max(0, first - 3) : first], self.words[last + 1 : last + 2]
        looked_at = before[-1:] == ["does"] and after in (["mean"], ["look"], ["stand"])
        if before[-2:] == ["mean", "by"] or looked_at:
            return True
        # 'What is a corporate card?', but not 'what is the corporate number'
        asks = before[-2:] in (["that", "mean"], ["what", "is"]) or before == _WHAT_IS_A
        return asks and self.pauses_after(last)

    def ruled_out(self, number: int) -> bool:
        """Tell whether 'instead of' or 'rather than' stands right before a word."""
        return self.words[max(0, number - 2) : number] in _RATHER

    def doubted(self, first: int, last: int) -> bool:
        """Tell whether 'I don't know if it is' stands before words, or runs into them."""
        before = self.before(first, 9)
        cut = last_of(before, _IF)
        if cut < 0 or CUES.doubt.isdisjoint(before[:cut]):
            return False
        between = before[cut + 1 :]
        being = [*between, *self.words[first : last + 1]]
        return len(between) < _FAR_BACK and not _BEING.isdisjoint(being)

    def capital(self, number: int) -> bool:
        """Tell whether a word is written with a capital or a digit at its beginning."""
        character = self.text[self.spans[number][1]]
        return character.isupper() or character.isdigit()

    @property
    def shouted(self) -> bool:
        """Tell whether the message is in capitals throughout, so that they say nothing."""
        return self.text.isupper() and len(self.words) > 2


def last_of(words: Sequence[str], wanted: Collection[str]) -> int:
    """Return the number of the last word that is wanted, or -1."""
    return next((n for n in range(len(words) - 1, -1, -1) if words[n] in wanted), -1)
