"""Turns a message into words, stems and n-grams: one place, for training and for run time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise

from Stemmer import Stemmer

FEATURES_VERSION = 4
"""Raised whenever the same message would give other features: it is part of a model's data hash."""

MAX_WORDS = 400
"""Words of one message that are looked at; what a person says stands well before that."""

MAX_WORD_LENGTH = 32
"""Characters of one word that are looked at; longer ones are keyboard mashing."""

_PRIVATE_TOKEN = re.compile(r"⟦[a-z]*⟧")
# '24/7' is the one number that says something: it is read as a word.
_WORD = re.compile(r"(?<![^\W_])24/7(?![^\W_])|[^\W_]+(?:'[^\W_]+)*")
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})

# How people shorten words when they type. Both spellings, with and without the
# apostrophe, become the same words, so that one example teaches both.
_SHORT_FORMS = {
    "can't": "can not",
    "cant": "can not",
    "cannot": "can not",
    "won't": "will not",
    "wont": "will not",
    "ain't": "is not",
    "aint": "is not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "wasnt": "was not",
    "arent": "are not",
    "werent": "were not",
    "hasnt": "has not",
    "havent": "have not",
    "hadnt": "had not",
    "couldnt": "could not",
    "wouldnt": "would not",
    "shouldnt": "should not",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "youve": "you have",
    "theyre": "they are",
    "theyve": "they have",
    "weve": "we have",
    "its": "it is",
    "thats": "that is",
    "theres": "there is",
    "whats": "what is",
    "wheres": "where is",
    "hows": "how is",
    "whos": "who is",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "gimme": "give me",
    "lemme": "let me",
    "dunno": "do not know",
    "pls": "please",
    "plz": "please",
    "thx": "thanks",
    "tnx": "thanks",
    "ty": "thanks",
    "u": "you",
    "ur": "your",
    "r": "are",
    "ppl": "people",
    "acct": "account",
    "msg": "message",
    "tmrw": "tomorrow",
    "bc": "because",
    "cuz": "because",
    "coz": "because",
    "vs": "versus",
    "fb": "facebook",
}
_ANSWERS = frozenset("ynk")
_ENDINGS = {"n't": "not", "'re": "are", "'m": "am", "'ll": "will", "'ve": "have", "'d": "would"}
# 's is 'is' after these and a possessive, which says nothing, after any other word.
_IS_AFTER = frozenset({"it", "that", "there", "what", "where", "how", "who", "he", "she", "here"})


def normalise(text: str) -> str:
    """Return `text` in one spelling: NFKC, lower case, straight apostrophes, no private tokens."""
    return composed(_PRIVATE_TOKEN.sub(" ", text)).translate(_STRAIGHT).lower()


def composed(text: str) -> str:
    """Return `text` in NFKC: full-width letters as plain ones, an accent with its letter.

    But for the sign of a number, which would be the word 'no'.
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", text.replace("№", "#"))


def is_number(word: str) -> bool:
    """Tell whether a word of a message says nothing but a number."""
    return word.isdigit()


def is_ordinal(word: str) -> bool:
    """Tell whether a word of a message says nothing but a place in a row: '1st'."""
    return word[:-2].isdigit() and word.endswith(("st", "nd", "rd", "th"))


def is_bare_letter(word: str) -> bool:
    """Tell whether a word is a letter that says nothing alone, as 'y' for yes does."""
    return len(word) == 1 and word not in _ANSWERS


def words(text: str) -> list[str]:
    """Return the words of `text` in order: at most `MAX_WORDS`, short forms written out.

    Numbers of three digits and more keep only their length: which number it is
    says nothing about the wish, that it is one says much.

    >>> words("I can't find the card's code, 1234?")
    ['i', 'can', 'not', 'find', 'the', 'card', 'code', '0000']
    """
    return [word for found in written(text) for word in spelt_out(found)][:MAX_WORDS]


def written(text: str) -> list[str]:
    """Return what stands between spaces and signs in `text`, at most `MAX_WORDS` of it."""
    found: list[str] = _WORD.findall(normalise(text))
    return found[:MAX_WORDS]


def spelt_out(written: str) -> tuple[str, ...]:
    """Return the words that one of `written` stands for, at least one."""
    return _spelt_out(written[:MAX_WORD_LENGTH])


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Return (word, start, end) for the words of a composed text, as `words` gives them.

    A short form that stands for several words gives each of them its own place.
    """
    found: list[tuple[str, int, int]] = []
    blank = _PRIVATE_TOKEN.sub(lambda match: " " * len(match.group()), composed(text))
    for match in _WORD.finditer(blank.translate(_STRAIGHT)):
        written = match.group().lower()[:MAX_WORD_LENGTH]
        found += [(word, match.start(), match.end()) for word in _spelt_out(written)]
        if len(found) >= MAX_WORDS:
            break
    return found


