"""`bot-train teach`: adds an utterance."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from bot.home import Home
from training.commands.options import add_json

if TYPE_CHECKING:
    from training.commands.options import Subparsers


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("teach", help="add an utterance; train afterwards")
    command.add_argument("intent", metavar="INTENT", help="what it means, for example greet")
    command.add_argument("text", metavar="TEXT", help="what somebody might say")
    add_json(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Teach; return the exit status."""
    from training import utterances

    home.check_writable()
    if not home.utterances.is_dir():
        utterances.read_folder(home.utterances)
    path = home.utterances / f"{options.intent}.txt"
    new = not path.exists()
    added = utterances.add(home.utterances, options.intent, options.text)
    if options.json:
        print(json.dumps({"added": added, "file": str(path), "new_intent": new}))
    elif not added:
        print(f"{path} has it already")
    else:
        print(f"added to {path}{' (a new intent)' if new else ''}; now run: bot-train train")
    return 0
