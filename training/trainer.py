"""Fits the classifier, calibrates it and chooses the thresholds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from bot import text
from bot.messages import OUT_OF_SCOPE
from bot.modelfile import FeatureSettings, ModelDescription, Temperature, Weights
from training import acts as acts_
from training import cases, fitting, folds, zones
from training.fitting import SEED, Solver
from training.folds import Report
from training.utterances import Utterance, check_trainable
from training.zones import HeldOut

TRAINING_FOLDS = 3
"""Enough to calibrate and to choose thresholds; each costs most of a fit."""
TRAINING_FOLDS_OF_MANY = 2
"""Where stochastic steps are taken: half of so many utterances says as much of the other half
(docs/measurements.md), a second sooner."""
EVALUATION_FOLDS = 5
"""For figures: each fold's model has seen four fifths of the utterances."""
BASES, SLOPES = (0.05, 20.0), (0.0, 0.5)
"""Where the temperature is looked for."""
MANY_PER_INTENT = 60
"""Utterances per intent, on average, from which a data set is a large one."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model, in memory."""

    description: ModelDescription
    """The readable half."""
    weights: Weights
    """The numeric half."""
    held_out: HeldOut
    """What the folds said about the utterances that they had not seen."""
    rows: tuple[Utterance, ...] = ()
    """The utterances, in training order."""


