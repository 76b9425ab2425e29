"""Which utterances are likely mislabelled: confident learning (Northcutt and others 2021).

Own few lines, as the method is a comparison of probabilities that are there already;
cleanlab would bring pandas, tqdm and termcolor for it, and ranks without knowing which
words the model had seen at all (docs/measurements.md).
"""

from __future__ import annotations

import numpy as np

from bot.linear import probabilities
from bot.modelfile import Temperature
from training.zones import HeldOut

_LEAST = 1e-4
"""Probability below which smaller says nothing more about a label."""


def suspects(held_out: HeldOut, temperature: Temperature) -> list[tuple[int, int]]:
    """Return (row, column of the likelier label), the most doubtful row first.

    A row is doubtful when a label other than its own is as probable as that label is, on
    average, for the rows that bear it: an intent that is hard to tell accuses less easily
    than one that the model is sure of, and is accused less easily. They are ranked by the
    probability of the row's own label to the power of its share of known words, since
    what a model says of words it has never seen is little more than a guess.
    """
    chances = probabilities(held_out.logits, temperature)
    rows = np.arange(len(chances))
    own = chances[rows, held_out.truth]
    counts = np.bincount(held_out.truth, minlength=chances.shape[1])
    usual = np.bincount(held_out.truth, weights=own, minlength=chances.shape[1])
    confident = np.where(chances >= usual / np.maximum(1, counts), chances, -1.0)
    likelier = confident.argmax(axis=1)
    doubtful = np.flatnonzero((confident.max(axis=1) > 0) & (likelier != held_out.truth))
    trust = np.maximum(own, _LEAST) ** held_out.known
    ranked = doubtful[np.lexsort((own[doubtful], trust[doubtful]))]
    return [(int(row), int(likelier[row])) for row in ranked]
