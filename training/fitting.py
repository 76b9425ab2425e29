"""Fits the linear model to utterances, by a solver that suits their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import Pipeline

from bot import text, typos
from bot.errors import UtteranceError
from bot.modelfile import FeatureSettings, Weights
from training.features import Counts, Features, build
from training.utterances import Utterance

SEED = 20_26
INVERSE_REGULARISATION = 20.0
TOLERANCE = 1e-4
MANY_FOR_STEPS = 250
"""Utterances per intent, on average, from which stochastic steps are as right as the exact
solution (docs/measurements.md)."""
LARGE_FOR_STEPS = 300_000
"""Utterances x intents from which the exact solution takes seconds."""
LARGEST_EXACT = 10_000_000
"""Utterances x intents up to which the exact solution takes minutes; from there on hours, so
that steps are taken though the intents have few utterances, for which they are less right."""
STEPS_INVERSE_REGULARISATION = 4.0
STEPS = 200_000
"""Stochastic steps in all, about: the fewer utterances, the more often each is seen."""
_BYTE = np.iinfo(np.int8).max
_TOO_LARGE = 1e-6
EPOCHS = range(3, 16)
"""How often each utterance may be seen."""


@dataclass(frozen=True, slots=True)
class Solver:
    """How the weights are found."""

    name: str
    """'newton-cg': multinomial, exact; 'sgd': one against the rest, by stochastic steps."""
    epochs: int = 0
    """How often each utterance is seen by stochastic steps."""

    @classmethod
    def suited(cls, utterances: int, intents: int) -> Solver:
        """Return the solver for so many utterances of so many intents.

        newton-cg takes half the time of lbfgs, which spends two thirds of its own on
        the memory of past steps; both take minutes where stochastic steps take seconds.
        """
        size, many = utterances * intents, utterances >= MANY_FOR_STEPS * intents
        if (many and size >= LARGE_FOR_STEPS) or size > LARGEST_EXACT:
            epochs = min(max(round(STEPS / utterances), EPOCHS.start), EPOCHS.stop - 1)
            return cls("sgd", epochs)
        return cls("newton-cg")

    def for_cases(self) -> Solver:
        """Return how a case is told from all else: half of the steps do (docs/measurements.md)."""
        return replace(self, epochs=(self.epochs + 1) // 2)

    def __str__(self) -> str:
        return f"{self.name}, {self.epochs} epochs" if self.epochs else self.name

    def estimator(self, utterances: int, jobs: int = 1) -> Any:
        """Return the unfitted scikit-learn classifier; `jobs`: threads, where it can use them."""
        if self.name == "sgd":
            return SGDClassifier(
                loss="log_loss",
                alpha=1.0 / (STEPS_INVERSE_REGULARISATION * utterances),
                max_iter=self.epochs,
                tol=None,
                # The rows come in a lasting order; the mean over the last time through
                # takes away what the last of them weigh too much.
                shuffle=False,
                average=(self.epochs - 1) * utterances,
                n_jobs=jobs,
            )
        return LogisticRegression(
            solver=self.name, C=INVERSE_REGULARISATION, tol=TOLERANCE, max_iter=1_000
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model, before any calibration."""

    labels: tuple[str, ...]
    """Intents, in the order of the columns of the weights."""
    cases: tuple[str, ...]
    """Narrower matters, in the order of the columns after those."""
    weights: Weights
    """All that the classifier needs to give logits."""
    columns: Mapping[str, NDArray[np.intp]]
    """Where the entries of each block stand in the counts that it was fitted to."""
    counts: Counts
    """These counts, of all the utterances."""

    def best(self, scores: NDArray[np.float64]) -> list[str]:
        """Return the best intent of each message, from scores of shape (n, k + c)."""
        places = scores[:, : len(self.labels)].argmax(axis=1)
        return [self.labels[place] for place in places.tolist()]


