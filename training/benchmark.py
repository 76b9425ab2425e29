"""Measures the trainer on public intent sets, beside two plain scikit-learn baselines."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from threadpoolctl import threadpool_limits

from bot.classifier import Classifier
from bot.errors import UtteranceError
from training import trainer
from training.folds import Report
from training.intent_sets import IntentSet, draw, with_edits
from training.utterances import Utterance
from training.zones import calibration_error

DRAW_SEEDS = (1, 2, 3)
"""Of the draws of a few examples; the median counts."""
SHOTS = (5, 10, 20)
"""Examples per intent in those draws."""
EDITS = (1, 2)
"""Character edits a message; none at all is the plain accuracy."""
RECALL_AT = (91, 92)
"""In-scope accuracies, in per cent, at which the out-of-scope recall is read."""
WARM_UP = 200
"""Training messages, about as many, classified before the clock starts."""

MEASURES = {
    "accuracy": ("accuracy", "{:.1%}"),
    "calibration_error": ("expected calibration error", "{:.1%}"),
    "answered_right": ("in scope: answered right", "{:.1%}"),
    "answered_wrong": ("in scope: answered wrong", "{:.1%}"),
    "asked_back": ("in scope: asked back", "{:.1%}"),
    "refused": ("in scope: 'I do not know'", "{:.1%}"),
    "oos_refused": ("out of scope: refused", "{:.1%}"),
    "oos_asked_back": ("out of scope: asked back", "{:.1%}"),
    "oos_answered": ("out of scope: answered", "{:.1%}"),
    "auroc": ("AUROC of what refuses, in against out of scope", "{:.3f}"),
    **{
        f"oos_recall_at_{share}": (f"out-of-scope recall at {share} % in-scope accuracy", "{:.1%}")
        for share in RECALL_AT
    },
    **{f"accuracy_{n}_edits": (f"accuracy, character edits: {n}", "{:.1%}") for n in EDITS},
    **{f"accuracy_{n}_shots": (f"accuracy, examples per intent: {n}", "{:.1%}") for n in SHOTS},
    "training_seconds": ("training, s (cardline: with its folds)", "{:.1f}"),
    "microseconds": ("one message, µs", "{:,.0f}"),
}
"""Label and format of every measure, by its name in the JSON."""

Figures = dict[str, float | None]
"""A value for each of the measures; None where there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model says to n messages."""

    best: list[str]
    """The best label of each."""
    confidence: NDArray[np.float64]
    """Its probability, shape (n,)."""
    score: NDArray[np.float64]
    """How far each message seems to be in scope, shape (n,): what refuses goes by it."""
    zones: list[str] | None
    """The zone of each; None for a model that knows none."""


class Model(Protocol):
    """A fitted model, ours or a baseline."""

    def labels(self, messages: Sequence[str]) -> list[str]:
        """Return the best label of each message."""

    def read(self, messages: Sequence[str]) -> Reading:
        """Return all that is measured of each message."""


class Cardline:
    """The project's own trainer and classifier."""

    def __init__(self, rows: Sequence[Utterance], jobs: int) -> None:
        trained = trainer.train(rows, jobs=jobs)
        self.description = trained.description
        self._classifier = Classifier(trained.description, trained.weights)

    def labels(self, messages: Sequence[str]) -> list[str]:
        """Return the best label of each message."""
        return [self._classifier.classify(message).ranking[0][0] for message in messages]

    def read(self, messages: Sequence[str]) -> Reading:
        """Return all that is measured of each message."""
        found = [self._classifier.classify(message) for message in messages]
        return Reading(
            best=[one.ranking[0][0] for one in found],
            confidence=np.array([one.confidence for one in found]),
            score=np.array([self._classifier.explain(message).scope for message in messages]),
            zones=[one.zone for one in found],
        )


class Baseline:
    """A scikit-learn pipeline as anyone would write it; its score is the highest probability."""

    def __init__(self, rows: Sequence[Utterance], pipeline: Pipeline) -> None:
        try:
            pipeline.fit([row.text for row in rows], [row.intent for row in rows])
        except ValueError as error:  # scikit-learn's only word for sentences without a word
            raise UtteranceError(
                f"a baseline cannot learn from the utterances ({error})"
            ) from error
        self._pipeline = pipeline

    @classmethod
    def defaults(cls, rows: Sequence[Utterance], jobs: int) -> Baseline:
        """Return words, with scikit-learn's default settings, fitted; `jobs` is of no use."""
        return cls(rows, make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1_000)))

    @classmethod
    def union(cls, rows: Sequence[Utterance], jobs: int) -> Baseline:
        """Return words, pairs and character n-grams in one row, fitted; `jobs` is of no use."""
        blocks = make_union(
            TfidfVectorizer(ngram_range=(1, 2)),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)),
        )
        return cls(rows, make_pipeline(blocks, LogisticRegression(C=20, max_iter=1_000)))

    def labels(self, messages: Sequence[str]) -> list[str]:
        """Return the best label of each message."""
        return [str(label) for label in self._pipeline.predict(list(messages))]

    def read(self, messages: Sequence[str]) -> Reading:
        """Return all that is measured of each message."""
        found = self._pipeline.predict_proba(list(messages))
        best = [str(self._pipeline.classes_[place]) for place in found.argmax(axis=1)]
        return Reading(best, found.max(axis=1), found.max(axis=1), None)


Fit = Callable[[Sequence[Utterance], int], Model]
SYSTEMS: Mapping[str, Fit] = {
    "cardline": Cardline,
    "plain union": Baseline.union,
    "scikit-learn defaults": Baseline.defaults,
}
FITS = len(SYSTEMS) * (1 + len(SHOTS) * len(DRAW_SEEDS))
"""Models fitted in one run; the folds of ours are not counted."""


