"""What the borders of the zones do for each share of messages that is taken to be out of scope.

python docs/borders.py

The shipped lines are fitted once; for each share the borders are chosen on the held-out lines
anew, and the fresh set is asked.
"""

from __future__ import annotations

from dataclasses import replace

from bot.classifier import Classifier
from bot.home import Home
from training import evaluation, trainer, utterances, zones

SHARES = (0.05, 0.1, 0.15, 0.2, 0.3)


def main() -> None:
    """Print the table."""
    home = Home.shipped()
    trained = trainer.train(utterances.read_folder(home.utterances))
    scored = zones.Scored.of(trained.held_out, trained.description.temperature)
    print("| out of scope | answered from | asked from | right | wrong | asked | 'I do not know' "
          "| near misses answered | asked | far misses answered | asked |")  # fmt: skip
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for share in SHARES:
        zones.OUTSIDE = share
        chosen = zones.choose(scored)
        described = replace(
            trained.description,
            answer_from=chosen.answer_from,
            clarify_from=chosen.clarify_from,
        )
        found = evaluation.fresh(Classifier(described, trained.weights), home.fresh).figures
        names = (
            "in scope: answered right", "in scope: answered wrong", "in scope: asked back",
            "in scope: 'I do not know'", "near misses: answered wrong", "near misses: asked back",
            "far misses: answered wrong", "far misses: asked back",
        )  # fmt: skip
        cells = " | ".join(f"{found[name].value:.1%}" for name in names)
        print(f"| {share:.0%} | {chosen.answer_from:.3f} | {chosen.clarify_from:.3f} | {cells} |")


if __name__ == "__main__":
    main()