def fit(
    counts: Counts,
    messages: Sequence[list[str]],
    utterances: Sequence[Utterance],
    rows: Sequence[int],
    *,
    solver: Solver,
    jobs: int = 1,
) -> Fitted:
    """Return the model of some of the counted utterances, `rows`; `messages`: their words.

    Intents are told from each other, and each case from all that is not of it.
    They are learned from in the order of their hashes: a line more or less leaves all
    others where they were, and so moves few of the answers (docs/measurements.md).
    Raises UtteranceError when there is nothing in them to learn from.
    """
    rows = lasting_order(messages, rows)
    features = counts.features(rows)
    chosen = [utterances[row] for row in rows]
    if not features.matrix.shape[1]:
        raise UtteranceError(
            "the utterances cannot be learned from: they hold no word; wanted sentences"
        )
    classifier = solver.estimator(len(chosen), jobs).fit(
        features.matrix, [row.intent for row in chosen]
    )
    labels = np.array([row.case for row in chosen])
    cases = sorted({row.case for row in chosen if row.case})
    columns = [classifier] + [
        solver.for_cases().estimator(len(chosen)).fit(features.matrix, labels == case)
        for case in cases
    ]
    names = tuple(str(label) for label in classifier.classes_)
    counted = Counter(word for row in rows for word in messages[row])
    weights = weights_of(features, columns, counted)
    return Fitted(names, tuple(cases), weights, features.columns, counts)


def lasting_order(messages: Sequence[list[str]], rows: Sequence[int]) -> list[int]:
    """Return the rows by the hashes of their words: no order of theirs, and always the same."""

    def place(row: int) -> bytes:
        return blake2b(" ".join(messages[row]).encode(), digest_size=8).digest()

    return sorted(rows, key=place)


def unfitted(settings: FeatureSettings, solver: Solver, utterances: int) -> Pipeline:
    """Return features and classifier as scikit-learn's own tools want them, from lists of words.

    The rows must come in no order of theirs, as steps take them as they come.
    """
    return Pipeline([("features", build(settings)), ("classifier", solver.estimator(utterances))])


def weights_of(
    features: Features, classifiers: Sequence[Any], counted: Mapping[str, int]
) -> Weights:
    """Return the fitted numbers, rounded once: from here on these are the model.

    `classifiers`: of the intents, then of each case; `counted`: how often each word stands in
    the utterances.
    """
    coefficients = np.vstack([one.coef_ for one in classifiers])
    bias = np.concatenate([one.intercept_ for one in classifiers])
    if len(classifiers[0].classes_) == 2:
        # scikit-learn keeps one column for two labels: the log-odds of the second.
        coefficients = np.vstack([-coefficients[:1] / 2, coefficients[:1] / 2, coefficients[1:]])
        bias = np.concatenate([-bias[:1] / 2, bias[:1] / 2, bias[1:]])
    intents = len(classifiers[0].classes_)
    slips = typos.slips(counted)
    meant = typos.intended(counted, slips)
    words = sorted(meant)
    doubted = {text.stem(word) for word in slips} - {text.stem(word) for word in words}
    # By the intents alone, so that cases, whose larger weights are cut, change nothing about them.
    vocabulary, step = dict(features.vocabulary), step_for(coefficients[:intents])
    return Weights(
        bigrams=_numbered(vocabulary.pop("bigrams"), vocabulary["stems"]),
        **vocabulary,
        words=tuple(words),
        counts=np.array([meant[word] for word in words], dtype=np.uint32),
        doubtful=np.array(
            [i for i, stem in enumerate(features.vocabulary["stems"]) if stem in doubted],
            dtype=np.uint32,
        ),
        idf=features.idf,
        coefficients=rounded(coefficients.T, step),
        step=step,
        bias=bias.astype(np.float32),
    )


def _numbered(bigrams: Sequence[str], stems: Sequence[str]) -> NDArray[np.uint32]:
    """Return the numbers of the two stems of each bigram, shape (bigrams, 2)."""
    number = {stem: place for place, stem in enumerate(stems)}
    found = [number[stem] for bigram in bigrams for stem in bigram.split(" ")]
    return np.array(found, dtype=np.uint32).reshape(-1, 2)


def step_for(coefficients: NDArray[Any]) -> float:
    """Return the smallest power of two in whose multiples the weights fit into a byte each.

    One weight in a million may be too large, and is cut: no class hangs on it alone.
    """
    size = float(np.quantile(np.abs(coefficients), 1 - _TOO_LARGE)) if coefficients.size else 0.0
    return float(2.0 ** np.ceil(np.log2(size / _BYTE))) if size else 1.0


def rounded(coefficients: NDArray[Any], step: float) -> NDArray[np.int8]:
    """Return the weights in whole steps."""
    return np.clip(np.round(np.ascontiguousarray(coefficients) / step), -_BYTE, _BYTE).astype(
        np.int8
    )
