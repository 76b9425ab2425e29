"""How much an answer hangs on which other lines were learned: stochastic steps, as a table.

python docs/steps.py

Two thirds of the shipped lines are learned from, then the same without twelve of them;
both models are asked about the last third. A second table: where the border of the honest
no lies when held-out lines are drawn anew, and what it costs on those not drawn. A third: how
often the lines are gone through, and under what penalty, on five folds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier
from threadpoolctl import threadpool_limits

from bot.home import Home
from bot.linear import probabilities
from training import features, fitting, trainer, utterances, zones
from training.features import Counts
from training.fitting import SEED, lasting_order
from training.zones import NEARLY, HeldOut, Scored, Thresholds, choose

FEWER = 12
"""Lines that the second model has not seen."""
DRAWS = 30
"""Draws of the held-out lines."""
PENALTIES = ((3, 4.0), (4, 6.0), (4, 4.0), (4, 3.0), (6, 4.0))
"""Times through the lines, and inverse strength of the penalty."""
Steps = Callable[[int], Any]


def steps(c: float, epochs: int, **how: Any) -> Steps:
    """Return what makes an unfitted classifier for a number of lines."""
    return lambda lines: SGDClassifier(
        loss="log_loss", alpha=1.0 / (c * lines), max_iter=epochs, tol=None, random_state=SEED,
        **{name: value(lines) if callable(value) else value for name, value in how.items()},
    )  # fmt: skip


KINDS: dict[str, Steps] = {
    "shuffled, C 8, 8 times": steps(8, 8),
    "shuffled, C 8, 13 times": steps(8, 13),
    "order of hashes, C 8, 8 times": steps(8, 8, shuffle=False),
    "order of hashes, C 8, 13 times": steps(8, 13, shuffle=False),
    "the same, C 8, 12 times, mean of the last": steps(
        8, 12, shuffle=False, average=lambda lines: 11 * lines
    ),
    "the same, C 6, 8 times, mean of the last": steps(
        6, 8, shuffle=False, average=lambda lines: 7 * lines
    ),
    "the same, C 6, 4 times, mean of the last": steps(
        6, 4, shuffle=False, average=lambda lines: 3 * lines
    ),
    "**the same, C 4, 4 times, mean of the last**": steps(
        4, 4, shuffle=False, average=lambda lines: 3 * lines
    ),
}


def main() -> None:
    """Print the table."""
    rows = trainer.in_training_order(utterances.read_folder(Home.shipped().utterances))
    labels = np.array([row.intent for row in rows])
    messages = features.WordReader().transform([row.text for row in rows])
    matrix = Counts.of(messages, trainer.settings_for(rows)).features(range(len(rows))).matrix
    mixed = np.random.default_rng(SEED).permutation(len(rows))
    inside, outside = mixed[: len(rows) * 2 // 3], mixed[len(rows) * 2 // 3 :]
    inside = np.array(lasting_order(messages, inside.tolist()))
    fewer = np.delete(inside, np.random.default_rng(SEED).choice(len(inside), FEWER, False))
    print(f"| {len(inside):,} lines learned from | s | accuracy | loss | answers that change |")
    print("|---|--:|--:|--:|--:|")
    for name, make in KINDS.items():
        started = time.perf_counter()
        fitted = make(len(inside)).fit(matrix[inside], labels[inside])
        seconds = time.perf_counter() - started
        other = make(len(fewer)).fit(matrix[fewer], labels[fewer])
        truth = np.searchsorted(fitted.classes_, labels[outside])
        logits, others = (m.decision_function(matrix[outside]) for m in (fitted, other))
        right = np.mean(logits.argmax(axis=1) == truth)
        changed = np.mean(logits.argmax(axis=1) != others.argmax(axis=1))
        loss = _loss(tuple(fitted.classes_), truth, logits)
        print(f"| {name} | {seconds:.1f} | {right:.1%} | {loss:.3f} | {changed:.2%} |")


def borders() -> None:
    """Print the second table."""
    held_out = trainer.cross_validate(utterances.read_folder(Home.shipped().utterances))
    scored = Scored.of(held_out, trainer.calibrate(held_out))
    size, random = len(scored.score), np.random.default_rng(SEED)
    draws = [random.integers(0, size, size) for _ in range(DRAWS)]
    print(
        "\n| border of the scope | mean | standard deviation | cost a message |\n|---|--:|--:|--:|"
    )
    for name, nearly in (("the cheapest", 0.0), ("**the middle of the nearly cheapest**", NEARLY)):
        found, cost = [], []
        for drawn in draws:
            chosen = choose(_some(scored, drawn), nearly=nearly)
            found.append(chosen.clarify_from)
            cost.append(_cost(_some(scored, np.setdiff1d(np.arange(size), drawn)), chosen))
        print(f"| {name} | {np.mean(found):.3f} | {np.std(found):.3f} | {np.mean(cost):.4f} |")


def penalties() -> None:
    """Print the third table."""
    rows = utterances.read_folder(Home.shipped().utterances)
    print("\n| times | C | accuracy | loss | cost a message | five folds, s |")
    print("|--:|--:|--:|--:|--:|--:|")
    for times, c in PENALTIES:
        fitting.STEPS, fitting.STEPS_INVERSE_REGULARISATION = times * len(rows), c
        started = time.perf_counter()
        held_out = trainer.cross_validate(rows)
        seconds = time.perf_counter() - started
        scored = Scored.of(held_out, trainer.calibrate(held_out))
        chosen = choose(scored)
        accuracy = zones.summary(scored, chosen)["accuracy"]
        loss = _loss(held_out.labels, held_out.truth, held_out.logits)
        cost = _cost(scored, chosen)
        print(f"| {times} | {c:g} | {accuracy:.1%} | {loss:.3f} | {cost:.4f} | {seconds:.1f} |")


def _some(scored: Scored, rows: NDArray[Any]) -> Scored:
    return Scored(*(getattr(scored, field.name)[rows] for field in fields(Scored)))


def _cost(scored: Scored, chosen: Thresholds) -> float:
    return float(zones.paid(scored, chosen).mean())


def _loss(names: tuple[str, ...], truth: NDArray[Any], logits: NDArray[Any]) -> float:
    """Return the log-loss after one temperature."""
    held_out = HeldOut(names, truth, logits, np.ones(len(truth)))
    chances = probabilities(logits, trainer.calibrate(held_out))
    return -float(np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-12)).mean())


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
        borders()
        penalties()
