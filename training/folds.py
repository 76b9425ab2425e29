"""Fits models side by side, each to a part of the utterances, and asks each about the rest."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from bot import redaction, text
from bot.linear import Linear
from bot.messages import OUT_OF_SCOPE
from bot.modelfile import FeatureSettings
from bot.reader import Batch
from training import features
from training.features import Counts
from training.fitting import SEED, Fitted, Solver, fit
from training.utterances import Utterance
from training.zones import IMPOSSIBLE, HeldOut

FEWEST_TO_LEAVE_OUT = 5
"""Intents from which one in five can be left out to stand in for what is out of scope."""
_TOGETHER = 64
"""Messages that are read at once."""

_log = logging.getLogger(__name__)

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fold:
    """One fit: the rows to learn from, and those to be asked about afterwards."""

    inside: list[int]
    """Rows to learn from."""
    outside: list[int]
    """Rows to be asked about; none for the whole."""
    strange: bool = False
    """Whether these are of intents that the fold has not seen, and stand in for what is
    out of scope."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """What one fit brings back: the model itself, or what it says of its held-out rows."""

    fold: int
    """Number of the fold: they come as they get ready."""
    fitted: Fitted | None
    labels: tuple[str, ...]
    cases: tuple[str, ...]
    scores: NDArray[np.float64]
    """Shape (rows, labels + cases)."""
    known: NDArray[np.float64]
    """Shape (rows,)."""


def fit_all(
    rows: Sequence[Utterance],
    settings: FeatureSettings,
    count: int,
    *,
    with_whole: bool,
    jobs: int,
    report: Report,
) -> tuple[HeldOut, Fitted | None]:
    """Fit every fold, and the whole if wanted, side by side; return what the folds say, and it."""
    raw = [redaction.mask(row.text).text for row in rows]
    labels = [row.intent for row in rows]
    names = tuple(sorted(set(labels)))
    truth = np.searchsorted(names, labels).astype(np.int64)
    # A training is compared with the next, so its folds must not be dealt anew for a line more.
    folds = _lasting_folds(rows, count) if with_whole else _folds(truth, count)
    if OUT_OF_SCOPE not in names and len(names) >= FEWEST_TO_LEAVE_OUT:
        folds += _without_intents(truth, len(names))
    if with_whole:
        # The longest fit comes first, so that it does not end alone.
        folds.insert(0, Fold(list(range(len(labels))), []))
    messages = [text.words(message) for message in raw]
    counts = Counts.of(messages, settings)
    solver = Solver.suited(len(labels), len(names))
    cases = tuple(sorted({row.case for row in rows if row.case}))
    _log.info("%d utterances of %d intents: fitted by %s", len(labels), len(names), solver)
    # Threads: the solvers let go of Python's lock, and nothing is copied or imported anew.
    # Within a fit too, so that no core is idle while the last one is made.
    with threadpool_limits(1):  # more BLAS threads make a fit this small many times slower
        found = Parallel(n_jobs=jobs, prefer="threads", return_as="generator_unordered")(
            delayed(_fit_fold)(number, fold, raw, messages, rows, counts, solver, jobs)
            for number, fold in enumerate(folds)
        )
        return _gathered(folds, found, HeldOut.empty(names, cases, truth), report)


def _gathered(
    folds: Sequence[Fold],
    found: Iterable[_Answers],
    held_out: HeldOut,
    report: Report,
) -> tuple[HeldOut, Fitted | None]:
    strange: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    whole: Fitted | None = None
    for done, answers in enumerate(found, 1):
        fold, whole = folds[answers.fold], answers.fitted or whole
        logits = _spread(answers.scores, answers.labels, held_out.labels)
        if fold.strange:
            strange.append((logits, answers.known))
        elif fold.outside:
            held_out.logits[fold.outside] = logits
            held_out.known[fold.outside] = answers.known
            cases = answers.scores[:, len(answers.labels) :]
            held_out.case_scores[fold.outside] = _spread(cases, answers.cases, held_out.cases)
        report(done, len(folds))
    return held_out.with_strange(strange), whole


def _spread(
    scores: NDArray[np.float64], names: Sequence[str], wanted: Sequence[str]
) -> NDArray[np.float64]:
    """Return the columns of `names` as those of all that are wanted, both sorted."""
    found = np.full((len(scores), len(wanted)), IMPOSSIBLE)
    found[:, np.searchsorted(wanted, names)] = scores[:, : len(names)]
    return found


def _folds(truth: NDArray[np.int64], count: int) -> list[Fold]:
    count = min(count, int(np.bincount(truth).min()))
    splitter = StratifiedKFold(count, shuffle=True, random_state=SEED)
    split = splitter.split(np.zeros(len(truth)), truth)
    return [Fold(inside.tolist(), outside.tolist()) for inside, outside in split]


def _lasting_folds(rows: Sequence[Utterance], count: int) -> list[Fold]:
    """Return stratified folds in which a sentence stays when others come or go.

    Each takes its fold from a hash of its text, or the next one that has room: of the
    n sentences of an intent a fold holds at most n / count, rounded up.
    """
    own: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, row in enumerate(rows):
        code = int.from_bytes(blake2b(row.text.encode(), digest_size=8).digest(), "little")
        own[row.intent].append((code, place))
    count = min(count, min(len(places) for places in own.values()))
    outside: list[list[int]] = [[] for _ in range(count)]
    for places in own.values():
        room = [-(-len(places) // count)] * count
        for code, place in sorted(places):
            fold = next(f for f in ((code + n) % count for n in range(count)) if room[f])
            room[fold] -= 1
            outside[fold].append(place)
    everything = range(len(rows))
    return [Fold(sorted(set(everything) - set(apart)), sorted(apart)) for apart in outside]


def _without_intents(truth: NDArray[np.int64], count: int) -> list[Fold]:
    """Return one fold that has not seen every fifth intent.

    Where nobody wrote down what is out of scope, the utterances of these are the
    nearest thing to it: from them the honest no is learned.
    """
    strange = np.isin(truth, np.random.default_rng(SEED).permutation(count)[: max(1, count // 5)])
    return [Fold(np.flatnonzero(~strange).tolist(), np.flatnonzero(strange).tolist(), True)]


def _fit_fold(
    number: int,
    fold: Fold,
    raw: list[str],
    messages: list[list[str]],
    rows: Sequence[Utterance],
    counts: Counts,
    solver: Solver,
    jobs: int,
) -> _Answers:
    """Fit one fold, and return the fitted whole or what the fold says about its held-out part."""
    fitted = fit(counts, messages, rows, fold.inside, solver=solver, jobs=jobs)
    if not fold.outside:
        return _Answers(number, fitted, (), (), np.empty((0, 0)), np.empty(0))
    scores, known = ask_counted(fitted, counts, raw, np.array(fold.outside))
    return _Answers(number, None, fitted.labels, fitted.cases, scores, known)


def ask_counted(
    fitted: Fitted, counts: Counts, raw: Sequence[str], rows: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what `ask` says of some of the counted messages, whose masked texts are `raw`.

    Where the model knows every word without a doubt it reads what was counted, so these
    are weighed all at once, which gives the same but for the last digits. The others, one in
    eight, go through the code that repairs slips.
    """
    weights, entries = fitted.weights, counts.entries["stems"]
    sure = np.delete(fitted.columns["stems"], weights.doubtful)
    doubted, says = np.ones((2, len(entries)), dtype=bool)
    doubted[sure] = False
    says[[place for place, stem in enumerate(entries) if text.is_number(stem)]] = False
    stems = counts.matrices["stems"][rows]
    odd = stems @ doubted > 0
    scores = np.empty((len(rows), len(fitted.weights.bias)))
    known = (stems @ says > 0).astype(np.float64)
    if not odd.all():
        weighed = counts.weighed(rows[~odd], fitted.columns, weights.idf)
        scores[~odd] = weighed @ (weights.coefficients * weights.step) + weights.bias
    scores[odd], known[odd] = ask(fitted, counts.settings, [raw[row] for row in rows[odd]])
    return scores, known


