"""Fits the classifier, calibrates it, chooses the thresholds and writes a model."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from bot import modelfile, text, typos
from bot.errors import ModelError, UtteranceError
from bot.messages import OUT_OF_SCOPE
from bot.modelfile import FeatureSettings, ModelDescription, Weights
from training import features, zones
from training.utterances import Utterance, check_trainable
from training.zones import HeldOut

SEED = 20_26
TRAINING_FOLDS = 3
"""Enough to calibrate and to choose thresholds; each costs most of a fit."""
EVALUATION_FOLDS = 5
"""For figures: each fold's model has seen four fifths of the utterances."""
INVERSE_REGULARISATION = 20.0
SOLVER = "newton-cg"
"""Half the time of lbfgs, which spends two thirds of its own on the memory of past steps."""
TOLERANCE = 1e-4
MANY_PER_INTENT = 60
"""Utterances per intent, on average, from which a data set is a large one."""
FEWEST_TO_LEAVE_OUT = 5
"""Intents from which one in five can be left out to stand in for what is out of scope."""
_IMPOSSIBLE = -30.0
"""Logit of a label that a fold has never seen."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model, in memory."""

    description: ModelDescription
    """The readable half."""
    weights: Weights
    """The numeric half."""
    held_out: HeldOut
    """What the folds said about the utterances that they had not seen."""


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


def data_hash(utterances: Sequence[Utterance], settings: FeatureSettings | None = None) -> str:
    """Return the hash of all that decides the weights: pairs, settings, features version."""
    pairs = [(u.intent, u.text) for u in in_training_order(utterances)]
    content = [
        pairs,
        asdict(settings or settings_for(utterances)),
        [SOLVER, INVERSE_REGULARISATION, TOLERANCE, SEED, TRAINING_FOLDS],
        text.FEATURES_VERSION,
    ]
    return sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def train(
    utterances: Sequence[Utterance],
    *,
    settings: FeatureSettings | None = None,
    jobs: int = -1,
    report: Report = lambda done, of: None,
) -> Trained:
    """Fit a model to the utterances.

    `jobs`: processes that fit side by side, -1 for one a core; the result is the same
    for any number. `report(done, of)` is called after each of the fits.
    Raises UtteranceError when they cannot be learned from.
    """
    check_trainable(list(utterances))
    rows = in_training_order(utterances)
    settings = settings or settings_for(rows)
    held_out, pipeline = _fit_all(
        rows, settings, TRAINING_FOLDS, with_whole=True, jobs=jobs, report=report
    )
    counts = word_counts(features.WordReader().transform([row.text for row in rows]))
    weights = weights_of(pipeline, counts)
    temperature = calibrate(held_out)
    scored = zones.Scored.of(held_out, temperature)
    thresholds = zones.choose(scored)
    description = ModelDescription(
        labels=tuple(str(label) for label in pipeline["classifier"].classes_),
        features=settings,
        temperature=temperature,
        answer_from=thresholds.answer_from,
        clarify_from=thresholds.clarify_from,
        data_hash=data_hash(utterances, settings),
        seed=SEED,
        versions={
            name: version(name) for name in ("numpy", "scikit-learn", "scipy", "snowballstemmer")
        },
        stem_fingerprint=text.stem_fingerprint(),
        scores=zones.summary(scored, thresholds),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return Trained(description, weights, held_out)


def cross_validate(
    utterances: Sequence[Utterance], *, jobs: int = -1, report: Report = lambda done, of: None
) -> HeldOut:
    """Return what stratified folds say about the utterances that each was not fitted to."""
    check_trainable(list(utterances))
    rows = in_training_order(utterances)
    settings = settings_for(rows)
    return _fit_all(rows, settings, EVALUATION_FOLDS, with_whole=False, jobs=jobs, report=report)[0]


def fit(messages: list[list[str]], labels: list[str], settings: FeatureSettings) -> Pipeline:
    """Return the fitted features and classifier; its input is lists of words."""
    try:
        return unfitted(settings).fit(messages, labels)
    except ValueError as error:  # scikit-learn's only word for a block without a single feature
        raise UtteranceError(
            f"the utterances cannot be learned from ({error}); wanted sentences of several words"
        ) from error


def unfitted(settings: FeatureSettings) -> Pipeline:
    """Return features and classifier, not yet fitted."""
    classifier = LogisticRegression(
        solver=SOLVER, C=INVERSE_REGULARISATION, tol=TOLERANCE, max_iter=1_000
    )
    return Pipeline([("features", features.build(settings)), ("classifier", classifier)])


@dataclass(frozen=True, slots=True)
class _Fold:
    """One fit: the rows to learn from, and those to be asked about afterwards."""

    inside: list[int]
    """Rows to learn from."""
    outside: list[int]
    """Rows to be asked about."""
    strange: bool = False
    """Whether these are of intents that the fold has not seen, and stand in for what is
    out of scope."""

    def intents(self, labels: list[str]) -> list[str]:
        """Return the intents that the fold learns, in the order of its columns."""
        return sorted({labels[row] for row in self.inside})


def _fit_all(
    rows: list[Utterance],
    settings: FeatureSettings,
    count: int,
    *,
    with_whole: bool,
    jobs: int,
    report: Report,
) -> tuple[HeldOut, Pipeline]:
    """Fit every fold, and the whole if wanted, side by side; return what the folds say, and it."""
    raw = [row.text for row in rows]
    messages = features.WordReader().transform(raw)
    labels = [row.intent for row in rows]
    names = tuple(sorted(set(labels)))
    column = {name: number for number, name in enumerate(names)}
    truth = np.array([column[label] for label in labels])
    folds = _folds(truth, count)
    absent = OUT_OF_SCOPE not in names and len(names) >= FEWEST_TO_LEAVE_OUT
    if absent:
        folds += _without_intents(truth, len(names))
    if with_whole:
        # The longest fit comes first, so that it does not end alone.
        folds.insert(0, _Fold(list(range(len(labels))), []))
    fits = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_fit_fold)(fold, raw, messages, labels, settings) for fold in folds
    )
    rows_logits, rows_known = np.full((len(labels), len(names)), _IMPOSSIBLE), np.zeros(len(labels))
    strange: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    whole: Pipeline = None
    for number, (fold, (pipeline, found, shares)) in enumerate(zip(folds, fits, strict=True), 1):
        if pipeline is not None:
            whole = pipeline
            found, shares = np.empty((0, len(pipeline["classifier"].classes_))), np.empty(0)
        columns = [column[name] for name in fold.intents(labels)]
        spread = np.full((len(found), len(names)), _IMPOSSIBLE)
        spread[:, columns] = found
        if fold.strange:
            strange.append((spread, shares))
        else:
            rows_logits[fold.outside], rows_known[fold.outside] = spread, shares
        report(number, len(folds))
    held_out = HeldOut(names, truth, rows_logits, rows_known)
    return held_out.with_strange(strange), whole


