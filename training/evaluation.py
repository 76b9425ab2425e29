"""Measures a model: held-out folds, and the fresh set that nobody trained or tuned on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isnan, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.classifier import Classifier
from bot.messages import OUT_OF_SCOPE
from training import utterances
from training.curve import area, separation
from training.utterances import Utterance
from training.zones import HeldOut

NEAR, FAR = "near", "far"
_FAR_MARK = re.compile(rb"\s*#+\s*far(?: misses)?\s*(?:[:;,.(].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """Return the share, 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval (Wilson 1927)."""
        if not self.of:
            return 0.0, 1.0
        z, n, p = 1.959964, self.of, self.value
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:6.1%}  [{low:.1%}, {high:.1%}]  {self.hits} of {self.of}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by name, then by intent."""

    figures: dict[str, Share]
    """Shares of messages."""
    by_intent: dict[str, Share]
    """Share of each intent's messages whose best intent it is."""
    separation: dict[str, float] = field(default_factory=dict)
    """Area under the curve of the scope, in scope against near and far misses."""

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready values."""
        return {
            "figures": {k: _row(v) for k, v in self.figures.items()},
            "by_intent": {k: _row(v) for k, v in self.by_intent.items()},
            "separation": {k: None if isnan(v) else v for k, v in self.separation.items()},
        }


def _row(share: Share) -> dict[str, object]:
    return {
        "value": share.value,
        "interval": list(share.interval),
        "hits": share.hits,
        "of": share.of,
    }


def cross_validated(held: HeldOut) -> Evaluation:
    """Return the accuracy of the folds' models on the utterances they had not seen."""
    right = held.logits.argmax(axis=1) == held.truth
    by_intent = {
        name: Share(int(right[held.truth == number].sum()), int((held.truth == number).sum()))
        for number, name in enumerate(held.labels)
    }
    return Evaluation({"accuracy": Share(int(right.sum()), len(right))}, by_intent)


def read_fresh(folder: Path) -> dict[str, list[Utterance]]:
    """Return the fresh set in three parts: in_scope, near and far misses.

    In the out-of-scope file the comment '# far' or '# far misses' begins the far misses.
    """
    rows = utterances.read_folder(folder, with_also=True)
    parts: dict[str, list[Utterance]] = {"in_scope": [], NEAR: [], FAR: []}
    border = _far_from(folder / f"{OUT_OF_SCOPE}.txt")
    for row in rows:
        if row.intent != OUT_OF_SCOPE:
            parts["in_scope"].append(row)
        else:
            line = int(row.source.rpartition(":")[2])
            parts[FAR if line > border else NEAR].append(row)
    return parts


def _far_from(path: Path) -> float:
    """Return the number of the line that begins the far misses, counted as the reader does."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return next((n for n, line in enumerate(lines, 1) if _FAR_MARK.fullmatch(line)), float("inf"))


def fresh(classifier: Classifier, folder: Path) -> Evaluation:
    """Return what a model says to the fresh set, zones included.

    A clarify is counted apart and never as right; an in-scope message that is
    refused counts as wrong. 'best' looks at the first choice, whatever the zone.
    """
    parts = read_fresh(folder)
    inside = [(row, classifier.classify(row.text)) for row in parts["in_scope"]]
    size = len(inside)
    best = [c.ranking[0][0] in (row.intent, *row.also) for row, c in inside]
    answered = [c.zone == "answer" for _, c in inside]
    figures = {
        "in scope: best intent right": Share(sum(best), size),
        "in scope: answered right": Share(
            sum(b and a for b, a in zip(best, answered, strict=True)), size
        ),
        "in scope: answered wrong": Share(
            sum(a and not b for b, a in zip(best, answered, strict=True)), size
        ),
        "in scope: asked back": Share(sum(c.zone == "clarify" for _, c in inside), size),
        "in scope: 'I do not know'": Share(sum(c.zone == "unknown" for _, c in inside), size),
    }
    apart = {}
    scopes = _scopes(classifier, parts["in_scope"])
    for part in (NEAR, FAR):
        zones = [classifier.classify(row.text).zone for row in parts[part]]
        figures[f"{part} misses: honest no"] = Share(zones.count("unknown"), len(zones))
        figures[f"{part} misses: asked back"] = Share(zones.count("clarify"), len(zones))
        figures[f"{part} misses: answered wrong"] = Share(zones.count("answer"), len(zones))
        apart[f"in scope against {part} misses"] = separation(
            scopes, _scopes(classifier, parts[part])
        )
    return Evaluation(figures, _by_intent([row for row, _ in inside], best), apart)


def fresh_acts(classifier: Classifier, folder: Path) -> Evaluation:
    """Return how well acts are heard in the fresh set's own, which nobody trained on either."""
    rows = utterances.read_folder(folder)
    heard = [found.act for found in classifier.classify_many(row.text for row in rows)]
    right = [act == row.intent for act, row in zip(heard, rows, strict=True)]
    silent = heard.count("")
    figures = {
        "acts heard": Share(sum(right), len(rows)),
        "taken for another act": Share(len(rows) - silent - sum(right), len(rows)),
        "not heard": Share(silent, len(rows)),
    }
    return Evaluation(figures, _by_intent(rows, right))


def _scopes(classifier: Classifier, rows: Iterable[Utterance]) -> NDArray[np.float64]:
    return np.array([classifier.explain(row.text).scope for row in rows])


@dataclass(frozen=True, slots=True)
class Urgent:
    """How well the urgent topics are found, where a miss costs most."""

    found: dict[str, Share]
    """Topic -> share of its fresh messages whose best intent it is."""
    misses: tuple[str, ...]
    """`file:line: what it was taken for`, every one."""

    def __str__(self) -> str:
        rows = [f"  {name}  {share}" for name, share in self.found.items()]
        return "\n".join(["urgent topics, fresh set", *rows, *(f"    {m}" for m in self.misses)])


def urgent(classifier: Classifier, folder: Path, topics: Iterable[str]) -> Urgent:
    """Return the recall of `topics` on the fresh set, and every message that was missed."""
    found, misses = {}, []
    rows = read_fresh(folder)["in_scope"]
    for topic in topics:
        own = [row for row in rows if row.intent == topic]
        best = [classifier.classify(row.text) for row in own]
        hits = [one.ranking[0][0] == topic and one.zone != "unknown" for one in best]
        found[topic] = Share(sum(hits), len(own))
        misses += [
            f"{row.source}: {one.zone}, {one.ranking[0][0]}"
            for row, one, hit in zip(own, best, hits, strict=True)
            if not hit
        ]
    return Urgent(found, tuple(misses))


def _by_intent(rows: Sequence[Utterance], right: Sequence[bool]) -> dict[str, Share]:
    counts: dict[str, list[int]] = {}
    for row, hit in zip(rows, right, strict=True):
        counts.setdefault(row.intent, []).append(hit)
    return {name: Share(sum(hits), len(hits)) for name, hits in sorted(counts.items())}


def table(title: str, evaluation: Evaluation) -> str:
    """Return figures and intents as lines of text, worst intents first."""
    width = max(len(name) for name in (*evaluation.figures, *evaluation.by_intent))
    lines = [title, *(f"  {name:{width}}  {share}" for name, share in evaluation.figures.items())]
    for name, found in evaluation.separation.items():
        lines.append(f"  {name:{width}}  area under the curve {area(found)}")
    lines += ["  by intent, lowest first"] if evaluation.by_intent else []
    lines += [
        f"  {name:{width}}  {share}"
        for name, share in sorted(evaluation.by_intent.items(), key=lambda item: item[1].value)
    ]
    return "\n".join(lines)
