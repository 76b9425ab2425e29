"""In how many folds is enough held back, and what is the temperature fitted for? As a table.

python docs/calibration.py

Each fifth of the shipped lines is asked of a model trained on the rest, temperature and
thresholds included; the figures are of all five together.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.home import Home
from bot.linear import probabilities
from bot.modelfile import Temperature
from bot.redaction import mask
from training import folds, trainer, utterances, zones
from training.fitting import Fitted
from training.zones import HeldOut, Scored, answered, costs, refused

FIFTHS = 5
LEAST = 1e-12


def for_all_labels(held_out: HeldOut) -> Temperature:
    """Return the temperature with the least log-loss of the right label, instead of the best."""

    def loss(point: NDArray[np.float64]) -> float:
        shares = probabilities(held_out.logits, Temperature(*point))
        right = shares[np.arange(len(shares)), held_out.truth]
        return float(-np.log(np.maximum(right, LEAST)).mean())

    bounds = [trainer.BASES, trainer.SLOPES]
    found = minimize(loss, (1.0, 0.0), method="L-BFGS-B", bounds=bounds)
    return Temperature(*map(float, found.x))


def main() -> None:
    """Print the table."""
    rows = trainer.in_training_order(utterances.read_folder(Home.shipped().utterances))
    names = tuple(sorted({row.intent for row in rows}))
    print("| folds | fitted for | calibration error | log-loss | cost a message | training, s |")
    print("|--:|---|--:|--:|--:|--:|")
    for count in (3, 2):
        trainer.TRAINING_FOLDS_OF_MANY = count
        found: dict[str, list[list[NDArray[np.float64]]]] = {}
        seconds = 0.0
        for fold in folds._lasting_folds(rows, FIFTHS):
            started = time.perf_counter()
            trained = trainer.train([rows[row] for row in fold.inside])
            seconds += time.perf_counter() - started
            apart = [rows[row] for row in fold.outside]
            described = trained.description
            fitted = Fitted(described.labels, tuple(described.cases), trained.weights, {}, None)
            asked = [mask(row.text).text for row in apart]
            scores, known = folds.ask(fitted, described.features, asked)
            truth = np.searchsorted(names, [row.intent for row in apart]).astype(np.int64)
            held_out = HeldOut(names, truth, scores[:, : len(names)], known)
            ways = {
                "the right label": for_all_labels(trained.held_out),
                "whether the best is right": trained.description.temperature,
            }
            for way, temperature in ways.items():
                borders = zones.choose(Scored.of(trained.held_out, temperature))
                found.setdefault(way, []).append(figures(held_out, temperature, borders))
        for way, parts in found.items():
            each = zip(*parts, strict=True)
            confidence, right, cost, loss = (np.concatenate(part) for part in each)
            error = zones.calibration_error(confidence, right.astype(bool))
            print(
                f"| {count} | {way} | {error:.1%} | {loss.mean():.4f} | {cost.mean():.4f} "
                f"| {seconds / FIFTHS:.1f} |",
                flush=True,
            )


def figures(
    held_out: HeldOut, temperature: Temperature, borders: zones.Thresholds
) -> list[NDArray[np.float64]]:
    """Return confidence, whether right, cost and log-loss of each message."""
    scored = Scored.of(held_out, temperature)
    answering, asking, refusing = costs(scored)
    cost = np.where(
        refused(scored, borders), refusing, np.where(answered(scored, borders), answering, asking)
    )
    shares = probabilities(held_out.logits, temperature)
    rows = np.arange(len(shares))
    loss = -np.log(np.maximum(shares[rows, held_out.truth], LEAST))
    return [shares.max(axis=1), shares.argmax(axis=1) == held_out.truth, cost, loss]


if __name__ == "__main__":
    main()
