"""How fresh is the fresh set? Its figures by how near a line of the training data stands.

    python docs/fresh_neighbours.py

Near is the share of the groups of three letters that two sentences have in common, of all that
either has (Jaccard 1912). With so many lines some of the fresh sentences have neighbours by
chance, and short ones ("thanks") stand there word for word; the last row is of those that have
none that is even half like them.
"""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from bot import text
from bot.classifier import Classifier
from bot.home import Home
from bot.messages import OUT_OF_SCOPE
from training import evaluation, utterances

_TOGETHER = 200
BORDERS = (1.01, 1.0, 0.8, 0.6, 0.5)
"""Lines with a neighbour from this likeness on are left out; above 1 none is."""


def likeness(fresh: list[str], taught: list[str]) -> np.ndarray:
    """Return how like each fresh sentence is to its nearest taught one, 0 to 1; shape (n,)."""
    plain = [[" ".join(text.words(one)) for one in some] for some in (fresh, taught)]
    vectorizer = CountVectorizer(analyzer="char_wb", ngram_range=(3, 3), binary=True, dtype="int32")
    known = vectorizer.fit_transform(plain[1])
    asked = CountVectorizer(analyzer="char_wb", ngram_range=(3, 3), binary=True, dtype="int32")
    sizes = np.asarray(asked.fit_transform(plain[0]).sum(axis=1)).ravel()
    own, counts = vectorizer.transform(plain[0]), np.asarray(known.sum(axis=1)).ravel()
    found = np.zeros(len(fresh))
    for start in range(0, len(fresh), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        shared = (own[part] @ known.T).toarray()
        either = sizes[part, None] + counts[None, :] - shared
        found[part] = (shared / np.maximum(either, 1)).max(axis=1)
    return found


def main() -> None:
    """Print the table."""
    home = Home.shipped()
    parts = evaluation.read_fresh(home.fresh)
    rows = [row for part in parts.values() for row in part]
    taught = [row.text for row in utterances.read_folder(home.utterances)]
    alike = likeness([row.text for row in rows], taught)
    said = Classifier.load(home.model_folder()).classify_many(row.text for row in rows)
    inside = np.array([row.intent != OUT_OF_SCOPE for row in rows])
    best = np.array(
        [one.ranking[0][0] in (row.intent, *row.also) for one, row in zip(said, rows, strict=True)]
    )
    zone = np.array([one.zone for one in said])
    print(
        "| left out: as like as | in scope | best right | answered right | wrong | asked back "
        "| 'I do not know' | misses | answered |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for border in BORDERS:
        kept, missed = inside & (alike < border), ~inside & (alike < border)
        shares = [
            best[kept].mean(),
            (best & (zone == "answer"))[kept].mean(),
            (~best & (zone == "answer"))[kept].mean(),
            (zone == "clarify")[kept].mean(),
            (zone == "unknown")[kept].mean(),
        ]
        cells = " | ".join(f"{share:.1%}" for share in shares)
        name = "none" if border > 1 else f"{border:.1f}"
        print(
            f"| {name} | {kept.sum():,} | {cells} | {missed.sum():,} "
            f"| {(zone == 'answer')[missed].mean():.1%} |"
        )


if __name__ == "__main__":
    main()
