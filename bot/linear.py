"""Messages -> logits -> probabilities: the linear half of the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.modelfile import FeatureSettings, Temperature, Weights
from bot.reader import Batch, Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Linear:
    """The weights of a model over the features of its reader; k labels, and c cases after them."""

    def __init__(self, settings: FeatureSettings, weights: Weights) -> None:
        self.reader = Reader(settings, weights)
        """Reads messages as this model's features."""
        self.features = len(weights.coefficients)
        """How many there are."""
        self._coefficients, self._step = weights.coefficients, weights.step
        self._bias = weights.bias.astype(np.float64)

    def scores(self, batch: Batch) -> NDArray[np.float64]:
        """Return the logit of every label and case for every message, shape (n, k + c)."""
        found = np.empty((len(batch.ends), len(self._bias)))
        start = 0
        for row, end in enumerate(batch.ends):
            # One product a message, so that it does not depend on the others.
            weights = self._coefficients.take(batch.ids[start:end], axis=0)
            found[row] = batch.values[start:end] @ weights
            start = end
        found *= self._step  # a power of two: nothing is rounded
        found += self._bias
        return found

    def shares(self, batch: Batch, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return weight x value of every feature for some labels, shape (features, labels)."""
        chosen = self._coefficients[batch.ids][:, columns]
        found: NDArray[np.float64] = batch.values[:, None] * chosen * self._step
        return found

    def bias(self, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return what some labels have before any word is read, shape (labels,)."""
        return self._bias[list(columns)]


def probabilities(logits: NDArray[np.float64], temperature: Temperature) -> NDArray[np.float64]:
    """Return the calibrated probability of every label, shape (n, k); rows sum to 1.

    The softmax of the logits divided by the temperature.
    """
    highest = logits.max(axis=1, keepdims=True)
    raised = np.exp((logits - highest) / temperature.of(highest))
    found: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return found
