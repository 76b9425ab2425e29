"""`bot-train teach`: adds an utterance."""

from __future__ import annotations

import argparse
import json
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.errors import GuideError, UtteranceError
from bot.home import Home
from bot.messages import OUT_OF_SCOPE
from training.commands.options import add_json

if TYPE_CHECKING:
    from training.commands.options import Subparsers


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("teach", help="add an utterance; train afterwards")
    command.add_argument("--new", action="store_true", help="INTENT is a new one, not a slip")
    command.add_argument(
        "--move", action="store_true",
        help="take it out of the intent that it stands under by now",
    )  # fmt: skip
    command.add_argument("intent", metavar="INTENT", help="what it means, for example greet")
    command.add_argument("text", metavar="TEXT", help="what somebody might say")
    add_json(command, "whether it was added, and where,")


def run(options: argparse.Namespace, home: Home) -> int:
    """Teach; return the exit status."""
    from training import lock, utterances

    home.check_writable()
    if not home.utterances.is_dir():
        utterances.read_folder(home.utterances)
    path = home.utterances / f"{options.intent}.txt"
    moved: list[utterances.Moved] = []
    with lock.only_writer(home.models, wait=lock.SHORT):
        new = not path.exists()
        if utterances.is_label(options.intent) and not options.new:
            _check_known(options.intent, home)
        if options.move:
            added, moved = utterances.move(home.utterances, options.intent, options.text)
        else:
            added = _add(options, home)
        alone = utterances.alone(home.utterances, options.intent)
    stood = [f"{line.path}:{line.place + 1}" for line in moved]
    if options.json:
        document = {"added": added, "file": str(path), "new_intent": new, "moved": stood}
        print(json.dumps({**document, "alone": alone}))
    elif not added and not moved:
        print(f"{path} has it already")
    else:
        done = f"moved from {' and '.join(stood)}" if moved else "added"
        what = " (a new intent)" if new else ""
        print(f"{done} to {path}{what}; {_next(options, home, alone=alone)}")
    return 0


def _next(options: argparse.Namespace, home: Home, *, alone: bool) -> str:
    if alone:
        return f"{options.intent} is trained from its second sentence on: teach it one more"
    return f"now run: {home.bot_train('train')}"


def _add(options: argparse.Namespace, home: Home) -> bool:
    """Add the utterance; with --json a program is told where it stands otherwise."""
    from training import utterances

    try:
        return utterances.add(home.utterances, options.intent, options.text)
    except utterances.StandsElsewhereError as error:
        row = error.row
        if options.json:
            stands = {"intent": row.label, "source": row.source, "protected": row.protected}
            print(json.dumps({"added": False, "stands": stands}))
        more = " (it is a protected line)" if row.protected else ", or add --move"
        raise UtteranceError(f"{error}{more}") from None


def _check_known(intent: str, home: Home) -> None:
    """Raise UtteranceError for an intent that nobody has heard of: mostly it is a slip."""
    known = {path.stem for path in home.utterances.glob("*.txt")} | _topics(home) | {OUT_OF_SCOPE}
    if intent in known:
        return
    close = get_close_matches(intent, sorted(known), n=1)
    guess = f"did you mean {close[0]!r}? For" if close else "for"
    raise UtteranceError(f"there is no intent {intent!r}; {guess} a new intent add --new")


def _topics(home: Home) -> set[str]:
    """Return the topics of the guide; none while it is not fit to be read."""
    from bot import guide_reader

    try:
        return set(guide_reader.read(home.guide).topics)
    except GuideError:
        return set()
