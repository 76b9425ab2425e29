"""What the held-out folds tell of each intent, of mix-ups and of the confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support
from sklearn.model_selection import StratifiedShuffleSplit, learning_curve
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from bot.linear import probabilities
from training import cases, features, fitting, trainer, zones
from training.cases import Found
from training.utterances import Utterance
from training.zones import HeldOut, Scored, Thresholds

EXAMPLES = 3
"""Sentences shown for a mix-up."""
SHOWN = 10
"""Mix-ups in a table on the terminal."""
BINS = 10
"""Of the confidence, each with as many utterances."""
CURVE_SHARES = (0.1, 0.25, 0.5, 1.0)
"""Of the lines that a learning curve may learn from."""
CURVE_SPLITS = 2
"""Random splits for each of its points; one fit takes seconds on the shipped lines."""
CURVE_HELD_BACK = 0.2
"""Share of the lines that its fits are asked about."""
STILL_RISING = 0.01
"""Gain from the last doubling of the lines above which more of them are called worth while."""

FIGURES = {
    "accuracy": "best intent right, out of scope among them",
    "in_scope_best_right": "in scope: best intent right",
    "in_scope_answered_right": "in scope: answered right",
    "in_scope_answered_wrong": "in scope: answered wrong",
    "in_scope_asked_back": "in scope: asked back",
    "in_scope_refused": "in scope: 'I do not know'",
    "out_of_scope_refused": "out of scope: honest no",
    "out_of_scope_answered": "out of scope: answered wrong",
    "calibration_error": "confidence off by (expected calibration error)",
    "acts_heard": "acts of mid-conversation: heard",
    "acts_misheard": "acts heard where there is none",
}
"""The words for the figures of a summary, each a share."""


@dataclass(frozen=True, slots=True)
class IntentFigures:
    """How well one intent is found; shares between 0 and 1."""

    intent: str
    precision: float
    """Of the utterances taken for it, those that are."""
    recall: float
    """Of its utterances, those taken for it."""
    f1: float
    """Harmonic mean of the two."""
    utterances: int
    """How many it has."""


@dataclass(frozen=True, slots=True)
class MixUp:
    """One intent taken for another."""

    intent: str
    """The right one."""
    taken_for: str
    """The one it was taken for."""
    count: int
    """How often."""
    examples: tuple[str, ...]
    """`file:line: sentence`, the surest mistakes first."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Utterances of about the same confidence."""

    confidence: float
    """Its mean: how often the best label should be right."""
    right: float
    """How often it is."""
    utterances: int


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; every figure is of utterances that their model had not seen."""

    intents: tuple[IntentFigures, ...]
    """Lowest F1 first."""
    mix_ups: tuple[MixUp, ...]
    """Most frequent first."""
    confusion: NDArray[np.int64]
    """Utterances by right and by best label, shape (k, k), both in the order of `labels`."""
    labels: tuple[str, ...]
    """All the intents, by the alphabet."""
    cases: tuple[Found, ...]
    """How well the narrower matters are found, by the alphabet."""
    calibration_error: float
    """Expected calibration error of the best label's probability."""
    log_loss: float
    """Mean negative log-probability of the right label."""
    bins: tuple[Bin, ...]
    """The confidence in bins, lowest first."""
    scored: Scored
    """Each utterance as the bot would see it."""
    thresholds: Thresholds
    """Of the zones, chosen on these utterances."""
    summary: dict[str, float]
    """Shares of right and wrong answers with these thresholds."""

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready values."""
        return {
            "by_intent": {row.intent: asdict(row) for row in self.intents},
            "cases": {row.case: asdict(row) for row in self.cases},
            "mix_ups": [asdict(row) for row in self.mix_ups],
            "calibration": {
                "error": self.calibration_error,
                "log_loss": self.log_loss,
                "bins": [asdict(row) for row in self.bins],
            },
        }


def measure(held_out: HeldOut, rows: Sequence[Utterance]) -> Report:
    """Return the report of out-of-fold results; `rows` are their utterances, in training order."""
    temperature = trainer.calibrate(held_out)
    scored = Scored.of(held_out, temperature)
    thresholds = zones.choose(scored)
    labels, truth = held_out.labels, held_out.truth
    columns = range(len(labels))
    chances = probabilities(held_out.logits, temperature)
    best = held_out.logits.argmax(axis=1)
    parts = precision_recall_fscore_support(truth, best, labels=columns, zero_division=0.0)
    intents = [
        IntentFigures(name, float(p), float(r), float(f), int(n))
        for name, p, r, f, n in zip(labels, *parts, strict=True)
    ]
    confidence, right = chances.max(axis=1), best == truth
    clear = zones.answered(scored, thresholds)[: len(rows)]
    return Report(
        intents=tuple(sorted(intents, key=lambda row: (row.f1, row.intent))),
        mix_ups=_mix_ups(rows, labels, truth, best, confidence),
        confusion=confusion_matrix(truth, best, labels=columns),
        labels=labels,
        cases=tuple(cases.found(held_out, rows, clear, cases.borders(held_out, rows, clear))),
        calibration_error=zones.calibration_error(confidence, right),
        log_loss=float(log_loss(truth, chances, labels=columns)),
        bins=_bins(confidence, right),
        scored=scored,
        thresholds=thresholds,
        summary=zones.summary(scored, thresholds),
    )


def _mix_ups(
    rows: Sequence[Utterance],
    labels: tuple[str, ...],
    truth: NDArray[np.int64],
    best: NDArray[np.int64],
    confidence: NDArray[np.float64],
) -> tuple[MixUp, ...]:
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in np.flatnonzero(truth != best):
        found[int(truth[place]), int(best[place])].append(int(place))
    mix_ups = []
    for (right, wrong), places in found.items():
        surest = sorted(places, key=lambda place: -confidence[place])[:EXAMPLES]
        examples = tuple(f"{rows[place].source}: {rows[place].text}" for place in surest)
        mix_ups.append(MixUp(labels[right], labels[wrong], len(places), examples))
    return tuple(sorted(mix_ups, key=lambda row: (-row.count, row.intent, row.taken_for)))


def _bins(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    order = np.argsort(confidence, kind="stable")
    return tuple(
        Bin(float(confidence[part].mean()), float(right[part].mean()), len(part))
        for part in np.array_split(order, BINS)
        if len(part)
    )


def text(report: Report) -> str:
    """Return the report as lines of text, most worrying first."""
    width = max(len(row.intent) for row in report.intents)
    lines = [
        f"held-out folds by intent, lowest F1 first\n  {'':{width}}  precision  recall      F1"
    ]
    lines += [
        f"  {row.intent:{width}}  {row.precision:9.1%}  {row.recall:6.1%}  {row.f1:6.1%}"
        f"  of {row.utterances:,}"
        for row in report.intents
    ]
    if report.cases:
        lines += ["", cases.table(report.cases)]
    lines.append("\nmix-ups, most frequent first")
    for row in report.mix_ups[:SHOWN]:
        lines.append(f"  {row.count:5,}  {row.intent} taken for {row.taken_for}")
        lines += [f"         {example}" for example in row.examples]
    if len(report.mix_ups) > SHOWN:
        lines.append(f"  and {len(report.mix_ups) - SHOWN:,} other pairs (--report shows more)")
    lines.append(
        f"\nhow far the confidence can be trusted: expected calibration error "
        f"{report.calibration_error:.1%}, log-loss {report.log_loss:.3f}"
    )
    lines += [
        f"  says {row.confidence:6.1%}, right {row.right:6.1%}  of {row.utterances:,}"
        for row in report.bins
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Curve:
    """Accuracy by number of lines learned from; s sizes, several splits."""

    sizes: NDArray[np.int64]
    """Lines, shape (s,)."""
    learned: NDArray[np.float64]
    """Accuracy on those lines themselves, shape (s, splits)."""
    held_back: NDArray[np.float64]
    """Accuracy on lines held back, shape (s, splits)."""

    def verdict(self) -> str:
        """Return whether more examples would help, in a sentence."""
        means = self.held_back.mean(axis=1)
        gain = float(means[-1] - means[-2])
        begin = f"From {self.sizes[-2]:,} to {self.sizes[-1]:,} lines the accuracy on lines held "
        begin += f"back went from {means[-2]:.1%} to {means[-1]:.1%}. "
        if gain > STILL_RISING:
            return begin + "It still rises: more examples would help."
        return begin + "It hardly rises: more lines like these will help little, other ones may."


def curve(
    rows: Sequence[Utterance],
    *,
    jobs: int = -1,
    report: Callable[[int, int], None] = lambda done, of: None,
) -> Curve | None:
    """Return the learning curve of the utterances, or None where there are too few.

    Slips are not repaired here, so that the figures lie a little below those of the folds.
    """
    rows = trainer.in_training_order(rows)
    labels = [row.intent for row in rows]
    usable = round(len(rows) * (1 - CURVE_HELD_BACK))
    # Below three lines an intent a part of the lines may hold one intent alone.
    shares = [share for share in CURVE_SHARES if share * usable >= 3 * len(set(labels))]
    if len(shares) < 2:
        return None
    messages = features.WordReader().transform([row.text for row in rows])
    pipeline: Pipeline = fitting.unfitted(
        trainer.settings_for(rows), trainer.solver_for(rows), len(rows)
    )
    splits = StratifiedShuffleSplit(
        CURVE_SPLITS, test_size=CURVE_HELD_BACK, random_state=fitting.SEED
    )
    found = []
    with threadpool_limits(1):  # more BLAS threads make a fit this small many times slower
        for number, share in enumerate(shares, 1):
            found.append(
                learning_curve(
                    pipeline, messages, labels, train_sizes=[share], cv=splits, n_jobs=jobs,
                    shuffle=True, random_state=fitting.SEED, error_score="raise",
                )
            )  # fmt: skip
            report(number, len(shares))
    sizes, learned, held_back = (np.concatenate(part) for part in zip(*found, strict=True))
    return Curve(sizes, learned, held_back)