@lru_cache(maxsize=20_000)
def _spelt_out(word: str) -> tuple[str, ...]:
    written = _SHORT_FORMS.get(word)
    if written is not None:
        return tuple(written.split())
    if "'" in word:
        return _without_apostrophe(word)
    if word.isdigit() and len(word) > 2:
        return ("0" * len(word),)
    return (word,)


def _without_apostrophe(word: str) -> tuple[str, ...]:
    for ending, meaning in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return (*_spelt_out(word[: -len(ending)]), meaning)
    if word.endswith("'s"):
        stem = word[:-2]
        return (stem, "is") if stem in _IS_AFTER else (stem,)
    return (word.replace("'", ""),)


# In C, so that no other thread can come in between; `stem` is the one memo.
_stemmer = Stemmer("english", maxCacheSize=0)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the Snowball (Porter 2) stem of a lower-case word."""
    return str(_stemmer.stemWord(word))


def stems(message: Sequence[str]) -> list[str]:
    """Return the stems of the words of one message."""
    return [stem(word) for word in message]


def stem_bigrams(message: Sequence[str]) -> list[str]:
    """Return each pair of neighbouring stems, joined by a space."""
    row = stems(message)
    return [f"{first} {second}" for first, second in pairwise(row)]


def character_ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """Return the n-grams of one word between two spaces, as scikit-learn's `char_wb` reads it."""
    padded = f" {word} "
    size = len(padded)
    return [
        padded[start : start + length]
        for length in range(shortest, longest + 1)
        for start in range(size - length + 1)
    ]


def stem_fingerprint() -> str:
    """Return a hash of the stems of fixed words: two stemmers that differ show it here."""
    return sha256(" ".join(stems(_FINGERPRINT_WORDS.split())).encode()).hexdigest()[:16]


# Two hundred words over the stemmer's rules: plurals, -ing, -ed, -ly, -ation, -ness, exceptions.
_FINGERPRINT_WORDS = """
account accounts accounting address addresses addressed agreed agreeing agreement alerts allowed
allowing amount amounts angrily answer answered answering anything applied applies apply
applying approval approved arriving asked asking autopay balance balances bank banking believed
benefit benefits better billing bills blocked blocking booking bookings bought broke broken
business busily called caller calling calls cancel cancelled cancelling cannot card cardholder
cards careful carefully charge charged charges charging chatting checked checking cities clearly
closed closing coming communication companies complain complained complaining complaint
complaints confirmation confirmed confusing connected connection contacted contacting corporate
correction covered crying customer customers damaged dated dates daughter declined delivered
delivery denied denying department described desperately details dialed dialing died difference
different digits dinner disappeared disputes disputing does doing double dying earlier early
earning easily either electronic email emails emergency employees ended ending enough error
evening everybody exactly expired explained explaining faces failed failing family fees feeling
filed files filing finally finding forgetting forgotten fraud fraudulent frequently friendly
frustrated gained generally generously getting gives giving going gone happened happening
happily having helped helpful helpfulness holiday honestly hopeful hopping hotels hours hundred
identification immediately information insurance international issues issuing item jewelry
keeping kindly kindness known language lately later leaving letters living locked logging login
longer looking losing lost lying machine mailed mailing managed manager
"""
