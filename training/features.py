"""The scikit-learn half of the features: the same words and n-grams as at run time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from bot import redaction, text, typos
from bot.classifier import REPAIRED_TRUST
from bot.modelfile import FeatureSettings
from bot.typos import Repairer


class WordReader(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turns messages into lists of words, secrets masked, as the bot does.

    With the stems and the word counts of a model it also repairs slips; utterances
    that are learned from are read without, since every word of theirs is known.
    """

    def __init__(
        self, stems: Collection[str] | None = None, counts: Mapping[str, int] | None = None
    ) -> None:
        self.stems = stems
        self.counts = counts

    def fit(self, messages: Iterable[str], labels: Any = None) -> WordReader:
        """Return self: there is nothing to learn."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, messages: Iterable[str]) -> list[list[str]]:
        """Return the words of each message."""
        return [[word for word, _ in self.read(message)] for message in messages]

    def read(self, message: str) -> list[tuple[str, float]]:
        """Return (word, how far it is known, 0 to 1) for the words of one message."""
        masked = redaction.mask(message).text
        row = text.words(masked)
        if self.stems is None or self.counts is None:
            return [(word, 1.0) for word in row]
        repairer, kept = Repairer(self.counts), typos.names(masked)
        found = []
        for word in row:
            known = text.stem(word) in self.stems
            fix = "" if known or word in kept else repairer.repair(word)
            found.append((fix or word, REPAIRED_TRUST if fix else float(known)))
        return found


class CharacterAnalyzer:
    """Words -> character n-grams; a class, so that a fitted pipeline can be stored."""

    def __init__(self, shortest: int, longest: int) -> None:
        self.shortest = shortest
        self.longest = longest
        self._memo: dict[str, list[str]] = {}

    def __call__(self, message: list[str]) -> list[str]:
        """Return the n-grams of all the words of one message."""
        found: list[str] = []
        for word in message:
            grams = self._memo.get(word)
            if grams is None:
                grams = text.character_ngrams(word, self.shortest, self.longest)
                self._memo[word] = grams
            found += grams
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_memo": {}}


def build(settings: FeatureSettings, *, dtype: type[np.floating[Any]] = np.float32) -> FeatureUnion:
    """Return the unfitted features: three L2-normalised TF-IDF blocks, each with its length.

    float32 takes half the memory and moves no class of the shipped utterances.
    """
    common = {"sublinear_tf": True, "norm": "l2", "dtype": dtype}
    rare = settings.rare_below
    return FeatureUnion(
        [
            ("stems", TfidfVectorizer(analyzer=text.stems, **common)),
            ("bigrams", TfidfVectorizer(analyzer=text.stem_bigrams, min_df=rare, **common)),
            (
                "characters",
                TfidfVectorizer(
                    analyzer=CharacterAnalyzer(settings.shortest, settings.longest),
                    min_df=rare,
                    **common,
                ),
            ),
        ],
        transformer_weights={
            "stems": settings.stem_weight,
            "bigrams": settings.bigram_weight,
            "characters": settings.character_weight,
        },
    )
