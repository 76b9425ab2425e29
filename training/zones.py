"""Chooses from which score a message is answered, asked about, or honestly not understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bot.classifier import scope, score
from bot.linear import probabilities
from bot.messages import OUT_OF_SCOPE
from bot.modelfile import Temperature

COST_WRONG = 1.0
"""A wrong answer sends somebody to the wrong place."""
COST_REFUSED = 0.7
"""'I do not know' to a question that has an answer; it still shows a way to a person."""
COST_ASKED = 0.35
"""'Did you mean': one more turn when the right topic is offered, and for what is out of scope."""
COST_ASKED_WRONG = 0.8
"""'Did you mean' without the right topic: a turn, and still no answer."""
OUTSIDE = 0.15
"""Share of messages that are about something else (docs/measurements.md). Of the sentences that are
learned from there are more, as whatever is out of scope has more sides than any topic."""
NEARLY = 0.002
"""Cost of a message by which two borders of the scope may differ and be as good."""

IMPOSSIBLE = -30.0
"""Logit of a label that a fold has never seen."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Out-of-fold results, a row for each utterance in training order; k labels."""

    labels: tuple[str, ...]
    """The columns of the logits."""
    truth: NDArray[np.int64]
    """Column of the right label, shape (n,)."""
    logits: NDArray[np.float64]
    """Before the temperature, shape (n, k)."""
    known: NDArray[np.float64]
    """Idf-weighted share of known words, shape (n,)."""
    cases: tuple[str, ...] = ()
    """The columns of the scores of cases."""
    case_scores: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    """How much each is like the utterances of each case, shape (n, c)."""
    strange_logits: NDArray[np.float64] | None = None
    """Of utterances that stand in for what is out of scope, where there are none; shape (m, k)."""
    strange_known: NDArray[np.float64] | None = None
    """Their shares of known words, shape (m,)."""

    @classmethod
    def empty(
        cls, labels: tuple[str, ...], cases: tuple[str, ...], truth: NDArray[np.int64]
    ) -> HeldOut:
        """Return room for the answers about utterances of which the right labels are known."""
        rows = len(truth)
        return cls(
            labels, truth, np.full((rows, len(labels)), IMPOSSIBLE), np.zeros(rows),
            cases, np.full((rows, len(cases)), IMPOSSIBLE),
        )  # fmt: skip

    def with_strange(self, rows: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> HeldOut:
        """Return the same with utterances of intents that a fold had not seen."""
        if not rows:
            return self
        logits, known = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        return replace(self, strange_logits=logits, strange_known=known)

    def with_all(self) -> HeldOut:
        """Return the same with these as rows of no label at all (column -1)."""
        if self.strange_logits is None or self.strange_known is None:
            return self
        return HeldOut(
            self.labels,
            np.concatenate([self.truth, np.full(len(self.strange_known), -1)]),
            np.concatenate([self.logits, self.strange_logits]),
            np.concatenate([self.known, self.strange_known]),
        )


@dataclass(frozen=True, slots=True)
class Scored:
    """Held-out utterances, a row each, as the bot would see them."""

    score: NDArray[np.float64]
    """How far each can be trusted to mean its best intent, shape (n,)."""
    scope: NDArray[np.float64]
    """How far each can be trusted to be in scope, shape (n,)."""
    right: NDArray[np.bool_]
    """Whether the best in-scope intent is the right one (False for out of scope)."""
    among_two: NDArray[np.bool_]
    """Whether the right one is among the best two."""
    in_scope: NDArray[np.bool_]
    """Whether the utterance is in scope."""
    probability: NDArray[np.float64]
    """Calibrated probability of the best label of all; NaN where none is right."""
    best_right: NDArray[np.bool_]
    """Whether that label is the right one."""

    @classmethod
    def of(cls, held_out: HeldOut, temperature: Temperature) -> Scored:
        """Score out-of-fold logits as the classifier does at run time."""
        held_out = held_out.with_all()
        chances = probabilities(held_out.logits, temperature)
        outside = [i for i, label in enumerate(held_out.labels) if label == OUT_OF_SCOPE]
        inside = chances.copy()
        inside[:, outside] = -1.0
        order = np.argsort(-inside, axis=1, kind="stable")
        rows = np.arange(len(inside))
        best = inside[rows, order[:, 0]]
        share = chances[:, outside[0]] if outside else None
        both = np.take_along_axis(np.maximum(inside, 0.0), order[:, :2], axis=1).sum(axis=1)
        two = both / (1.0 if share is None else np.maximum(1.0 - share, _TINY))
        return cls(
            score=score(best, held_out.known),
            scope=scope(share, best, two, held_out.known),
            right=order[:, 0] == held_out.truth,
            among_two=(order[:, :2] == held_out.truth[:, None]).any(axis=1),
            in_scope=~np.isin(held_out.truth, [*outside, -1]),
            probability=np.where(held_out.truth < 0, np.nan, chances.max(axis=1)),
            best_right=chances.argmax(axis=1) == held_out.truth,
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The borders of the zones."""

    answer_from: float
    clarify_from: float


def costs(scored: Scored) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what answering, asking and refusing each utterance would cost, each shape (n,).

    Weighed so that those out of scope count as the share of messages that they are.
    """
    by_answering = np.where(scored.right, 0.0, COST_WRONG)
    by_asking = np.where(scored.among_two | ~scored.in_scope, COST_ASKED, COST_ASKED_WRONG)
    by_refusing = np.where(scored.in_scope, COST_REFUSED, 0.0)
    weight = _weights(scored.in_scope)
    return weight * by_answering, weight * by_asking, weight * by_refusing


def paid(scored: Scored, borders: Thresholds) -> NDArray[np.float64]:
    """Return what each utterance costs with these borders, shape (n,)."""
    by_answering, by_asking, by_refusing = costs(scored)
    told = np.where(answered(scored, borders), by_answering, by_asking)
    found: NDArray[np.float64] = np.where(refused(scored, borders), by_refusing, told)
    return found


def _weights(in_scope: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what each utterance counts, 1 in the mean; shape (n,)."""
    inside = float(in_scope.mean())
    if inside in (0.0, 1.0):
        return np.ones(len(in_scope))
    weights: NDArray[np.float64] = np.where(
        in_scope, (1.0 - OUTSIDE) / inside, OUTSIDE / (1.0 - inside)
    )
    return weights


def choose(scored: Scored, *, nearly: float = NEARLY) -> Thresholds:
    """Return the two borders with the least total cost on held-out utterances, or nearly.

    Every border of the scope at one of `_STEPS` quantiles is tried, and with it
    every border of the score between neighbouring utterances: with these sorted by
    score, the cost of a border is a sum of two partial sums. Of the borders of the scope
    that cost nearly the least the middle one is taken, and then of those of the score, as the
    least itself lies elsewhere after every line that is added (docs/measurements.md).
    """
    order = np.argsort(scored.score, kind="stable")
    ordered, scopes = scored.score[order], scored.scope[order]
    by_answering, by_asking, by_refusing = (cost[order] for cost in costs(scored))
    enough = nearly * len(scopes)

    def by_border(low: float) -> NDArray[np.float64]:
        """Return the cost of every border of the score, beside that of answering nothing."""
        saved = np.where(scopes >= low, by_answering - by_asking, 0.0)
        return np.append(saved[::-1].cumsum()[::-1], 0.0)

    lows = np.unique(np.quantile(scopes, np.linspace(0.0, 1.0, _STEPS)))
    tried = np.array(
        [
            by_border(low).min() + np.where(scopes >= low, by_asking, by_refusing).sum()
            for low in lows
        ]
    )
    low, lowest = lows[middle(tried, enough)], np.sort(scopes)
    high = middle(by_border(low), enough)
    return Thresholds(_border(ordered, high), _border(lowest, int(np.searchsorted(lowest, low))))


def middle(found: NDArray[np.float64], enough: float) -> int:
    """Return the middle one of the places at which the cost is the least, or nearly."""
    near = np.flatnonzero(found <= found.min() + enough)
    return int(near[len(near) // 2])


_TINY = float(np.finfo(np.float64).tiny)
_STEPS = 400
"""Borders of the scope that are tried."""


def _border(ordered: NDArray[np.float64], place: int) -> float:
    """Return a number between the rows below and above a border, to four places."""
    below = ordered[place - 1] if place > 0 else 0.0
    above = ordered[place] if place < len(ordered) else 1.0
    return round(float(below + above) / 2, 4)


def summary(scored: Scored, thresholds: Thresholds) -> dict[str, float]:
    """Return the figures of a model on held-out utterances, shares between 0 and 1."""
    turned_down, told = refused(scored, thresholds), answered(scored, thresholds)
    inside, outside = scored.in_scope, ~scored.in_scope
    labelled = ~np.isnan(scored.probability)
    figures = {
        "accuracy": share(scored.best_right, labelled),
        "in_scope_best_right": share(scored.right, inside),
        "in_scope_answered_right": share(told & scored.right, inside),
        "in_scope_answered_wrong": share(told & ~scored.right, inside),
        "in_scope_asked_back": share(~told & ~turned_down, inside),
        "in_scope_refused": share(turned_down, inside),
        "out_of_scope_refused": share(turned_down, outside),
        "out_of_scope_answered": share(told, outside),
        "calibration_error": calibration_error(
            scored.probability[labelled], scored.best_right[labelled]
        ),
    }
    return {name: round(value, 4) for name, value in figures.items() if not np.isnan(value)}


def refused(scored: Scored, borders: Thresholds) -> NDArray[np.bool_]:
    """Tell which utterances would be told 'I do not know', shape (n,)."""
    return (scored.scope < borders.clarify_from) | (scored.scope <= 0.0)


def answered(scored: Scored, borders: Thresholds) -> NDArray[np.bool_]:
    """Tell which utterances would be answered, shape (n,)."""
    return ~refused(scored, borders) & (scored.score >= borders.answer_from)


def share(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    """Return the share of hits among some rows; NaN of none."""
    return float(hits[among].mean()) if among.any() else float("nan")


def calibration_error(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 15
) -> float:
    """Return the expected calibration error over equal-width bins (Naeini and others 2015)."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(np.abs(np.bincount(places, weights=right - confidence)).sum() / len(right))