def _folds(truth: NDArray[np.int64], count: int) -> list[_Fold]:
    count = min(count, int(np.bincount(truth).min()))
    splitter = StratifiedKFold(count, shuffle=True, random_state=SEED)
    split = splitter.split(np.zeros(len(truth)), truth)
    return [_Fold(inside.tolist(), outside.tolist()) for inside, outside in split]


def _without_intents(truth: NDArray[np.int64], count: int) -> list[_Fold]:
    """Return one fold that has not seen every fifth intent.

    Where nobody wrote down what is out of scope, the utterances of these are the
    nearest thing to it: from them the honest no is learned.
    """
    strange = np.isin(truth, np.random.default_rng(SEED).permutation(count)[: max(1, count // 5)])
    return [_Fold(np.flatnonzero(~strange).tolist(), np.flatnonzero(strange).tolist(), True)]


def _fit_fold(
    fold: _Fold,
    raw: list[str],
    messages: list[list[str]],
    labels: list[str],
    settings: FeatureSettings,
) -> tuple[Pipeline | None, NDArray[np.float64], NDArray[np.float64]]:
    """Fit one fold, and return the fitted whole or what the fold says about its held-out part."""
    with threadpool_limits(1):  # more BLAS threads make a fit this small many times slower
        model = fit([messages[i] for i in fold.inside], [labels[i] for i in fold.inside], settings)
        if not fold.outside:
            return model, np.empty(0), np.empty(0)
        reader = features.WordReader(stems_of(model), word_counts(messages[i] for i in fold.inside))
        read = [reader.read(raw[i]) for i in fold.outside]
        logits = decision(model, [[word for word, _ in row] for row in read])
        return None, logits, known_shares(model, read)


def decision(pipeline: Pipeline, messages: list[list[str]]) -> NDArray[np.float64]:
    """Return the logits of every label, shape (n, k), also where there are only two."""
    found: NDArray[np.float64] = pipeline.decision_function(messages)
    # scikit-learn gives one column for two labels: the log-odds of the second.
    return np.column_stack([-found / 2, found / 2]) if found.ndim == 1 else found


def stems_of(pipeline: Pipeline) -> dict[str, int]:
    """Return the stems that the pipeline has seen, and their columns."""
    stems: dict[str, int] = dict(pipeline["features"].transformer_list)["stems"].vocabulary_
    return stems


def word_counts(messages: Iterable[list[str]]) -> dict[str, int]:
    """Return the words that slips are repaired to, and how often each occurs."""
    return typos.intended(Counter(word for message in messages for word in message))


def known_shares(
    pipeline: Pipeline, messages: list[list[tuple[str, float]]]
) -> NDArray[np.float64]:
    """Return the idf-weighted share of each message that the pipeline has seen, shape (n,)."""
    blocks = dict(pipeline["features"].transformer_list)
    column, idf = blocks["stems"].vocabulary_, blocks["stems"].idf_
    unseen = max(float(block.idf_.max()) for block in blocks.values())
    shares = np.zeros(len(messages))
    for number, message in enumerate(messages):
        row = [(text.stem(word), trust) for word, trust in message if not text.is_number(word)]
        weights = [float(idf[column[s]]) if s in column else unseen for s, _ in row]
        known = sum(w * trust for w, (_, trust) in zip(weights, row, strict=True))
        shares[number] = known / sum(weights) if weights else 0.0
    return shares


def weights_of(pipeline: Pipeline, counts: Mapping[str, int]) -> Weights:
    """Return the pipeline's numbers, rounded once: from here on these are the model."""
    blocks = dict(pipeline["features"].transformer_list)
    classifier = pipeline["classifier"]
    coefficients, bias = classifier.coef_, classifier.intercept_
    if len(classifier.classes_) == 2:
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        bias = np.concatenate([-bias / 2, bias / 2])
    vocabulary = {
        name: tuple(str(entry) for entry in block.get_feature_names_out())
        for name, block in blocks.items()
    }
    words = sorted(counts)
    return Weights(
        words=tuple(words),
        counts=np.array([counts[word] for word in words], dtype=np.uint32),
        idf=np.concatenate([block.idf_ for block in blocks.values()]).astype(np.float32),
        coefficients=_rounded(coefficients.T),
        bias=bias.astype(np.float32),
        **vocabulary,
    )


def _rounded(coefficients: NDArray[Any]) -> NDArray[np.float16]:
    """Return float16 with four bits of mantissa: a thirtieth off, a third less on disk."""
    bits = np.ascontiguousarray(coefficients, dtype=np.float16).view(np.uint16)
    # Half of the last bit kept is added before the rest is cut; no weight is near 65,504.
    return ((bits + np.uint16(32)) & np.uint16(0xFFC0)).view(np.float16)


def calibrate(held_out: HeldOut) -> float:
    """Return the temperature with the least held-out log-loss (Guo and others 2017)."""

    def loss(log_temperature: float) -> float:
        scaled = held_out.logits / np.exp(log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        normaliser = np.log(np.exp(scaled).sum(axis=1))
        right = scaled[np.arange(len(scaled)), held_out.truth]
        return float((normaliser - right).mean())

    found: Any = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")
    return round(float(np.exp(found.x)), 4)


def write(trained: Trained, models: Path, name: str | None = None) -> Path:
    """Write the model into a new folder below `models` and put it in use.

    Without a name the folder is called after the time. The old model stays; a model
    written under a name that exists takes the place of the old one.
    """
    if name is not None and (not _NAME.fullmatch(name) or name == modelfile.CURRENT_FILE):
        raise ModelError(
            f"the model's name is {name!r}; wanted letters, digits, '.', '_' or '-', "
            f"the first a letter or digit, and not {modelfile.CURRENT_FILE!r}"
        )
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    chosen = name or f"{stamp}-{trained.description.data_hash[:8]}"
    aside = models / f".{chosen}.{os.getpid()}"
    modelfile.save(aside, trained.description, trained.weights)
    final = models / chosen
    if final.exists():
        old = models / f".{chosen}.old.{os.getpid()}"
        final.rename(old)
        aside.rename(final)
        for file in old.iterdir():
            file.unlink()
        old.rmdir()
    else:
        aside.rename(final)
    use(models, chosen)
    return final


def use(models: Path, name: str) -> None:
    """Point the one line of `models/current` at a model."""
    aside = models / f"{modelfile.CURRENT_FILE}.{os.getpid()}"
    with aside.open("w", encoding="utf-8") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(models / modelfile.CURRENT_FILE)
