"""What the settings of the acts bring: a training for each, and what it hears, as a table.

    python docs/acts.py

Heard are sentences of mid-conversation by a writer apart (the fresh acts); "no act" are the
fresh sentences of the intents, which are said to begin with, though some would be acts as well
in mid-conversation ("24/7?").
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from bot.classifier import Classifier
from bot.home import Home
from training import acts, evaluation, trainer, utterances
from training.utterances import Utterance

SETTINGS = (
    # utterances beside, epochs, regularisation, share of the sentences
    (2, 3, 3e-5, 1.0),
    (2, 3, 3e-5, 0.5),
    (2, 3, 3e-5, 0.25),
    (4, 3, 3e-5, 1.0),
    (1, 3, 3e-5, 1.0),
    (2, 5, 3e-5, 1.0),
    (2, 3, 1e-4, 1.0),
    (2, 3, 1e-5, 1.0),
)


def heard(rows: Sequence[Utterance], of_acts: Sequence[Utterance], home: Home) -> list[str]:
    """Return the cells of a training with the settings of now."""
    started = time.process_time()
    trained = trainer.train(rows, acts=of_acts, jobs=1)
    seconds = time.process_time() - started
    classifier = Classifier(trained.description, trained.weights)
    figures = evaluation.fresh_acts(classifier, home.fresh / acts.FOLDER).figures
    single = [row.text for row in utterances.read_folder(home.fresh, with_also=True)]
    taken = sum(bool(one.act) for one in classifier.classify_many(single)) / len(single)
    shares = [*(figure.value for figure in figures.values()), taken]
    return [*(f"{share:.1%}" for share in shares), f"{seconds:.1f}"]


def main() -> None:
    """Print the table."""
    home = Home.shipped()
    rows, of_acts = utterances.read_folder(home.utterances), acts.read(home.utterances)
    print(
        "| sentences | beside each | epochs | regularisation | heard | another | not heard "
        "| 'no act' taken for one | training, s of CPU |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    started = time.process_time()
    trainer.train(rows, jobs=1)
    print(f"| 0 | | | | | | | | {time.process_time() - started:.1f} |")
    for beside, epochs, alpha, share in SETTINGS:
        acts.BESIDE, acts.STEPS, acts.EPOCHS, acts.ALPHA = beside, 0, range(epochs, 51), alpha
        some = of_acts[:: round(1 / share)]
        cells = [f"{len(some):,}", beside, epochs, f"{alpha:.0e}", *heard(rows, some, home)]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
