"""Utterance -> intents with calibrated probabilities, and one of three zones; numpy alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot import modelfile, redaction, text, typos
from bot.messages import OUT_OF_SCOPE, Classification, Explanation, Zone
from bot.modelfile import ModelDescription, Weights
from bot.typos import Repairer

_MEMO_SIZE = 20_000
REPAIRED_TRUST = 0.5
"""Share of a repaired word that counts as known."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Word:
    """What one word brings, looked up once and kept in the memo."""

    stem: str
    """Its stem, for the bigrams."""
    stem_id: int
    """Number of its stem among the features, -1 when never seen."""
    character_ids: NDArray[np.int64]
    """Numbers of its known character n-grams, repeats kept."""
    weight: float
    """Idf of the stem: how much the word counts in the known share."""
    fix: str
    """The word that was meant, if this one is unknown and looks like a slip."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A message as features."""

    ids: NDArray[np.int64]
    """Numbers of its features, sorted, each once."""
    values: NDArray[np.float64]
    """Their values, each block of the stated length."""
    known_share: float
    """Idf-weighted share of its words whose stem the model has seen, 0 to 1."""


class Classifier:
    """A model ready to classify; immutable but for its bounded memo of words."""

    def __init__(self, description: ModelDescription, weights: Weights) -> None:
        self.description = description
        self._coefficients = weights.coefficients.astype(np.float32)
        self._bias = weights.bias.astype(np.float64)
        self._idf = weights.idf.astype(np.float64)
        self._stem_ids = {entry: i for i, entry in enumerate(weights.stems)}
        start = len(self._stem_ids)
        self._bigram_ids = {entry: i for i, entry in enumerate(weights.bigrams, start)}
        start += len(self._bigram_ids)
        self._character_ids = {entry: i for i, entry in enumerate(weights.characters, start)}
        # Blocks are contiguous, so that a sorted message splits at these two numbers.
        self._borders = np.array([len(self._stem_ids), start])
        # A word never seen counts like the rarest one that was.
        self._unseen_weight = float(self._idf.max(initial=1.0))
        self._repairer = Repairer(dict(zip(weights.words, weights.counts.tolist(), strict=True)))
        self._memo: dict[str, _Word] = {}
        labels = description.labels
        self._in_scope = np.array([i for i, x in enumerate(labels) if x != OUT_OF_SCOPE])
        self._outside = labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else None
        self._in_scope_labels = [labels[i] for i in self._in_scope]

    @classmethod
    def load(cls, folder: Path) -> Classifier:
        """Read the model in `folder`; raises ModelError."""
        description, weights = modelfile.load(folder)
        if description.stem_fingerprint != text.stem_fingerprint():
            _log.warning(
                "%s: trained with a stemmer that stems otherwise (snowballstemmer %s); "
                "train again with: bot-train train",
                folder,
                description.versions.get("snowballstemmer", "unknown"),
            )
        return cls(description, weights)

    def classify(self, message: str) -> Classification:
        """Return what `message` means; secrets in it are masked first."""
        return self.classify_masked(redaction.mask(message).text)

    def classify_masked(self, message: str) -> Classification:
        """Return what a message means whose secrets were masked already."""
        return self._decide(self._read(message))

    def classify_many(self, messages: Iterable[str]) -> list[Classification]:
        """Return the classification of each message, the same as one by one."""
        return [self.classify(message) for message in messages]

    def probabilities(self, message: str) -> NDArray[np.float64]:
        """Return the calibrated probability of every label, shape (k,), out of scope included."""
        return self._softmax(self._read(redaction.mask(message).text))

    def _decide(self, reading: _Reading) -> Classification:
        everything = self._softmax(reading)
        inside = everything[self._in_scope]
        order = np.argsort(-inside, kind="stable")
        shares = inside / inside.sum()
        ranking = tuple((self._in_scope_labels[i], float(shares[i])) for i in order)
        zone = self._zone(*self._scores(everything, reading.known_share))
        best, confidence = ranking[0]
        return Classification(
            OUT_OF_SCOPE if zone == "unknown" else best, confidence, zone, ranking
        )

    def _scores(self, everything: NDArray[np.float64], known: float) -> tuple[float, float]:
        """Return `score` and `scope` of a message."""
        best = float(everything[self._in_scope].max())
        outside = None if self._outside is None else float(everything[self._outside])
        return score(best, known), scope(outside, best, known)

    def _zone(self, trust: float, in_scope: float) -> Zone:
        # Nothing known gives a scope of nothing, which no threshold may let through.
        if in_scope < self.description.clarify_from or in_scope <= 0.0:
            return "unknown"
        return "answer" if trust >= self.description.answer_from else "clarify"

    def _softmax(self, reading: _Reading) -> NDArray[np.float64]:
        logits = reading.values @ self._coefficients[reading.ids] + self._bias
        logits /= self.description.temperature
        raised = np.exp(logits - logits.max())
        result: NDArray[np.float64] = raised / raised.sum()
        return result

    def _read(self, message: str) -> _Reading:
        row = text.words(message)
        typed = [self._word(word) for word in row]
        found = self._repaired(message, row, typed)
        ids = [word.stem_id for word in found if word.stem_id >= 0]
        for first, second in pairwise(found):
            pair = self._bigram_ids.get(f"{first.stem} {second.stem}", -1)
            if pair >= 0:
                ids.append(pair)
        characters = [word.character_ids for word in found]
        unique, counts = np.unique(
            np.concatenate([np.array(ids, dtype=np.int64), *characters]), return_counts=True
        )
        values = (1.0 + np.log(counts)) * self._idf[unique]
        self._scale(unique, values)
        weight = sum(word.weight for word in found)
        known = sum(
            word.weight if word is before else REPAIRED_TRUST * word.weight
            for word, before in zip(found, typed, strict=True)
            if word.stem_id >= 0
        )
        return _Reading(unique, values, known / weight if weight else 0.0)

    def _repaired(self, message: str, row: list[str], typed: list[_Word]) -> list[_Word]:
        """Return the words that were meant: slips repaired, capitalised names left alone."""
        if not any(word.fix for word in typed):
            return typed
        kept = typos.names(message)
        return [
            self._word(word.fix) if word.fix and written not in kept else word
            for word, written in zip(typed, row, strict=True)
        ]

    def _scale(self, ids: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Bring each block of a message to its own length, in place."""
        settings = self.description.features
        first, second = np.searchsorted(ids, self._borders)
        for block, length in (
            (values[:first], settings.stem_weight),
            (values[first:second], settings.bigram_weight),
            (values[second:], settings.character_weight),
        ):
            if block.size:
                block *= length / np.sqrt(block @ block)

    def _word(self, word: str) -> _Word:
        known = self._memo.get(word)
        if known is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            known = self._memo[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> _Word:
        settings = self.description.features
        stem = text.stem(word)
        stem_id = self._stem_ids.get(stem, -1)
        grams = text.character_ngrams(word, settings.shortest, settings.longest)
        ids = [self._character_ids.get(gram, -1) for gram in grams]
        known = np.array([i for i in ids if i >= 0], dtype=np.int64)
        weight = float(self._idf[stem_id]) if stem_id >= 0 else self._unseen_weight
        if text.is_number(word):
            weight = 0.0  # a number says nothing: alone it is never understood
        fix = self._repairer.repair(word) if stem_id < 0 else ""
        return _Word(stem, stem_id, known, weight, fix)

    def explain(self, message: str) -> Explanation:
        """Return the exact share of every word in the scores of winner and runner-up.

        A feature's contribution is weight x value / temperature; those of a bigram
        are halved between its two words, those of a character n-gram are divided
        among the words that hold it by how often they do.
        """
        masked = redaction.mask(message).text
        row = text.words(masked)
        reading = self._read(masked)
        decision = self._decide(reading)
        winner = decision.ranking[0][0]
        second = decision.ranking[1][0] if len(decision.ranking) > 1 else winner
        columns = [self.description.labels.index(label) for label in (winner, second)]
        weights = self._coefficients[reading.ids][:, columns] / self.description.temperature
        shares = dict(zip(reading.ids.tolist(), reading.values[:, None] * weights, strict=True))
        rows = self._word_shares(masked, shares)
        bias = self._bias[columns] / self.description.temperature
        trust, in_scope = self._scores(self._softmax(reading), reading.known_share)
        return Explanation(
            intent=winner,
            runner_up=second if second != winner else "",
            zone=decision.zone,
            score=trust,
            scope=in_scope,
            thresholds={
                "answer": self.description.answer_from,
                "clarify": self.description.clarify_from,
            },
            bias=(float(bias[0]), float(bias[1])),
            words=tuple((w, float(a), float(b)) for w, (a, b) in zip(row, rows, strict=True)),
        )

    def _word_shares(
        self, message: str, shares: dict[int, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Fold the contributions of the features back onto the words, shape (words, 2)."""
        owners: dict[int, list[int]] = {}
        row = text.words(message)
        found = self._repaired(message, row, [self._word(word) for word in row])
        for place, word in enumerate(found):
            if word.stem_id >= 0:
                owners.setdefault(word.stem_id, []).append(place)
            for gram in word.character_ids.tolist():
                owners.setdefault(gram, []).append(place)
        for place, (first, second) in enumerate(pairwise(found)):
            pair = self._bigram_ids.get(f"{first.stem} {second.stem}", -1)
            if pair >= 0:
                owners.setdefault(pair, []).extend((place, place + 1))
        rows = np.zeros((len(found), 2))
        for feature, places in owners.items():
            for place in places:
                rows[place] += shares[feature] / len(places)
        return rows


def score(best: float, known_share: float) -> float:
    """Return how far a message can be trusted to mean its best intent, 0 to 1.

    The best in-scope probability says how clear the choice is, the known share
    whether the words it was made from are ones that the model has seen at all.
    """
    return best * sqrt(known_share)


def scope(outside: float | None, best: float, known_share: float) -> float:
    """Return how far a message can be trusted to be in scope at all, 0 to 1.

    `outside` is the probability of the out-of-scope label. It separates better than
    anything made of the best intent's, which an honest tie between two intents
    halves (docs/measurements.md); a model without that label has only the latter.
    """
    if not known_share:
        return 0.0
    return best * known_share if outside is None else 1.0 - outside
