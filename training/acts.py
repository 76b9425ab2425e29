"""Learns dialogue acts: what people do in mid-conversation, whatever they speak of.

'And if they say no?' means nothing by itself, and something after every answer. So such
sentences have files of their own, below those of the intents, and columns of their own, which
are fitted after the intents' and over their features, and change nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

from bot import guide_reader, redaction
from bot.danger import TOLD
from bot.errors import GuideError
from bot.home import Home
from bot.linear import Linear
from bot.modelfile import ModelDescription, Weights
from training import fitting, folds, utterances, zones
from training.fitting import Fitted
from training.utterances import Utterance
from training.zones import COST_REFUSED, COST_WRONG, NEARLY

FOLDER = "acts"
"""Below the utterances: one file an act."""
HEARD = frozenset({TOLD})
"""Acts that the program itself listens for."""
NONE = ""
"""Label of what is said to begin with, and of whatever is a matter of its own."""
BESIDE = 2
"""Utterances of intents for each of an act that it is told from (docs/measurements.md)."""
STEPS, EPOCHS = 60_000, range(3, 51)
"""Stochastic steps, about, and how often each utterance may be seen."""
ALPHA = 3e-5
"""Regularisation (docs/measurements.md)."""
COST_OTHER = 0.8
"""Another act than the right one: an answer beside the point, to somebody in mid-conversation."""
EVEN = 0.0
"""Border where there are too few sentences to choose one: as likely as not."""
NEVER = 1e6
"""Border where no message is better taken for an act."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What is added to a model for the acts."""

    names: tuple[str, ...]
    """In the order of their columns."""
    borders: tuple[float, float]
    """From which scores on a message is of its likeliest act, see `bot.cases.Acts`."""
    weights: Weights
    """Those of the model, with the columns of the acts after all others."""
    scores: dict[str, float]
    """How well they are heard; nothing where there are too few sentences to tell."""


def read(folder: Path) -> list[Utterance]:
    """Return the utterances of the acts below a folder of utterances; none without that folder.

    The intent of each is its act. Raises UtteranceError.
    """
    own = folder / FOLDER
    return utterances.read_folder(own) if own.is_dir() else []


def scan(folder: Path) -> tuple[list[Utterance], list[str]]:
    """Return the utterances of the acts that can be read, and `file:line: what; wanted` of the
    rest; a sentence that stands under two acts is one of these."""
    own = folder / FOLDER
    found, problems = utterances.scan(own) if own.is_dir() else ([], [])
    return found, [*problems, *utterances.contradictions(found)]


def unheeded(home: Home, acts: Iterable[Utterance]) -> list[str]:
    """Return `file: what; wanted` of each act that changes nothing, as the guide has no answer."""
    try:
        guide = guide_reader.read(home.guide)
    except GuideError:
        return []
    heeded = {*guide.acts, *(faq.act for topic in guide.topics.values() for faq in topic.faqs)}
    return [
        f"{home.utterances / FOLDER / act}.txt: the act {act} has no answer in the guide; "
        f"wanted an [act.{act}] there"
        for act in sorted({row.intent for row in acts} - heeded - HEARD)
    ]


