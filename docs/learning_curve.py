"""Would more utterances help? Fresh-set accuracy by share of the training lines, as a table.

python docs/learning_curve.py
"""

from __future__ import annotations

import numpy as np

from bot.home import Home
from bot.redaction import mask
from training import evaluation, features, fitting, folds, trainer, utterances
from training.features import Counts

SHARES = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
SEED = 1


def main() -> None:
    """Print the table."""
    home = Home.shipped()
    rows = trainer.in_training_order(utterances.read_folder(home.utterances))
    order = np.random.default_rng(SEED).permutation(len(rows))
    fresh = evaluation.read_fresh(home.fresh)["in_scope"]
    asked = [mask(row.text).text for row in fresh]
    print("| share of the lines | lines | fresh in scope, best label right |\n|---|---|---|")
    for share in SHARES:
        chosen = [rows[i] for i in sorted(order[: round(share * len(rows))])]
        messages = features.WordReader().transform([row.text for row in chosen])
        counts = Counts.of(messages, trainer.settings_for(chosen))
        solver = trainer.solver_for(chosen)
        fitted = fitting.fit(counts, messages, chosen, range(len(chosen)), solver=solver)
        best = fitted.best(folds.ask(fitted, counts.settings, asked)[0])
        hits = sum(b in (row.intent, *row.also) for b, row in zip(best, fresh, strict=True))
        print(f"| {share:.0%} | {len(chosen):,} | {evaluation.Share(hits, len(fresh))} |")


if __name__ == "__main__":
    main()
