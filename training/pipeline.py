"""The trained model as a scikit-learn pipeline, with the very numbers that the bot uses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from bot import modelfile
from bot.linear import probabilities
from bot.modelfile import Temperature
from bot.reader import Reader
from training import features
from training.aside import written_aside


class Calibrated(LogisticRegression):  # type: ignore[misc]
    """A fitted regression whose probabilities have the temperature of the model."""

    temperature: Temperature

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803 (scikit-learn's name)
        """Return the probability of each label, shape (messages, labels)."""
        return probabilities(self.decision_function(X), self.temperature)


def load(folder: Path) -> Pipeline:
    """Return the model in `folder` as a fitted pipeline from messages to probabilities.

    Its weights are the rounded ones, so that `predict_proba` is what
    `Classifier.probabilities` computes.
    """
    description, weights = modelfile.load(folder)
    union = features.build(description.features)
    bigrams = [f"{weights.stems[a]} {weights.stems[b]}" for a, b in weights.bigrams.tolist()]
    texts = {"stems": weights.stems, "bigrams": bigrams, "characters": weights.characters}
    start = 0
    for name, vectorizer in union.transformer_list:
        vocabulary = texts[name]
        _restore(vectorizer, vocabulary, weights.idf[start : start + len(vocabulary)])
        start += len(vocabulary)
    classifier = Calibrated()
    classifier.temperature = description.temperature
    classifier.classes_ = np.array(description.labels)
    intents = len(description.labels)  # the cases, which have columns after them, stay behind
    classifier.coef_ = weights.coefficients[:, :intents].T * weights.step
    classifier.intercept_ = weights.bias[:intents].astype(np.float64)
    classifier.n_features_in_ = len(weights.coefficients)
    reader = features.WordReader(Reader(description.features, weights))
    return Pipeline([("words", reader), ("features", union), ("classifier", classifier)])


def _restore(vectorizer: TfidfVectorizer, vocabulary: Sequence[str], idf: np.ndarray) -> None:
    vectorizer.vocabulary_ = {entry: number for number, entry in enumerate(vocabulary)}
    vectorizer.fixed_vocabulary_ = False
    vectorizer.idf_ = idf.astype(np.float64)


def export(folder: Path, path: Path) -> None:
    """Write the pipeline of the model in `folder` with joblib; reading it needs this package."""
    pipeline = load(folder)  # before the block, so that its errors keep their own file
    with written_aside(path) as aside:
        joblib.dump(pipeline, aside)
