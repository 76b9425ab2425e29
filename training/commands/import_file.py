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
    from training.formats import Document
    from training.importing import Plan


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
    add_json(command, "what is added and left out")


def run(options: argparse.Namespace, home: Home) -> int:
    """Import; return the exit status."""
    from training import formats, importing

    home.check_writable()
    document = formats.read(options.file)
    if options.yes:
        # First the work and then the words, so that a reader who leaves ('| head') stops nothing.
        plan = _applied(document, home)
        _show(options, plan, home)
        _say_done(options, plan, home)
        return 0
    plan = importing.plan(document, home.utterances)
    _show(options, plan, home)
    if plan.added and _agreed(options):
        done = _applied(document, home, plan)
        say(options, "\n".join(importing.changed(plan, done)))
        _say_done(options, done, home)
    return 0


def _applied(document: Document, home: Home, shown: Plan | None = None) -> Plan:
    """Add what can be added by now; return it. What was not `shown` to a person is not added.

    The plan is made with the lock held: whoever taught a sentence since it was shown is
    not to find it under a second intent.
    """
    from training import importing, lock

    with lock.only_writer(home.models, wait=lock.SHORT):
        plan = importing.plan(document, home.utterances)
        if shown is not None:
            plan = plan.within(shown)
        if plan.added:
            importing.apply(plan, home.utterances)
    return plan


def _show(options: argparse.Namespace, plan: Plan, home: Home) -> None:
    from training import importing

    print(json.dumps(plan.to_dict()) if options.json else importing.preview(plan))
    if not plan.added:
        say(options, "nothing to add")
    elif unanswered := importing.unanswered(home, plan.intents()):
        say(options, f"without an answer in the guide: {', '.join(unanswered)}; the bot will say "
            "that it understood, and show the way to a person")  # fmt: skip


def _say_done(options: argparse.Namespace, plan: Plan, home: Home) -> None:
    if plan.added:
        say(options, f"added to {home.utterances}; now run: {home.bot_train('train')}")


def _agreed(options: argparse.Namespace) -> bool:
    if options.json or not sys.stdin.isatty():
        raise UtteranceError("nothing was added: this is no terminal to ask on; say --yes")
    try:
        answer = input("Add them? [y/N] ")
    except EOFError:  # Ctrl-D
        answer = ""
        print()
    if answer.strip().casefold() in ("y", "yes"):
        return True
    print("nothing was added")
    return False


def say(options: argparse.Namespace, text: str) -> None:
    """Print a line for a person, if there is one."""
    if text and not options.json:
        print(text)
