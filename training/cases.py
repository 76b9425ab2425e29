"""Finds from which score on a message is of a case, and says how often that is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.messages import OUT_OF_SCOPE
from training import zones
from training.utterances import Utterance
from training.zones import HeldOut

PRECISELY = 0.5
"""How much recall counts against precision where there is an answer in any case."""
NEARLY = 0.01
"""F-measure by which two borders may differ and be as good: the best one moves with every line."""
EVEN = 0.0
"""Border of a case of which no held-out utterance was found: as likely as not."""


@dataclass(frozen=True, slots=True)
class Found:
    """How well a case is found on held-out utterances."""

    case: str
    """Its name."""
    count: int
    """Utterances of it."""
    precision: float
    """Share that are of it among those taken for it, 0 to 1."""
    recall: float
    """Share of its own that are taken for it, 0 to 1."""


def borders(
    held_out: HeldOut, rows: Sequence[Utterance], clear: NDArray[np.bool_]
) -> dict[str, tuple[float, float]]:
    """Return for each case the scores from which taking a message for it is the best choice.

    Best is the highest F-measure (van Rijsbergen 1979). The first border is for messages whose
    intent is not `clear`, the second for those whose intent is: it takes more to hear something
    else in them. Precision and recall count alike where nothing better is said otherwise: for
    what is out of scope, in messages that are not clear. Elsewhere there is an answer in any case,
    and precision counts twice as much. A border lies between the score reached and the next
    lower one.
    """
    outside = np.array([row.intent == OUT_OF_SCOPE for row in rows])
    found = {}
    for case, scores in zip(held_out.cases, held_out.case_scores.T, strict=True):
        own = _is_of(rows, case)
        unclear_beta = 1.0 if outside[own].all() else PRECISELY
        found[case] = (
            _border(scores[~clear], own[~clear], unclear_beta),
            _border(scores[clear], own[clear], PRECISELY),
        )
    return found


def found(
    held_out: HeldOut,
    rows: Sequence[Utterance],
    clear: NDArray[np.bool_],
    border_of: Mapping[str, tuple[float, float]],
) -> list[Found]:
    """Return how well each case is found from its borders on."""
    row = []
    for case, scores in zip(held_out.cases, held_out.case_scores.T, strict=True):
        own, border = _is_of(rows, case), np.where(clear, *border_of[case][::-1])
        taken = scores >= border
        hits = int((own & taken).sum())
        row.append(
            Found(case, int(own.sum()), hits / max(1, int(taken.sum())), hits / max(1, own.sum()))
        )
    return row


def table(figures: Sequence[Found]) -> str:
    """Return the figures as text, one line a case."""
    width = max(len(row.case) for row in figures)
    lines = ["narrower matters (cases)", f"  {'':{width}}  precision  recall"]
    lines += [
        f"  {row.case:{width}}  {row.precision:9.1%}  {row.recall:6.1%}  of {row.count:,}"
        for row in figures
    ]
    return "\n".join(lines)


def _is_of(rows: Sequence[Utterance], case: str) -> NDArray[np.bool_]:
    return np.array([row.case == case for row in rows])


def _border(scores: NDArray[np.float64], own: NDArray[np.bool_], beta: float) -> float:
    order = np.argsort(-scores, kind="stable")
    if not own.any():
        return EVEN
    hits = own[order].cumsum()
    measure = (1 + beta**2) * hits / (np.arange(1, len(order) + 1) + beta**2 * own.sum())
    if beta < 1:  # a topic has an answer in any case: not where more would be wrong than right
        measure[2 * hits < np.arange(1, len(order) + 1)] = 0.0
    best = zones.middle(-measure, NEARLY)
    if not measure[best] or best + 1 == len(order):
        return EVEN
    return round(float(scores[order[best : best + 2]].mean()), 4)
