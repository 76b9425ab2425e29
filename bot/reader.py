"""Messages -> features, many at a time, with numpy alone; what a word brings is looked up once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np

from bot import text, typos
from bot.modelfile import FeatureSettings, Weights
from bot.typos import Repairer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEMO_SIZE = 20_000
_TINY = float(np.finfo(np.float64).tiny)
_EDGES = np.array([-1, np.iinfo(np.int64).max])
"""Stand before and after all numbers of features, so that every one has neighbours."""
REPAIRED_TRUST = 0.5
"""Share of a repaired word that counts as known."""
CONTEXT_WEIGHT = 2.0
"""How much the pairs with the words beside it say about the word meant, against its frequency."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one word brings, looked up once and kept in the memo."""

    text: str
    """The word."""
    number: int
    """Number of its stem, for the bigrams; that of no stem where it is unknown."""
    ids: NDArray[np.int64]
    """Numbers of its features: the stem if it is known, known character n-grams, repeats kept."""
    weight: float
    """Idf of the stem: how much the word counts in the known share."""
    known: float
    """How much of that is known: all of it where the model has seen the stem, else nothing."""
    candidates: tuple[tuple[str, float], ...]
    """Words that may have been meant instead, see `Repairer.candidates`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages as features, those of one after those of the other; n messages."""

    ids: NDArray[np.int64]
    """Numbers of the features, sorted within a message, each once."""
    values: NDArray[np.float64]
    """Their values; each block of a message has the length that the settings state."""
    ends: list[int]
    """One past the last feature of each message."""
    known: NDArray[np.float64]
    """Idf-weighted share of each message's words whose stem the model has seen, 0 to 1."""


