"""What slips cost: accuracy on held-out lines with random character edits, as a table.

python docs/slips.py
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.model_selection import StratifiedKFold

from bot.home import Home
from bot.redaction import mask
from training import features, fitting, folds, trainer, utterances
from training.features import Counts
from training.fitting import SEED
from training.intent_sets import with_edits

EDITS = (0, 1, 2)


def main() -> None:
    """Print the table: the mean over two of five folds."""
    rows = trainer.in_training_order(utterances.read_folder(Home.shipped().utterances))
    labels = [row.intent for row in rows]
    messages = features.WordReader().transform([row.text for row in rows])
    counts = Counts.of(messages, trainer.settings_for(rows))
    splits = list(StratifiedKFold(5, shuffle=True, random_state=SEED).split(rows, labels))[:2]
    found: dict[str, list[list[float]]] = {"with repair": [], "without": []}
    for inside, outside in splits:
        fitted = fitting.fit(
            counts, messages, rows, inside.tolist(), solver=trainer.solver_for(rows)
        )
        nothing = replace(fitted.weights, words=(), counts=np.empty(0, dtype=np.uint32))
        for name, model in (
            ("with repair", fitted),
            ("without", replace(fitted, weights=nothing)),
        ):
            shares = []
            for edits in EDITS:
                asked = [mask(with_edits(rows[i].text, edits)).text for i in outside]
                best = model.best(folds.ask(model, counts.settings, asked)[0])
                right = [b == labels[i] for b, i in zip(best, outside, strict=True)]
                shares.append(float(np.mean(right)))
            found[name].append(shares)
    print("| held-out lines | as they are | one edit | two edits |\n|---|--:|--:|--:|")
    for name, shares_of in found.items():
        cells = " | ".join(f"{share:.1%}" for share in np.mean(shares_of, axis=0))
        print(f"| {name} | {cells} |")


if __name__ == "__main__":
    main()
