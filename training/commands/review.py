"""`bot-train review`: goes through the messages that were not understood."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.home import Home

if TYPE_CHECKING:
    from training.commands.options import Subparsers
    from training.review import Classify

EXAMPLES = """examples:
  bot-train review                          on a terminal: a number, a name, or a key
  printf '1\\ns\\nq\\n' | bot-train review     the same from a file or a program, a line a decision
"""


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    commands.add_parser(
        "review", help="label the messages that were not understood",
        description="Go through the inbox, the most useful message first. Every decision is on "
        "the disk at once; nothing is learned before the next training.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip


def run(options: argparse.Namespace, home: Home) -> int:
    """Review; return the exit status."""
    from training import review_screen
    from training.review import Review

    home.check_writable()
    review = Review(home, _classify(home))
    if review.current is None:
        print(
            "The inbox is empty. It fills while people chat, if they agree (/keep yes), and in a "
            f"program with Bot.load(inbox={str(home.inbox)!r})."
        )
        return 0
    review_screen.go_through(review, home)
    counts = review.summary()
    added = f"{counts['added']} new line{'' if counts['added'] == 1 else 's'}"
    then = f" Now run: {home.bot_train('train')}" if counts["added"] else ""
    print(
        f"{counts['labelled']} labelled ({added}), {counts['dropped']} dropped, "
        f"{counts['left']} left.{then}"
    )
    return 0


def _classify(home: Home) -> Classify | None:
    """Return the guesses of the model in use; None, so that those of the inbox count, for none."""
    from bot.classifier import Classifier
    from bot.errors import ModelError

    try:
        return Classifier.load(home.model_folder()).classify
    except ModelError:
        return None