class Reader:
    """The vocabulary of a model; immutable but for its bounded memo of words."""

    def __init__(self, settings: FeatureSettings, weights: Weights) -> None:
        self._settings = settings
        self._idf = weights.idf.astype(np.float64)
        self._stems = {entry: i for i, entry in enumerate(weights.stems)}
        start = self._no_stem = len(self._stems)
        # Two numbers of stems as one: a pair with a stem that is unknown is no bigram's.
        self._size = start + 1
        codes = weights.bigrams[:, 0].astype(np.int64) * self._size + weights.bigrams[:, 1]
        self._bigrams = {code: i for i, code in enumerate(codes.tolist(), start)}
        start += len(self._bigrams)
        self._characters = {entry: i for i, entry in enumerate(weights.characters, start)}
        sizes = [len(block) for block in (self._stems, self._bigrams, self._characters)]
        self._blocks = np.repeat(np.arange(3), sizes)
        self._lengths = np.array(
            [settings.stem_weight, settings.bigram_weight, settings.character_weight]
        )
        # A word never seen counts like the rarest one that was, which stands in one utterance.
        self._rarest = float(self._idf.max(initial=1.0))
        self._doubtful = frozenset(weights.doubtful.tolist())
        self._repairer = Repairer(dict(zip(weights.words, weights.counts.tolist(), strict=True)))
        self._memo: dict[str, Word] = {}
        self._spelt_out: dict[str, tuple[Word, ...]] = {}

    def read(self, messages: Sequence[str]) -> Batch:
        """Return the features of messages whose secrets were masked already.

        A message's features do not depend on the others, to the last bit.
        """
        found: list[NDArray[np.int64]] = []
        sizes: list[int] = []
        known: list[float] = []
        for message in messages:
            typed, meant = self.words(message)
            parts = [word.ids for word in meant]
            pairs = [pair for pair in self.pairs(meant) if pair >= 0]
            if pairs:
                parts.append(np.array(pairs))
            found += parts
            sizes.append(sum(map(len, parts)))
            known.append(_known_share(typed, meant))
        return self._counted(found, sizes, np.array(known))

    def words(self, message: str) -> tuple[list[Word], list[Word]]:
        """Return what each word of a message brings as typed, and with its slips repaired."""
        typed: list[Word] = []
        get = self._spelt_out.get
        for written in text.written(message):
            typed += get(written) or self._spell_out(written)
        del typed[text.MAX_WORDS :]
        if not any(word.candidates for word in typed):
            return typed, typed
        kept = typos.names(message)
        meant = [
            self._meant(typed, place) if word.candidates and word.text not in kept else word
            for place, word in enumerate(typed)
        ]
        return typed, meant

    def _meant(self, typed: Sequence[Word], place: int) -> Word:
        """Return the likeliest word that was meant at a place; the one typed in case of a tie."""
        before = typed[place - 1].number if place else self._no_stem
        after = typed[place + 1].number if place + 1 < len(typed) else self._no_stem
        best, highest, tied = typed[place], float("-inf"), False
        for other, likely in typed[place].candidates:
            word = self._word(other)
            context = self._frequency((before, word.number), (word.number, after))
            total = likely + CONTEXT_WEIGHT * context
            tied = total == highest or (tied and total < highest)
            if total > highest:
                best, highest = word, total
        return typed[place] if tied else best

    def _frequency(self, *pairs: tuple[int, int]) -> float:
        """Return the sum of log(1 + utterances with the bigram) over known bigrams.

        Read back from the idf, log((1 + n) / (1 + df)) + 1, which is highest for df 1.
        """
        size = self._size
        numbers = [self._bigrams.get(first * size + second) for first, second in pairs]
        known = [number for number in numbers if number is not None]
        return float(sum(self._rarest - self._idf[number] + log(2.0) for number in known))

    def pairs(self, meant: Sequence[Word]) -> list[int]:
        """Return the number of the bigram of each word and the next, -1 where it is unknown."""
        get, size = self._bigrams.get, self._size
        numbers = [word.number for word in meant]
        return [get(first * size + second, -1) for first, second in pairwise(numbers)]

    def _counted(
        self, found: list[NDArray[np.int64]], sizes: list[int], known: NDArray[np.float64]
    ) -> Batch:
        """Count the features of each message and weigh them, all messages at once."""
        count = len(sizes)
        # One number for a feature of a message: sorted, equal ones stand together.
        keys = np.concatenate([_EDGES, *found])
        if count > 1:
            keys[_EDGES.size :] += np.repeat(np.arange(count) * len(self._idf), sizes)
        keys.sort()
        lasts = (keys[1:] != keys[:-1]).nonzero()[0]
        unique = keys[lasts[1:]]
        ids, blocks, ends = self._apart(unique, count)
        values = (1.0 + np.log(lasts[1:] - lasts[:-1])) * self._idf[ids]
        squares = np.bincount(blocks, values * values, minlength=3 * count)
        # A block without a feature has no length to be brought to another.
        lengths = np.sqrt(np.maximum(squares, _TINY)).reshape(count, 3)
        values *= (self._lengths / lengths).ravel()[blocks]
        return Batch(ids, values, ends, known)

    def _apart(
        self, unique: NDArray[np.int64], count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], list[int]]:
        """Return feature and block of each number, and one past the last of each message."""
        if count == 1:  # as a conversation has it
            return unique, self._blocks[unique], [unique.size]
        rows = unique // len(self._idf)
        ids = unique - rows * len(self._idf)
        ends = np.bincount(rows, minlength=count).cumsum()
        return ids, self._blocks[ids] + 3 * rows, ends.tolist()

    def _spell_out(self, written: str) -> tuple[Word, ...]:
        """Return the words that something written stands for, from now on from the memo."""
        found = tuple(map(self._word, text.spelt_out(written)))
        if len(written) <= text.MAX_WORD_LENGTH:
            if len(self._spelt_out) >= _MEMO_SIZE:
                self._spelt_out.clear()
            self._spelt_out[written] = found
        return found

    def _word(self, word: str) -> Word:
        known = self._memo.get(word)
        if known is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            known = self._memo[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> Word:
        stem = text.stem(word)
        stem_id = self._stems.get(stem, self._no_stem)
        known = stem_id < self._no_stem
        grams = text.character_ngrams(word, self._settings.shortest, self._settings.longest)
        ids = [stem_id] if known else []
        ids += [self._characters[gram] for gram in grams if gram in self._characters]
        weight = float(self._idf[stem_id]) if known else self._rarest
        if text.is_number(word) or text.is_ordinal(word):
            weight = 0.0  # a number says nothing: alone it is never understood
        candidates: tuple[tuple[str, float], ...] = ()
        if not known:
            candidates = self._repairer.candidates(word)
        elif stem_id in self._doubtful:
            seen = exp(self._rarest - weight + log(2.0)) - 1.0
            candidates = self._repairer.candidates(word, seen=seen)
        numbers = np.array(ids, dtype=np.int64)
        return Word(word, stem_id, numbers, weight, weight if known else 0.0, candidates)


def _known_share(typed: list[Word], meant: list[Word]) -> float:
    weight = sum([word.weight for word in meant])
    known = sum([word.known for word in meant])
    if meant and text.is_bare_letter(meant[0].text):
        known = 0.0 if all(text.is_bare_letter(word.text) for word in meant) else known
    if meant is not typed:
        pairs = zip(typed, meant, strict=True)
        known -= (1.0 - REPAIRED_TRUST) * sum(new.known for old, new in pairs if new is not old)
    return known / weight if weight else 0.0
