"""Chooses from which score a message is answered, asked about, or honestly not understood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.classifier import score
from bot.messages import OUT_OF_SCOPE

COST_WRONG = 1.0
"""A wrong answer sends somebody to the wrong place."""
COST_REFUSED = 0.7
"""'I do not know' to a question that has an answer; it still shows a way to a person."""
COST_ASKED = 0.35
"""'Did you mean': one more turn when the right topic is offered, and for what is out of scope."""
COST_ASKED_WRONG = 0.8
"""'Did you mean' without the right topic: a turn, and still no answer."""


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


@dataclass(frozen=True, slots=True)
class Scored:
    """Held-out utterances, a row each, as the bot would see them."""

    score: NDArray[np.float64]
    """What the zones are read from, shape (n,)."""
    right: NDArray[np.bool_]
    """Whether the best in-scope intent is the right one (False for out of scope)."""
    among_two: NDArray[np.bool_]
    """Whether the right one is among the best two."""
    in_scope: NDArray[np.bool_]
    """Whether the utterance is in scope."""
    probability: NDArray[np.float64]
    """Calibrated probability of the best label of all."""
    best_right: NDArray[np.bool_]
    """Whether that label is the right one."""

    @classmethod
    def of(cls, held_out: HeldOut, temperature: float) -> Scored:
        """Score out-of-fold logits as the classifier does at run time."""
        logits = held_out.logits / temperature
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities = raised / raised.sum(axis=1, keepdims=True)
        outside = [i for i, label in enumerate(held_out.labels) if label == OUT_OF_SCOPE]
        inside = probabilities.copy()
        inside[:, outside] = -1.0
        order = np.argsort(-inside, axis=1, kind="stable")
        rows = np.arange(len(inside))
        best = inside[rows, order[:, 0]]
        return cls(
            score=np.array([score(b, k) for b, k in zip(best, held_out.known, strict=True)]),
            right=order[:, 0] == held_out.truth,
            among_two=(order[:, :2] == held_out.truth[:, None]).any(axis=1),
            in_scope=~np.isin(held_out.truth, outside),
            probability=probabilities.max(axis=1),
            best_right=probabilities.argmax(axis=1) == held_out.truth,
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The borders of the zones."""

    answer_from: float
    clarify_from: float


def costs(scored: Scored) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what answering, asking and refusing each utterance would cost, each shape (n,)."""
    answered = np.where(scored.right, 0.0, COST_WRONG)
    asked = np.where(scored.among_two | ~scored.in_scope, COST_ASKED, COST_ASKED_WRONG)
    refused = np.where(scored.in_scope, COST_REFUSED, 0.0)
    return answered, asked, refused


def choose(scored: Scored) -> Thresholds:
    """Return the two borders with the least total cost on held-out utterances.

    Every pair of borders between neighbouring scores is looked at: with the rows
    sorted by score, the cost of a pair is a sum of three partial sums.
    """
    order = np.argsort(scored.score, kind="stable")
    answered, asked, refused = (np.append(0.0, np.cumsum(c[order])) for c in costs(scored))
    # Border i: the first i rows lie below it. Refuse below `low`, answer from `high`.
    below = refused - asked
    lowest = np.minimum.accumulate(below)
    total = lowest + asked + (answered[-1] - answered)
    high = int(np.argmin(total))
    low = int(np.argmin(below[: high + 1]))
    return Thresholds(_border(scored.score[order], high), _border(scored.score[order], low))


def _border(ordered: NDArray[np.float64], place: int) -> float:
    """Return a number between the rows below and above a border, to four places."""
    below = ordered[place - 1] if place > 0 else 0.0
    above = ordered[place] if place < len(ordered) else 1.0
    return round(float(below + above) / 2, 4)


def summary(scored: Scored, thresholds: Thresholds) -> dict[str, float]:
    """Return the figures of a model on held-out utterances, shares between 0 and 1."""
    answered = scored.score >= thresholds.answer_from
    refused = scored.score < thresholds.clarify_from
    inside, outside = scored.in_scope, ~scored.in_scope
    figures = {
        "accuracy": _share(scored.best_right, inside | outside),
        "in_scope_best_right": _share(scored.right, inside),
        "in_scope_answered_right": _share(answered & scored.right, inside),
        "in_scope_answered_wrong": _share(answered & ~scored.right, inside),
        "in_scope_asked_back": _share(~answered & ~refused, inside),
        "in_scope_refused": _share(refused, inside),
        "out_of_scope_refused": _share(refused, outside),
        "out_of_scope_answered": _share(answered, outside),
        "calibration_error": calibration_error(scored),
    }
    return {name: round(value, 4) for name, value in figures.items() if not np.isnan(value)}


def _share(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(hits[among].mean()) if among.any() else float("nan")


def calibration_error(scored: Scored, bins: int = 15) -> float:
    """Return the expected calibration error over equal-width bins (Naeini and others 2015)."""
    places = np.minimum((scored.probability * bins).astype(int), bins - 1)
    total = 0.0
    for number in range(bins):
        inside = places == number
        if inside.any():
            gap = scored.best_right[inside].mean() - scored.probability[inside].mean()
            total += inside.mean() * abs(float(gap))
    return total