def run(
    data: IntentSet, *, jobs: int = -1, report: Report = lambda done, of: None
) -> dict[str, Figures]:
    """Return the figures of each system; `report(done, of)` is called after each fit."""
    done = count(1)
    with threadpool_limits(1):  # more BLAS threads make fits this small many times slower
        return {
            name: measure(fit, data, jobs, lambda: report(next(done), FITS))
            for name, fit in SYSTEMS.items()
        }


def measure(fit: Fit, data: IntentSet, jobs: int, fitted: Callable[[], None]) -> Figures:
    """Return all the figures of one system."""
    figures: Figures = dict.fromkeys(MEASURES)
    started = time.perf_counter()
    model = fit(data.train, jobs)
    figures["training_seconds"] = time.perf_counter() - started
    fitted()
    # Timed before anything else is asked: no message has been seen, no word of it remembered.
    figures["microseconds"] = _microseconds(model, data)
    inside = model.read([row.text for row in data.dev])
    right = np.array([best == row.intent for best, row in zip(inside.best, data.dev, strict=True)])
    figures |= _in_scope(inside, right)
    if data.out_of_scope:
        outside = model.read([row.text for row in data.out_of_scope])
        figures |= _out_of_scope(inside.score, right, outside)
    for edits in EDITS:
        edited = [with_edits(row.text, edits) for row in data.dev]
        figures[f"accuracy_{edits}_edits"] = _accuracy(model.labels(edited), data.dev)
    for size in SHOTS:
        figures[f"accuracy_{size}_shots"] = _few_shots(fit, data, size, jobs, fitted)
    return figures


def _microseconds(model: Model, data: IntentSet) -> float:
    """Return the median time of one message, over the distinct ones of dev."""
    for row in data.train[:: max(1, len(data.train) // WARM_UP)]:
        model.labels([row.text])
    taken = []
    for message in dict.fromkeys(row.text for row in data.dev):
        started = time.perf_counter_ns()
        model.labels([message])
        taken.append(time.perf_counter_ns() - started)
    return statistics.median(taken) / 1_000


def _accuracy(found: Iterable[str], rows: Sequence[Utterance]) -> float:
    return sum(a == row.intent for a, row in zip(found, rows, strict=True)) / len(rows)


def _in_scope(reading: Reading, right: NDArray[np.bool_]) -> Figures:
    figures: Figures = {
        "accuracy": float(right.mean()),
        "calibration_error": calibration_error(reading.confidence, right),
    }
    if reading.zones is not None:
        zones = np.array(reading.zones)
        figures["answered_right"] = float(((zones == "answer") & right).mean())
        figures["answered_wrong"] = float(((zones == "answer") & ~right).mean())
        figures["asked_back"] = float((zones == "clarify").mean())
        figures["refused"] = float((zones == "unknown").mean())
    return figures


def _out_of_scope(
    inside: NDArray[np.float64], right: NDArray[np.bool_], outside: Reading
) -> Figures:
    truth = np.repeat([1, 0], [len(inside), len(outside.score)])
    auroc = roc_auc_score(truth, np.concatenate([inside, outside.score]))
    figures: Figures = {"auroc": float(auroc)}
    for share in RECALL_AT:
        figures[f"oos_recall_at_{share}"] = recall_at(share, inside, right, outside.score)
    if outside.zones is not None:
        zones = outside.zones
        for name, zone in (
            ("refused", "unknown"),
            ("asked_back", "clarify"),
            ("answered", "answer"),
        ):
            figures[f"oos_{name}"] = zones.count(zone) / len(zones)
    return figures


def recall_at(
    share: int,
    inside: NDArray[np.float64],
    right: NDArray[np.bool_],
    outside: NDArray[np.float64],
) -> float | None:
    """Return the most out-of-scope messages that one threshold refuses at an in-scope accuracy.

    `share`: per cent of all in-scope messages that must be right and not refused; None
    when too few are right to begin with. No sweep is needed: the best threshold is the
    score of the last right message that has to stay.
    """
    needed = -(-share * len(inside) // 100)
    scores = np.sort(inside[right])[::-1]
    return float((outside < scores[needed - 1]).mean()) if needed <= len(scores) else None


def _few_shots(
    fit: Fit, data: IntentSet, size: int, jobs: int, fitted: Callable[[], None]
) -> float | None:
    """Return the median accuracy over the draws; None when no intent has that many."""
    drawn = [draw(data.train, size, seed) for seed in DRAW_SEEDS]
    if len(drawn[0]) == len(draw(data.train, size - 1, DRAW_SEEDS[0])):
        return None
    found = []
    for rows in drawn:
        found.append(_accuracy(fit(rows, jobs).labels([row.text for row in data.dev]), data.dev))
        fitted()
    return statistics.median(found)


def to_dict(data: IntentSet, results: Mapping[str, Figures]) -> dict[str, object]:
    """Return JSON-ready values: the sizes, and each system's figures by name."""
    return {
        "data": data.name,
        "intents": len({row.intent for row in data.train}),
        "train": len(data.train),
        "dev": len(data.dev),
        "out_of_scope": len(data.out_of_scope),
        "measures": {name: dict(figures) for name, figures in results.items()},
    }


def table(data: IntentSet, results: Mapping[str, Figures]) -> str:
    """Return a Markdown table, a row for each measure that any system has."""
    lines = [f"| {data.name} | {' | '.join(results)} |", "|---|" + "--:|" * len(results)]
    for name, (label, form) in MEASURES.items():
        values = [figures[name] for figures in results.values()]
        cells = ["–" if value is None else form.format(value) for value in values]
        if any(value is not None for value in values):
            lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)
