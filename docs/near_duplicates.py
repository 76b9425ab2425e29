"""Measures how to tell near-duplicates in an inbox: prints a table of ways and thresholds.

python docs/near_duplicates.py [--lines 1500]

Found: of pairs that one person could have typed twice (slips, courtesy, another order),
how many are grouped. Wrong: of the lines of different intents, how many have a partner
that they would be grouped with, though one label cannot fit both.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from bot import text
from bot.home import Home
from training import utterances

BEFORE = ("hi, ", "please ", "can you tell me ", "um ", "hello ", "quick question: ")
AFTER = (" please", " thanks", "?", "!!", " asap", ", can you help")


def again(line: str, chance: random.Random) -> str:
    """Return the line as somebody might type it a second time."""
    words = line.split()
    kind = chance.randrange(4)
    if kind == 0 and max(map(len, words)) > 3:
        at = max(range(len(words)), key=lambda i: (len(words[i]) > 3, chance.random()))
        spot = chance.randrange(1, len(words[at]) - 1)
        words[at] = words[at][:spot] + words[at][spot + 1 :]
    elif kind == 1:
        return chance.choice(BEFORE) + line
    elif kind == 2:
        return line + chance.choice(AFTER)
    elif len(words) > 4:
        del words[chance.randrange(len(words))]
    return " ".join(words)


def stem_sets(lines: list[str]) -> NDArray[np.float64]:
    """Return the Jaccard index of the sets of stems of every two lines."""
    sets = [set(text.stems(text.words(line))) for line in lines]
    return jaccard(sets)


def gram_sets(lines: list[str]) -> NDArray[np.float64]:
    """Return the Jaccard index of the sets of character trigrams of every two lines."""
    sets = []
    for line in lines:
        flat = f" {' '.join(text.words(line))} "
        sets.append({flat[i : i + 3] for i in range(len(flat) - 2)})
    return jaccard(sets)


def jaccard(sets: list[set[str]]) -> NDArray[np.float64]:
    """Return |a and b| / |a or b| of every two sets."""
    number = {entry: i for i, entry in enumerate(sorted(set().union(*sets)))}
    rows = np.zeros((len(sets), len(number)), dtype=np.float32)
    for i, entries in enumerate(sets):
        rows[i, [number[e] for e in entries]] = 1
    common = rows @ rows.T
    sizes = rows.sum(axis=1)
    return np.asarray(common / np.maximum(1, sizes[:, None] + sizes[None, :] - common))


def tfidf(analyzer: str, low: int, high: int) -> Callable[[list[str]], NDArray[np.float64]]:
    """Return the cosine of scikit-learn's TF-IDF vectors of every two lines."""

    def similarity(lines: list[str]) -> NDArray[np.float64]:
        rows = TfidfVectorizer(analyzer=analyzer, ngram_range=(low, high)).fit_transform(lines)
        return np.asarray((rows @ rows.T).todense())

    return similarity


WAYS = {
    "sets of stems, Jaccard": stem_sets,
    "sets of character trigrams, Jaccard": gram_sets,
    "TF-IDF of words, cosine": tfidf("word", 1, 1),
    "TF-IDF of character 2-4-grams, cosine": tfidf("char_wb", 2, 4),
}


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=1500, help="lines drawn (default 1500)")
    count = options.parse_args().lines
    chance = random.Random(7)
    rows = utterances.read_folder(Home.shipped().utterances)
    rows = [row for row in rows if 3 <= len(row.text.split()) <= 25]
    drawn = chance.sample(rows, count)
    lines = [row.text for row in drawn] + [again(row.text, chance) for row in drawn]
    intents = np.array([row.intent for row in drawn])
    print("| way | threshold | found | wrong |\n|---|---|---|---|")
    for name, way in WAYS.items():
        near = way(lines)
        pairs = near[np.arange(count), count + np.arange(count)]
        across = np.where(intents[:, None] != intents[None, :], near[:count, :count], 0.0)
        worst = across.max(axis=1)
        for threshold in (0.4, 0.5, 0.6, 0.7, 0.8):
            found, wrong = (pairs >= threshold).mean(), (worst >= threshold).mean()
            print(f"| {name} | {threshold} | {found:.1%} | {wrong:.1%} |")


if __name__ == "__main__":
    main()
