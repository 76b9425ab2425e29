"""Measures how well wrong labels are found: prints a table of ways to rank the lines.

python docs/mislabelled.py [--lines 7000] [--draws 4]

Of some shipped lines 3 % get another label at random. The table says which share of the
first lines of each order are among these. The shipped lines have a few unfit labels of
their own, which count as wrongly accused here.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.home import Home
from bot.linear import probabilities
from training import confident, trainer, utterances
from training.utterances import Utterance
from training.zones import HeldOut

PLACES = (10, 50, 100, 200)
CHANGED = 0.03


def with_wrong_labels(
    rows: list[Utterance], chance: random.Random
) -> tuple[list[Utterance], NDArray[np.bool_]]:
    """Return the rows, a few of them under another intent, and which these are."""
    names = sorted({row.intent for row in rows})
    changed = []
    for row in chance.sample(rows, round(len(rows) * CHANGED)):
        others = [name for name in names if name != row.intent]
        changed.append((row, replace(row, intent=chance.choice(others))))
    moved = dict(changed)
    noisy = trainer.in_training_order([moved.get(row, row) for row in rows])
    wrong = {(row.intent, row.text) for row in moved.values()}
    return noisy, np.array([(row.intent, row.text) in wrong for row in noisy])


def orders(held_out: HeldOut) -> dict[str, list[int]]:
    """Return the rows in the order of each way, the most doubtful first."""
    temperature = trainer.calibrate(held_out)
    found = [row for row, _ in confident.suspects(held_out, temperature)]
    chances = probabilities(held_out.logits, temperature)
    rows = np.arange(len(chances))
    own = chances[rows, held_out.truth]
    chances[rows, held_out.truth] = -1.0
    margin = own - chances.max(axis=1)
    return {
        "confident learning, own probability to the power of the known share": found,
        "confident learning, own probability": sorted(found, key=lambda row: own[row]),
        "confident learning, margin to the best other": sorted(found, key=lambda row: margin[row]),
        "all lines, own probability": np.argsort(own, kind="stable").tolist(),
    }


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=7000, help="lines drawn (default 7000)")
    options.add_argument("--draws", type=int, default=4, help="draws (default 4)")
    chosen = options.parse_args()
    shipped = utterances.read_folder(Home.shipped().utterances)
    by_text = {row.text.casefold(): row for row in shipped}
    shares: dict[str, list[list[float]]] = {}
    for draw in range(chosen.draws):
        chance = random.Random(draw)
        rows, wrong = with_wrong_labels(chance.sample([*by_text.values()], chosen.lines), chance)
        for way, order in orders(trainer.cross_validate(rows)).items():
            hits = [float(wrong[order[:count]].mean()) for count in PLACES]
            shares.setdefault(way, []).append(hits)
    print("| order | " + " | ".join(f"first {count}" for count in PLACES) + " |")
    print("|---" * (len(PLACES) + 1) + "|")
    for way, found in shares.items():
        print(f"| {way} | " + " | ".join(f"{share:.0%}" for share in np.mean(found, axis=0)) + " |")


if __name__ == "__main__":
    main()
