"""Measures in which order the messages of an inbox are best labelled: prints a table.

python docs/review_order.py [--draws 3]

A model of a tenth of the utterances meets four tenths of them as messages. Those it is
not sure of are the inbox; the first ones of each order are labelled and learned, and
the rest of the utterances say what that was worth.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from bot.home import Home
from training import features, trainer, utterances

Scores = NDArray[np.float64]
SURE = 0.7
"""Probability from which a message would have been answered, and not be in the inbox."""


def shares(model: Pipeline, messages: list[list[str]]) -> Scores:
    """Return the probability of each label, shape (n, k)."""
    return np.asarray(model.predict_proba(messages))


def margin(found: Scores, chance: np.random.Generator) -> Scores:
    """Return the gap between the two best: small where the model is torn."""
    best = np.sort(found, axis=1)
    return np.asarray(best[:, -1] - best[:, -2])


def least_confident(found: Scores, chance: np.random.Generator) -> Scores:
    """Return the best probability."""
    return np.asarray(found.max(axis=1))


def most_confident(found: Scores, chance: np.random.Generator) -> Scores:
    """Return what puts the nearly understood first."""
    return -least_confident(found, chance)


def entropy(found: Scores, chance: np.random.Generator) -> Scores:
    """Return the negative entropy."""
    return np.asarray((found * np.log(found)).sum(axis=1))


def drawn(found: Scores, chance: np.random.Generator) -> Scores:
    """Return the order of chance."""
    return chance.random(len(found))


ORDERS: dict[str, Callable[[Scores, np.random.Generator], Scores]] = {
    "by chance": drawn,
    "smallest margin first": margin,
    "least confident first": least_confident,
    "highest entropy first": entropy,
    "most confident first": most_confident,
}


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=3, help="splits of the lines (default 3)")
    draws = options.parse_args().draws
    rows = trainer.in_training_order(utterances.read_folder(Home.shipped().utterances))
    messages = features.WordReader().transform([row.text for row in rows])
    labels = np.array([row.intent for row in rows])
    budgets = (100, 300, 1000)
    right: dict[tuple[str, int], list[float]] = {}
    for draw in range(draws):
        chance = np.random.default_rng(draw)
        known, pool, rest = np.split(
            chance.permutation(len(rows)), [len(rows) // 10, len(rows) // 2]
        )

        def learned(which: NDArray[np.int64]) -> Pipeline:
            settings = trainer.settings_for([rows[i] for i in which])
            with threadpool_limits(1):
                return trainer.fit([messages[i] for i in which], list(labels[which]), settings)

        def score(model: Pipeline, rest: NDArray[np.int64] = rest) -> float:
            return float((model.predict([messages[i] for i in rest]) == labels[rest]).mean())

        first = learned(known)
        right.setdefault(("nothing labelled", 0), []).append(score(first))
        found = shares(first, [messages[i] for i in pool])
        unsure = found.max(axis=1) < SURE
        inbox, found = pool[unsure], found[unsure]
        for name, order in ORDERS.items():
            ranked = inbox[np.argsort(order(found, chance), kind="stable")]
            for budget in budgets:
                model = learned(np.concatenate([known, ranked[:budget]]))
                right.setdefault((name, budget), []).append(score(model))
    print("| order | " + " | ".join(f"{b} labelled" for b in budgets) + " |")
    print("|---|" + "---|" * len(budgets))
    print(f"| nothing labelled | {np.mean(right['nothing labelled', 0]):.1%} | | |")
    for name in ORDERS:
        cells = [f"{np.mean(right[name, budget]):.1%}" for budget in budgets]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
