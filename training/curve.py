"""The zones over all borders: what moving one would cost, as a table with the chosen one marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from training import zones
from training.zones import Scored, Thresholds

BORDERS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Borders of either score that are shown beside the chosen one."""


@dataclass(frozen=True, slots=True)
class Point:
    """What held-out utterances would be told with one pair of borders; shares, 0 to 1."""

    answer_from: float
    """Border of the score."""
    clarify_from: float
    """Border of the scope."""
    chosen: bool
    """Whether these are the borders that the model has."""
    right: float
    """In scope: answered, and rightly."""
    wrong: float
    """In scope: answered, and wrongly."""
    asked: float
    """In scope: asked back."""
    refused: float
    """In scope: 'I do not know'."""
    outside_answered: float
    """Out of scope: answered, always wrongly; NaN where there is nothing out of scope."""
    cost: float
    """Mean cost of an utterance, by the costs in `training.zones`."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The points along either border, the other one held."""

    by_answer: tuple[Point, ...]
    """The border between asking back and answering moves."""
    by_clarify: tuple[Point, ...]
    """The border between 'I do not know' and asking back moves."""
    separation: float
    """Area under the curve of the scope, in against out of scope; NaN without the latter."""

    @classmethod
    def of(cls, scored: Scored, chosen: Thresholds) -> Curve:
        """Return the curve of held-out utterances around the chosen borders."""
        answers = sorted({*BORDERS, chosen.answer_from})
        clarifies = sorted({*BORDERS, chosen.clarify_from})
        return cls(
            tuple(_point(scored, Thresholds(a, chosen.clarify_from), chosen) for a in answers),
            tuple(_point(scored, Thresholds(chosen.answer_from, c), chosen) for c in clarifies),
            separation(scored.scope[scored.in_scope], scored.scope[~scored.in_scope]),
        )

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready values: None where there is nothing out of scope to measure."""
        rows = {
            name: [
                {key: _or_none(value) for key, value in asdict(point).items()} for point in points
            ]
            for name, points in (("by_answer", self.by_answer), ("by_clarify", self.by_clarify))
        }
        return {**rows, "separation": _or_none(self.separation)}

    def __str__(self) -> str:
        costs = (
            f"costs: a wrong answer {zones.COST_WRONG}, 'I do not know' {zones.COST_REFUSED}, "
            f"asking {zones.COST_ASKED}, asking without the right choice {zones.COST_ASKED_WRONG}; "
            f"{zones.OUTSIDE:.0%} of the messages out of scope"
        )
        return "\n".join(
            [
                "zones, held-out folds, * as chosen",
                f"  {costs}",
                f"  in against out of scope, area under the curve  {area(self.separation)}",
                *_table("answer from", "answer_from", self.by_answer),
                *_table("ask from", "clarify_from", self.by_clarify),
            ]
        )


def _or_none(value: float) -> float | None:
    return None if isnan(value) else value


def area(found: float) -> str:
    """Return an area under the curve for a person; NaN is one that nothing was measured for."""
    return "not measured, for want of lines out of scope" if isnan(found) else f"{found:.3f}"


def separation(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """Return the chance that a message in scope has the higher score of two; NaN without two."""
    if not inside.size or not outside.size:
        return float("nan")
    truth = np.repeat([1, 0], [inside.size, outside.size])
    return float(roc_auc_score(truth, np.concatenate([inside, outside])))


def _point(scored: Scored, borders: Thresholds, chosen: Thresholds) -> Point:
    refused = zones.refused(scored, borders)
    answered = zones.answered(scored, borders)
    inside = scored.in_scope
    return Point(
        answer_from=borders.answer_from,
        clarify_from=borders.clarify_from,
        chosen=borders == chosen,
        right=zones.share(answered & scored.right, inside),
        wrong=zones.share(answered & ~scored.right, inside),
        asked=zones.share(~answered & ~refused, inside),
        refused=zones.share(refused, inside),
        outside_answered=zones.share(answered, ~inside),
        cost=float(zones.paid(scored, borders).mean()),
    )


_COLUMNS = ("right", "wrong", "asked", "refused", "outside_answered")


def _table(title: str, border: str, points: Sequence[Point]) -> list[str]:
    lines = [f"  {title:12}  right   wrong   asked  unknown  out of scope answered   cost"]
    for point in points:
        values = [getattr(point, name) for name in _COLUMNS]
        shares = "  ".join(f"{'-':>6}" if isnan(value) else f"{value:6.1%}" for value in values)
        mark = "*" if point.chosen else " "
        lines.append(f"  {mark} {getattr(point, border):10.4f}  {shares}{point.cost:21.4f}")
    return lines
