"""What each training leaves beside its model for the next one: held-out answers, by sentence.

`held_out.npz` holds hashes of the sentences, not their words, and for each what a model
that had not seen it made of it. Two trainings are compared on the sentences both had.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.messages import OUT_OF_SCOPE

if TYPE_CHECKING:
    from training.trainer import Trained

FILE = "held_out.npz"
UNKNOWN, CLARIFY, ANSWER = range(3)
"""Zones, as the file holds them."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Held-out answers, a row for each sentence; n of them."""

    labels: tuple[str, ...]
    """What `best` counts into."""
    keys: NDArray[np.uint64]
    """Hashes of the sentences, shape (n,)."""
    best: NDArray[np.uint16]
    """Best in-scope intent of each, as a place in `labels`, shape (n,)."""
    zone: NDArray[np.uint8]
    """UNKNOWN, CLARIFY or ANSWER, shape (n,)."""
    folds: int
    """In how many folds they were held back: a model of half of the sentences says less than
    one of two thirds, and the two are not compared."""

    def by_key(self) -> dict[int, tuple[str, int]]:
        """Return (best in-scope intent, zone) of each sentence, by its hash."""
        pairs = zip(self.best.tolist(), self.zone.tolist(), strict=True)
        return {
            key: (self.labels[best], zone)
            for key, (best, zone) in zip(self.keys.tolist(), pairs, strict=True)
        }


def key(text: str) -> int:
    """Return the hash of a sentence: 64 bits, of which 20,000 do not meet by chance."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def of(trained: Trained) -> Answers:
    """Return the held-out answers of a training, with its own temperature and thresholds."""
    from training import trainer, zones

    held, described = trained.held_out, trained.description
    size = len(trained.rows)
    inside = held.logits.copy()
    inside[:, [place for place, name in enumerate(held.labels) if name == OUT_OF_SCOPE]] = -np.inf
    scored = zones.Scored.of(held, described.temperature)
    borders = zones.Thresholds(described.answer_from, described.clarify_from)
    zone = np.where(zones.answered(scored, borders), ANSWER, CLARIFY)
    zone[zones.refused(scored, borders)] = UNKNOWN
    return Answers(
        held.labels,
        np.array([key(row.text) for row in trained.rows], dtype=np.uint64),
        inside.argmax(axis=1).astype(np.uint16),
        zone[:size].astype(np.uint8),
        trainer.folds_for(trained.rows),
    )


def save(folder: Path, answers: Answers) -> None:
    """Write the file into the folder of a model, flushed to the disk."""
    buffer = BytesIO()
    labels = np.frombuffer(json.dumps(answers.labels).encode(), dtype=np.uint8)
    np.savez_compressed(
        buffer, labels=labels, keys=answers.keys, best=answers.best, zone=answers.zone,
        folds=np.uint8(answers.folds),
    )  # fmt: skip
    with (folder / FILE).open("wb") as file:
        file.write(buffer.getvalue())
        file.flush()
        os.fsync(file.fileno())


def load(folder: Path) -> Answers | None:
    """Return the answers beside a model; None when there are none, or they are damaged."""
    try:
        with np.load(BytesIO((folder / FILE).read_bytes()), allow_pickle=False) as archive:
            labels = tuple(map(str, json.loads(archive["labels"].tobytes())))
            keys, best, zone = (archive[name] for name in ("keys", "best", "zone"))
            found = Answers(labels, keys, best, zone, int(archive["folds"]))
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    shapes = {found.keys.shape, found.best.shape, found.zone.shape}
    kinds = [array.dtype.kind for array in (found.keys, found.best, found.zone)]
    sound = shapes == {(found.keys.size,)} and kinds == ["u", "u", "u"]
    return found if sound and (found.best < len(labels)).all() else None