def learn(
    description: ModelDescription,
    fitted: Fitted,
    rows: Sequence[Utterance],
    clear: NDArray[np.bool_],
    acts: Sequence[Utterance],
    *,
    jobs: int = 1,
) -> Learned:
    """Return the columns for the acts, the borders, and how well they are heard.

    `fitted`: the model of the rows, before any act; `jobs`: threads for the fits. `clear`:
    whether the intent of each row is, to a model that had not seen it. The borders are chosen,
    and the acts counted, on the half of the sentences that a first fit to the other half has
    not seen.
    """
    beside, weights = _beside(rows, BESIDE * len(acts)), fitted.weights
    own, known = _matrix(Linear(description.features, weights), [row.text for row in acts])
    others = fitted.counts.weighed(beside, fitted.columns, weights.idf)
    labels = np.array([*(row.intent for row in acts), *[NONE] * len(beside)])
    sure = np.concatenate([_clear(description, weights, own, known), clear[beside]])
    order = _shuffled([*(row.text for row in acts), *(rows[place].text for place in beside)])
    matrix, labels, sure = sp.vstack([own, others]).tocsr()[order], labels[order], sure[order]
    whole = _fit(matrix, labels, jobs)
    half = np.arange(len(labels)) % 2 == 0
    if len(set(labels[half])) < 2 or (labels[~half] == NONE).all():
        return Learned(whole.names, (EVEN, EVEN), whole.beside(weights), {})
    first = _fit(matrix[half], labels[half], jobs)
    told = _Told.of(first, matrix[~half], labels[~half])
    borders = (told.border(~sure[~half]), told.border(sure[~half]))
    scores = told.scores(borders, sure[~half])
    return Learned(whole.names, borders, whole.beside(weights), scores)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of the acts, c of them."""

    names: tuple[str, ...]
    coefficients: NDArray[np.float64]
    """Shape (c, features)."""
    bias: NDArray[np.float64]
    """Shape (c,)."""

    def beside(self, weights: Weights) -> Weights:
        """Return the weights with these after all others."""
        rounded = fitting.rounded(self.coefficients.T, weights.step)
        return replace(
            weights,
            coefficients=np.hstack([weights.coefficients, rounded]),
            bias=np.concatenate([weights.bias, self.bias.astype(np.float32)]),
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """What a fit says of utterances that it has not seen; n of them."""

    truth: NDArray[np.str_]
    """The act of each, or none; shape (n,)."""
    taken_for: NDArray[np.str_]
    """The likeliest act of each; shape (n,)."""
    score: NDArray[np.float64]
    """How like that act it is; shape (n,)."""
    weight: NDArray[np.float64]
    """What each counts: all acts together as much as all else; shape (n,)."""

    @classmethod
    def of(cls, columns: _Columns, matrix: sp.csr_matrix, truth: NDArray[np.str_]) -> _Told:
        scores = matrix @ columns.coefficients.T + columns.bias
        taken_for = np.array(columns.names)[scores.argmax(axis=1)]
        return cls(truth, taken_for, scores.max(axis=1), _even(truth))

    def border(self, part: NDArray[np.bool_]) -> float:
        """Return the score from which taking a message for its likeliest act costs least, or
        nearly: the least itself moves with every sentence."""
        score, order = self.score[part], np.argsort(-self.score[part], kind="stable")
        is_act, right = (self.truth != NONE)[part], (self.truth == self.taken_for)[part]
        taking = np.where(right, 0.0, np.where(is_act, COST_OTHER, COST_WRONG))
        leaving = np.where(is_act, COST_REFUSED, 0.0)
        # After the n likeliest, what it costs to take these and to leave all others.
        changes = ((taking - leaving) * self.weight[part])[order]
        costs = np.concatenate([[0.0], changes.cumsum()])
        best = zones.middle(costs, NEARLY * len(score))
        if not best:
            return NEVER
        lower = score[order[best]] if best < len(order) else score[order[-1]]
        return round(float((score[order[best - 1]] + lower) / 2), 4)

    def scores(self, borders: tuple[float, float], clear: NDArray[np.bool_]) -> dict[str, float]:
        """Return the share of acts that are heard, and of all else that is taken for one."""
        taken, is_act = self.score >= np.where(clear, borders[1], borders[0]), self.truth != NONE
        heard = taken & (self.truth == self.taken_for)
        shares = {"acts_heard": heard[is_act].mean(), "acts_misheard": taken[~is_act].mean()}
        return {name: round(float(share), 4) for name, share in shares.items()}


def _even(labels: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return weights under which all acts together count as much as all else."""
    is_act = labels != NONE
    share = is_act.mean()
    weights: NDArray[np.float64] = np.where(is_act, 0.5 / (share or 1), 0.5 / ((1 - share) or 1))
    return weights


def _fit(matrix: sp.csr_matrix, labels: NDArray[np.str_], jobs: int) -> _Columns:
    epochs = min(max(round(STEPS / len(labels)), EPOCHS.start), EPOCHS.stop - 1)
    classifier = SGDClassifier(
        loss="log_loss", alpha=ALPHA, max_iter=epochs, tol=None, shuffle=False,
        average=(epochs - 1) * len(labels), n_jobs=jobs,
    )  # fmt: skip
    classifier.fit(matrix, labels, sample_weight=_even(labels))
    names = [str(name) for name in classifier.classes_]
    coefficients, bias = classifier.coef_, classifier.intercept_
    if len(names) > 2:  # of two labels scikit-learn keeps the column of the second alone
        kept = [place for place, name in enumerate(names) if name != NONE]
        coefficients, bias = coefficients[kept], bias[kept]
    return _Columns(tuple(name for name in names if name != NONE), coefficients, bias)


def _matrix(linear: Linear, texts: Sequence[str]) -> tuple[sp.csr_matrix, NDArray[np.float64]]:
    """Return values, shape (n, features), and known shares, from the very code of the run time."""
    masked = [redaction.mask(text).text for text in texts]
    ids, values, known, ends = [], [], [], [0]
    for batch in folds.batches(linear, masked):
        ids.append(batch.ids)
        values.append(batch.values)
        known.append(batch.known)
        ends += [ends[-1] + end for end in batch.ends]
    shape = (len(masked), linear.features)
    found = sp.csr_matrix((np.concatenate(values), np.concatenate(ids), ends), shape)
    return found, np.concatenate(known)


def _clear(
    description: ModelDescription,
    weights: Weights,
    matrix: sp.csr_matrix,
    known: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Tell of each message whether its intent is clear, shape (n,)."""
    count = len(description.labels)
    logits = matrix @ (weights.coefficients[:, :count] * weights.step) + weights.bias[:count]
    nowhere = np.zeros(len(known), dtype=np.int64)
    scored = zones.Scored.of(
        zones.HeldOut(description.labels, nowhere, logits, known), description.temperature
    )
    borders = zones.Thresholds(description.answer_from, description.clarify_from)
    return zones.answered(scored, borders)


def _beside(rows: Sequence[Utterance], count: int) -> NDArray[np.intp]:
    """Return so many of the utterances of intents, the same ones when others come or go."""
    return _shuffled([row.text for row in rows])[:count]


def _shuffled(texts: Sequence[str]) -> NDArray[np.intp]:
    """Return the texts by their hashes: no order of theirs, and always the same."""
    return np.array(fitting.lasting_order([[text] for text in texts], range(len(texts))))
