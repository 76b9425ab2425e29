"""`bot-train import`: sentences from Rasa, CSV or JSON Lines into the utterances."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import UtteranceError
from bot.home import Home
from training.commands.options import add_json

if TYPE_CHECKING:
    from training.commands.options import Subparsers


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "import", help="add the sentences of a Rasa, CSV or JSON Lines file",
        description="Show what a file would add, ask, and add it. No line that is there is "
        "changed; train afterwards.",
        epilog="examples:\n  bot-train import nlu.yml           Rasa NLU YAML, 2.0 or 3.x\n"
        "  bot-train import sentences.csv     with a first line: text,intent\n"
        "  bot-train import lines.jsonl --yes without a question",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("file", metavar="FILE", type=Path, help=".yml, .yaml, .csv or .jsonl")
    command.add_argument("--yes", action="store_true", help="add them without a question")
    add_json(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Import; return the exit status."""
    from training import formats, importing, lock

    home.check_writable()
    plan = importing.plan(formats.read(options.file), home.utterances)
    print(json.dumps(plan.to_dict()) if options.json else importing.preview(plan))
    if not plan.added:
        say(options, "nothing to add")
        return 0
    unanswered = importing.unanswered(home, plan.intents())
    if unanswered:
        say(options, f"without an answer in the guide: {', '.join(unanswered)}; the bot will say "
            "that it understood, and show the way to a person")  # fmt: skip
    if not options.yes and not _agreed(options, plan):
        return 0
    with lock.only_writer(home.models, wait=lock.SHORT):
        importing.apply(plan, home.utterances)
    say(options, f"added to {home.utterances}; now run: {home.bot_train('train')}")
    return 0


def _agreed(options: argparse.Namespace, plan: object) -> bool:
    if options.json or not sys.stdin.isatty():
        raise UtteranceError("nothing was added: this is no terminal to ask on; say --yes")
    if input("Add them? [y/N] ").strip().casefold() in ("y", "yes"):
        return True
    print("nothing was added")
    return False


def say(options: argparse.Namespace, text: str) -> None:
    """Print a line for a person."""
    if not options.json:
        print(text)
