"""Utterance -> intents with calibrated probabilities, and one of three zones; numpy alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bot import modelfile, redaction, text
from bot.cases import Acts, Cases
from bot.linear import Linear, probabilities
from bot.messages import OUT_OF_SCOPE, Classification, Explanation, Zone
from bot.modelfile import ModelDescription, Weights
from bot.reader import Batch, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOGETHER = 64
"""Messages that are classified at once: enough to share the cost of each call of numpy, few
enough that their numbers stay in the cache of the processor."""
_SHOWN = 40
"""Characters of what is no message that an error shows."""
Numbers = TypeVar("Numbers", float, "NDArray[np.float64]")
"""Of one message, or of many, shape (n,)."""
_log = logging.getLogger(__name__)


class Classifier:
    """A model ready to classify; immutable but for its reader's bounded memo of words."""

    def __init__(self, description: ModelDescription, weights: Weights) -> None:
        self.description = description
        self._linear = Linear(description.features, weights)
        self._reader = self._linear.reader
        self._labels = labels = description.labels
        self._outside = labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else None
        self._cases = Cases(description.cases)
        self._acts = Acts(description.acts, description.act_borders)
        self._first_act = len(labels) + len(description.cases)

    @classmethod
    def load(cls, folder: Path) -> Classifier:
        """Read the model in `folder`; raises ModelError."""
        description, weights = modelfile.load(folder)
        if description.stem_fingerprint != text.stem_fingerprint():
            _log.warning(
                "%s: trained with a stemmer that stems otherwise (PyStemmer %s); "
                "train again with: bot-train train",
                folder,
                description.versions.get("PyStemmer", "unknown"),
            )
        return cls(description, weights)

    def classify(self, message: str) -> Classification:
        """Return what `message` means; secrets in it are masked first.

        Raises TypeError for what is no string.
        """
        return self.classify_masked(redaction.mask(_checked(message)).text)

    def classify_masked(self, message: str) -> Classification:
        """Return what a message means whose secrets were masked already."""
        return self._decide(self._reader.read([message]))[0]

    def classify_many(self, messages: Iterable[str]) -> list[Classification]:
        """Return the classification of each message, the same as one by one.

        Raises TypeError for one string, and for what is no string.
        """
        if isinstance(messages, str):
            raise TypeError(
                f"got one message, {_shown(messages)}; wanted several: classify_many([message]), "
                "or classify(message)"
            )
        masked = [redaction.mask(_checked(message)).text for message in messages]
        return [
            one
            for start in range(0, len(masked), _TOGETHER)
            for one in self._decide(self._reader.read(masked[start : start + _TOGETHER]))
        ]

    def probabilities(self, message: str) -> NDArray[np.float64]:
        """Return the calibrated probability of every label, shape (k,), out of scope included."""
        batch = self._reader.read([redaction.mask(message).text])
        logits = self._linear.scores(batch)[:, : len(self._labels)]
        found: NDArray[np.float64] = probabilities(logits, self.description.temperature)[0]
        return found

    def _decide(self, batch: Batch) -> list[Classification]:
        scores = self._linear.scores(batch)
        rows = zip(scores.tolist(), self._orders(scores), batch.known.tolist(), strict=True)
        return [self._decided(*row) for row in rows]

    def _orders(self, scores: NDArray[np.float64]) -> list[list[int]]:
        """Return the labels of each message, best first."""
        best_first: NDArray[np.int64] = (-scores[:, : len(self._labels)]).argsort(1, "stable")
        found: list[list[int]] = best_first.tolist()
        return found

    def _decided(self, scores: list[float], order: list[int], known: float) -> Classification:
        ranking, trust, in_scope = self._weighed(scores, order, known)
        zone = self._zone(trust, in_scope)
        clear, (intent, confidence) = zone == "answer", ranking[0]
        return Classification(
            OUT_OF_SCOPE if zone == "unknown" else intent,
            confidence,
            zone,
            ranking,
            self._cases.likeliest(scores[len(self._labels) : self._first_act], clear),
            self._acts.likeliest(scores[self._first_act :], clear),
        )

    def _weighed(
        self, scores: list[float], order: list[int], known: float
    ) -> tuple[tuple[tuple[str, float], ...], float, float]:
        """Return the ranking of one message, its `score` and its `scope`.

        So few numbers that plain Python is done with them before numpy has begun.
        """
        highest = scores[order[0]]
        temperature = self.description.temperature.of_one(highest)
        raised = [exp((scores[label] - highest) / temperature) for label in order]
        total = sum(raised)
        outside = None
        if self._outside is not None:
            place = order.index(self._outside)
            order = order[:place] + order[place + 1 :]
            outside = raised.pop(place) / total
        best = raised[0] / total
        inside = sum(raised)
        labels = self._labels
        ranking = tuple(
            [(labels[label], chance / inside) for label, chance in zip(order, raised, strict=True)]
        )
        two = sum(raised[:2]) / inside
        return ranking, score(best, known), scope(outside, best, two, known)

    def _zone(self, trust: float, in_scope: float) -> Zone:
        # Nothing known gives a scope of nothing, which no threshold may let through.
        if in_scope < self.description.clarify_from or in_scope <= 0.0:
            return "unknown"
        return "answer" if trust >= self.description.answer_from else "clarify"

    def explain(self, message: str) -> Explanation:
        """Return the exact share of every word in the scores of winner and runner-up.

        In zone unknown also in that of out of scope.

        A feature's contribution is weight x value / the message's temperature; those of a bigram
        are halved between its two words, those of a character n-gram are divided
        among the words that hold it by how often they do.
        """
        masked = redaction.mask(message).text
        typed, meant = self._reader.words(masked)
        batch = self._reader.read([masked])
        scores = self._linear.scores(batch)
        row, order = scores[0].tolist(), self._orders(scores)[0]
        ranking, trust, in_scope = self._weighed(row, order, float(batch.known[0]))
        winner = ranking[0][0]
        second = ranking[1][0] if len(ranking) > 1 else winner
        zone = self._zone(trust, in_scope)
        columns = [self._labels.index(label) for label in (winner, second)]
        if zone == "unknown" and self._outside is not None:
            columns.append(self._outside)
        temperature = self.description.temperature.of_one(row[order[0]])
        weighed = self._linear.shares(batch, columns) / temperature
        shares = dict(zip(batch.ids.tolist(), weighed, strict=True))
        rows = self._word_shares(meant, shares, len(columns)).tolist()
        bias = (self._linear.bias(columns) / temperature).tolist()
        return Explanation(
            intent=winner,
            runner_up=second if second != winner else "",
            zone=zone,
            score=trust,
            scope=in_scope,
            thresholds={
                "answer": self.description.answer_from,
                "clarify": self.description.clarify_from,
            },
            bias=(bias[0], bias[1]),
            words=tuple((word.text, row[0], row[1]) for word, row in zip(typed, rows, strict=True)),
            meant=tuple(word.text for word in meant),
            outside=tuple(share for row in (bias, *rows) for share in row[2:]),
        )

    def _word_shares(
        self, meant: Sequence[Word], shares: dict[int, NDArray[np.float64]], columns: int
    ) -> NDArray[np.float64]:
        """Fold the contributions of the features back onto the words, shape (words, columns)."""
        owners: dict[int, list[int]] = {}
        for place, word in enumerate(meant):
            for feature in word.ids.tolist():
                owners.setdefault(feature, []).append(place)
        for place, pair in enumerate(self._reader.pairs(meant)):
            if pair >= 0:
                owners.setdefault(pair, []).extend((place, place + 1))
        rows = np.zeros((len(meant), columns))
        for feature, places in owners.items():
            for place in places:
                rows[place] += shares[feature] / len(places)
        return rows