def ask_without(
    rows: Sequence[Utterance], apart: Sequence[Utterance], settings: FeatureSettings
) -> list[str]:
    """Return what a model that was fitted to all rows but those `apart` takes these for."""
    left_out = {(row.intent, row.text) for row in apart}
    kept = [row for row in rows if (row.intent, row.text) not in left_out]
    messages = features.WordReader().transform([row.text for row in kept])
    solver = Solver.suited(len(kept), len({row.intent for row in kept}))
    with threadpool_limits(1):
        fitted = fit(Counts.of(messages, settings), messages, kept, range(len(kept)), solver=solver)
    scores, _ = ask(fitted, settings, [redaction.mask(row.text).text for row in apart])
    return fitted.best(scores)


def ask(
    fitted: Fitted, settings: FeatureSettings, masked: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the scores, shape (n, k + c), and the known shares, shape (n,), of masked messages.

    The very code of the run time reads them: slips repaired, weights rounded.
    """
    linear = Linear(settings, fitted.weights)
    scores, known = [np.empty((0, len(fitted.weights.bias)))], [np.empty(0)]
    for batch in batches(linear, masked):
        scores.append(linear.scores(batch))
        known.append(batch.known)
    return np.concatenate(scores), np.concatenate(known)


def batches(linear: Linear, masked: Sequence[str]) -> Iterator[Batch]:
    """Yield masked messages as the features of a model, some at a time, as at run time."""
    for start in range(0, len(masked), _TOGETHER):
        yield linear.reader.read(masked[start : start + _TOGETHER])
