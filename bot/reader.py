"""Messages -> features, many at a time, with numpy alone; what a word brings is looked up once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from bot import text, typos
from bot.modelfile import FeatureSettings, Weights
from bot.typos import Repairer

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
    stem: str
    """Its stem, for the bigrams."""
    ids: NDArray[np.int64]
    """Numbers of its features: the stem if it is known, known character n-grams, repeats kept."""
    weight: float
    """Idf of the stem: how much the word counts in the known share."""
    known: bool
    """Whether the stem is one that the model has seen."""
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
        start = len(self._stems)
        self._bigrams = {entry: i for i, entry in enumerate(weights.bigrams, start)}
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
        row = text.words(message)
        typed = [*map(self._word, row)]
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
        before = typed[place - 1].stem if place else ""
        after = typed[place + 1].stem if place + 1 < len(typed) else ""
        best, highest, tied = typed[place], float("-inf"), False
        for other, likely in typed[place].candidates:
            word = self._word(other)
            context = self._frequency(f"{before} {word.stem}", f"{word.stem} {after}")
            total = likely + CONTEXT_WEIGHT * context
            tied = total == highest or (tied and total < highest)
            if total > highest:
                best, highest = word, total
        return typed[place] if tied else best

    def _frequency(self, *pairs: str) -> float:
        """Return the sum of log(1 + utterances with the bigram) over known bigrams.

        Read back from the idf, log((1 + n) / (1 + df)) + 1, which is highest for df 1.
        """
        known = [self._bigrams[pair] for pair in pairs if pair in self._bigrams]
        return float(sum(self._rarest - self._idf[number] + log(2.0) for number in known))

    def pairs(self, meant: Sequence[Word]) -> list[int]:
        """Return the number of the bigram of each word and the next, -1 where it is unknown."""
        get = self._bigrams.get
        return [get(f"{first.stem} {second.stem}", -1) for first, second in pairwise(meant)]

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

    def _word(self, word: str) -> Word:
        known = self._memo.get(word)
        if known is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            known = self._memo[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> Word:
        stem = text.stem(word)
        stem_id = self._stems.get(stem, -1)
        grams = text.character_ngrams(word, self._settings.shortest, self._settings.longest)
        ids = [stem_id, *(self._characters.get(gram, -1) for gram in grams)]
        known = np.array([i for i in ids if i >= 0], dtype=np.int64)
        weight = float(self._idf[stem_id]) if stem_id >= 0 else self._rarest
        if text.is_number(word):
            weight = 0.0  # a number says nothing: alone it is never understood
        candidates: tuple[tuple[str, float], ...] = ()
        if stem_id < 0:
            candidates = self._repairer.candidates(word)
        elif stem_id in self._doubtful:
            seen = exp(self._rarest - weight + log(2.0)) - 1.0
            candidates = self._repairer.candidates(word, seen=seen)
        return Word(word, stem, known, weight, stem_id >= 0, candidates)


def _known_share(typed: list[Word], meant: list[Word]) -> float:
    weight = known = 0.0
    for before, word in zip(typed, meant, strict=True):
        weight += word.weight
        if word.known:
            known += word.weight if word is before else REPAIRED_TRUST * word.weight
    return known / weight if weight else 0.0