def _checked(message: str) -> str:
    """Return a message; raises TypeError when it is none."""
    if isinstance(message, str):
        return message
    hint = "; decode it first, as in message.decode()" if isinstance(message, bytes) else ""
    kind = type(message).__name__
    raise TypeError(f"got {_shown(message)} ({kind}) for a message; wanted a str{hint}")


def _shown(found: object) -> str:
    said = repr(found)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}..."


def score(best: Numbers, known: Numbers) -> Numbers:
    """Return how far a message can be trusted to mean its best intent, 0 to 1.

    The best in-scope probability says how clear the choice is, the known share
    whether the words it was made from are ones that the model has seen at all.
    """
    found: Numbers = best * known**0.5
    return found


def scope(outside: Numbers | None, best: Numbers, two: Numbers, known: Numbers) -> Numbers:
    """Return how far a message can be trusted to be one that is worth a question, 0 to 1.

    `outside` is the probability of the out-of-scope label. It separates better than
    anything made of the best intent's, which an honest tie between two intents
    halves (docs/measurements.md); a model without that label, None, has only the latter.
    `two` is the share of the best two intents among those in scope: to ask which of two was meant
    helps only where it is one of them. Of words that the model has never seen nothing can be said,
    so they count against all.
    """
    return (best if outside is None else (1.0 - outside) * two) * known