def in_training_order(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Return the utterances as they are fitted: sorted, each (intent, text) once."""
    unique = {(u.intent, u.text): u for u in utterances}
    return [unique[key] for key in sorted(unique)]


def settings_for(utterances: Sequence[Utterance]) -> FeatureSettings:
    """Return the settings for a data set of this size.

    Where an intent has few utterances, every n-gram counts and pairs of words say
    little; from some sixty on it makes little difference, and the smaller model is taken
    (docs/measurements.md).
    """
    unique = {(u.intent, u.text) for u in utterances}
    average = len(unique) / max(1, len({intent for intent, _ in unique}))
    if average >= MANY_PER_INTENT:
        return FeatureSettings()
    return FeatureSettings(bigram_weight=0.42, rare_below=1)


def solver_for(utterances: Sequence[Utterance]) -> Solver:
    """Return the solver for the whole of a data set."""
    unique = {(u.intent, u.text) for u in utterances}
    return Solver.suited(len(unique), len({intent for intent, _ in unique}))


def _folds(solver: Solver) -> int:
    return TRAINING_FOLDS_OF_MANY if solver.epochs else TRAINING_FOLDS


def folds_for(utterances: Sequence[Utterance]) -> int:
    """Return in how many folds a training holds utterances back; it makes one fit more."""
    return _folds(solver_for(utterances))


def data_hash(
    utterances: Sequence[Utterance],
    settings: FeatureSettings | None = None,
    *,
    acts: Sequence[Utterance] = (),
) -> str:
    """Return the hash of all that decides the weights: pairs, settings, features version."""
    rows = in_training_order(utterances)
    pairs = [(row.label, row.text) for row in rows]
    of_acts = [(row.label, row.text) for row in in_training_order(acts)]
    solver = Solver.suited(len(rows), len({row.intent for row in rows}))
    content = [
        pairs,
        of_acts,
        asdict(settings or settings_for(utterances)),
        [str(solver), SEED, _folds(solver)],
        [fitting.INVERSE_REGULARISATION, fitting.STEPS_INVERSE_REGULARISATION, fitting.TOLERANCE],
        text.FEATURES_VERSION,
    ]
    return sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def train(
    utterances: Sequence[Utterance],
    *,
    settings: FeatureSettings | None = None,
    acts: Sequence[Utterance] = (),
    jobs: int = -1,
    report: Report = lambda done, of: None,
) -> Trained:
    """Fit a model to the utterances.

    `settings`: those that a search found; None chooses by the number of utterances.
    `acts`: utterances of acts, see `training.acts`; they change nothing about the intents.
    `jobs`: threads that fit side by side, -1 for one a core; the result is the same
    for any number. `report(done, of)` is called after each of the fits.
    Raises UtteranceError when they cannot be learned from.
    """
    check_trainable(list(utterances))
    rows = in_training_order(utterances)
    searched = settings is not None
    settings = settings or settings_for(rows)
    held_out, fitted = folds.fit_all(
        rows, settings, folds_for(rows), with_whole=True, jobs=jobs, report=report
    )
    assert fitted is not None
    temperature = calibrate(held_out)
    scored = zones.Scored.of(held_out, temperature)
    thresholds = zones.choose(scored)
    clear = zones.answered(scored, thresholds)[: len(rows)]
    description = ModelDescription(
        labels=fitted.labels,
        cases=cases.borders(held_out, rows, clear),
        acts=(),
        act_borders=(acts_.NEVER, acts_.NEVER),
        features=settings,
        temperature=temperature,
        answer_from=thresholds.answer_from,
        clarify_from=thresholds.clarify_from,
        data_hash=data_hash(rows, settings, acts=acts),
        seed=SEED,
        versions={name: version(name) for name in ("numpy", "scikit-learn", "scipy", "PyStemmer")},
        stem_fingerprint=text.stem_fingerprint(),
        scores=zones.summary(scored, thresholds),
        searched=searched,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    trained = Trained(description, fitted.weights, held_out, tuple(rows))
    if not acts:
        return trained
    with threadpool_limits(1):
        learned = acts_.learn(description, fitted, rows, clear, in_training_order(acts), jobs=jobs)
    description = replace(
        description,
        acts=learned.names,
        act_borders=learned.borders,
        scores={**description.scores, **learned.scores},
    )
    return replace(trained, description=description, weights=learned.weights)


def cross_validate(
    utterances: Sequence[Utterance],
    *,
    settings: FeatureSettings | None = None,
    jobs: int = -1,
    report: Report = lambda done, of: None,
) -> HeldOut:
    """Return what stratified folds say about the utterances that each was not fitted to.

    `settings`: as for `train`.
    """
    check_trainable(list(utterances))
    rows = in_training_order(utterances)
    settings = settings or settings_for(rows)
    return folds.fit_all(
        rows, settings, EVALUATION_FOLDS, with_whole=False, jobs=jobs, report=report
    )[0]


def calibrate(held_out: HeldOut) -> Temperature:
    """Return the temperature with the least held-out log-loss of the confidence.

    What is asked is whether the best label is right: the confidence is what the zones and
    the user go by. The likeliest probabilities of all the labels make it 0.01 too high.
    It rises with the highest logit only where there are out-of-scope lines. Where there
    are none, a low probability is what tells strange messages, and low logits, as they
    have, would make it high.
    """
    # A label that a fold has never seen has no chance at any temperature.
    seen = held_out.logits[np.arange(len(held_out.truth)), held_out.truth] > zones.IMPOSSIBLE
    if not seen.any():
        return Temperature(1.0)
    logits = held_out.logits[seen]
    best, highest = logits.argmax(axis=1), logits.max(axis=1)
    right = best == held_out.truth[seen]
    below = logits - highest[:, None]

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the mean log-loss, and how it changes with base and slope."""
        found = Temperature(*point).of(highest)
        others = np.exp(below / found[:, None])
        others[np.arange(len(best)), best] = 0.0
        odds = others.sum(axis=1) + np.finfo(float).tiny  # of all other labels, against the best
        losses = np.log1p(odds) - np.where(right, 0.0, np.log(odds))
        # d log(odds) / d temperature, times d loss / d log(odds)
        steep = -np.einsum("nk,nk->n", others, below) / odds / found**2
        steep *= np.where(right, odds / (1 + odds), -1 / (1 + odds))
        free = found > point[0] / 2
        gradient = [np.mean(steep * np.where(free, 1.0, 0.5)), np.mean(steep * highest * free)]
        return float(np.mean(losses)), np.array(gradient)

    slopes = SLOPES if OUT_OF_SCOPE in held_out.labels else (0.0, 0.0)
    found: Any = minimize(loss, (1.0, 0.0), jac=True, method="L-BFGS-B", bounds=[BASES, slopes])
    return Temperature(*(round(float(value), 4) for value in found.x))
