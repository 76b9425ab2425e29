"""The scikit-learn half of the features: the same words and n-grams as at run time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import normalize

from bot import redaction, text
from bot.modelfile import FeatureSettings
from bot.reader import Reader

BLOCKS = ("stems", "bigrams", "characters")


class WordReader(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turns messages into lists of words, secrets masked, as the bot does.

    With the reader of a model it also repairs slips; utterances that are learned from
    are read without.
    """

    def __init__(self, reader: Reader | None = None) -> None:
        self.reader = reader

    def fit(self, messages: Iterable[str], labels: Any = None) -> WordReader:
        """Return self: there is nothing to learn."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, messages: Iterable[str]) -> list[list[str]]:
        """Return the words of each message."""
        masked = [redaction.mask(message).text for message in messages]
        if self.reader is None:
            return [text.words(message) for message in masked]
        return [[word.text for word in self.reader.words(message)[1]] for message in masked]


class CharacterAnalyzer:
    """Words -> character n-grams; a class, so that a fitted pipeline can be stored."""

    def __init__(self, shortest: int, longest: int) -> None:
        self.shortest = shortest
        self.longest = longest

    def __call__(self, message: Sequence[str]) -> list[str]:
        """Return the n-grams of all the words of one message."""
        return [
            gram
            for word in message
            for gram in text.character_ngrams(word, self.shortest, self.longest)
        ]


@dataclass(frozen=True, slots=True)
class Features:
    """Three L2-normalised TF-IDF blocks side by side, each with its length; n utterances."""

    vocabulary: dict[str, tuple[str, ...]]
    """The entries of each block, in the order of its columns."""
    idf: NDArray[np.float32]
    """Inverse document frequencies of all columns."""
    matrix: sp.csr_matrix
    """The values, float32: half the memory, and no class of the shipped utterances moves."""
    columns: dict[str, NDArray[np.intp]]
    """Where the entries of each block stand in the counts."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each utterance holds each entry of a block: counted once for every fold."""

    settings: FeatureSettings
    """How a message becomes numbers."""
    entries: dict[str, NDArray[np.object_]]
    """The entries of each block, sorted."""
    matrices: dict[str, sp.csr_matrix]
    """The counts of each block, shape (utterances, entries)."""

    @classmethod
    def of(cls, messages: Sequence[list[str]], settings: FeatureSettings) -> Counts:
        """Count the entries of utterances, each a list of words."""
        entries, matrices = {}, {}
        # The n-grams of a word are the same wherever it stands: counted once for each word.
        words, by_word = _count(messages, analyzer=_as_it_is)
        once = [[str(word)] for word in words]
        analyzer = CharacterAnalyzer(settings.shortest, settings.longest)
        entries["stems"], stems = _count(once, analyzer=text.stems)
        entries["characters"], characters = _count(once, analyzer=analyzer)
        matrices["stems"], matrices["characters"] = by_word @ stems, by_word @ characters
        entries["bigrams"], matrices["bigrams"] = _count_bigrams(messages, entries["stems"])
        return cls(settings, entries, matrices)

    def features(self, rows: Sequence[int]) -> Features:
        """Return the features of some utterances, as if there were no others."""
        vocabulary, columns, idfs, blocks = {}, {}, [], []
        for name in BLOCKS:
            counted = self.matrices[name][rows]
            kept = np.flatnonzero(counted.getnnz(axis=0) >= _fewest(self.settings, name))
            vocabulary[name], columns[name] = tuple(self.entries[name][kept]), kept
            if not kept.size:
                continue  # scikit-learn weighs no block without an entry
            weigher = TfidfTransformer(sublinear_tf=True, norm="l2")
            blocks.append(_length(self.settings, name) * weigher.fit_transform(counted[:, kept]))
            idfs.append(weigher.idf_)
        nothing = sp.csr_matrix((len(rows), 0), dtype=np.float32)
        matrix = sp.hstack([nothing, *blocks], format="csr", dtype=np.float32)
        idf = np.concatenate([[], *idfs]).astype(np.float32)
        return Features(vocabulary, idf, matrix, columns)

    def weighed(
        self, rows: NDArray[np.intp], columns: Mapping[str, NDArray[np.intp]], idf: NDArray[Any]
    ) -> sp.csr_matrix:
        """Return the values of utterances under the features of others, as `Reader` has them."""
        blocks, start = [], 0
        for name in BLOCKS:
            block = self.matrices[name][rows][:, columns[name]].astype(np.float64)
            end = start + len(columns[name])
            block.data = (1.0 + np.log(block.data)) * idf[start:end].astype(np.float64)[
                block.indices
            ]
            blocks.append(_length(self.settings, name) * normalize(block, norm="l2"))
            start = end
        return sp.hstack(blocks, format="csr")


def _count(messages: Sequence[list[str]], analyzer: Any) -> tuple[NDArray[np.object_], Any]:
    vectorizer = CountVectorizer(analyzer=analyzer, dtype=np.float32)
    try:
        counted = vectorizer.fit_transform(messages)
    except ValueError:  # scikit-learn's word for no entry at all; another block may have some
        return np.empty(0, dtype=object), sp.csr_matrix((len(messages), 0), dtype=np.float32)
    return vectorizer.get_feature_names_out(), counted


def _count_bigrams(
    messages: Sequence[list[str]], stems: NDArray[np.object_]
) -> tuple[NDArray[np.object_], Any]:
    """Count what `text.stem_bigrams` gives, as pairs of numbers: a fifth of the time.

    `stems`: all there are, sorted.
    """
    number = {stem: place for place, stem in enumerate(stems)}
    placed = np.array([number[stem] for message in messages for stem in text.stems(message)], int)
    rows = np.repeat(np.arange(len(messages)), [len(message) for message in messages])
    together = rows[:-1] == rows[1:]
    codes = (placed[:-1] * len(stems) + placed[1:])[together]
    found, columns = np.unique(codes, return_inverse=True)
    # A space sorts before all that words are made of, so the pairs are sorted as texts too.
    entries = [f"{stems[code // len(stems)]} {stems[code % len(stems)]}" for code in found.tolist()]
    ones, shape = np.ones(len(codes), np.float32), (len(messages), len(found))
    counted = sp.csr_matrix((ones, (rows[:-1][together], columns)), shape)
    return np.array(entries, dtype=object), counted


def _as_it_is(words: list[str]) -> list[str]:
    return words


def _fewest(settings: FeatureSettings, block: str) -> int:
    """Return in how many utterances an entry must stand: a word may be rare, an n-gram not."""
    return 1 if block == "stems" else settings.rare_below


def _length(settings: FeatureSettings, block: str) -> float:
    return {
        "stems": settings.stem_weight,
        "bigrams": settings.bigram_weight,
        "characters": settings.character_weight,
    }[block]


def build(settings: FeatureSettings) -> FeatureUnion:
    """Return the same features as unfitted parts of a scikit-learn pipeline."""
    analyzers = {
        "stems": text.stems,
        "bigrams": text.stem_bigrams,
        "characters": CharacterAnalyzer(settings.shortest, settings.longest),
    }
    return FeatureUnion(
        [
            (
                name,
                TfidfVectorizer(
                    analyzer=analyzers[name],
                    min_df=_fewest(settings, name),
                    sublinear_tf=True,
                    norm="l2",
                ),
            )
            for name in BLOCKS
        ],
        transformer_weights={name: _length(settings, name) for name in BLOCKS},
    )
