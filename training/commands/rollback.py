"""`bot-train rollback`: puts an older model back in use."""

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
    command = commands.add_parser(
        "rollback", help="put the model in use that was so before, or another one",
        description="Put the model in use that was so before; again goes back further. "
        "No model and no utterance is deleted, so the next training learns the same lines again. "
        "A chat that is running goes on with the model it has.",
    )  # fmt: skip
    command.add_argument("model", metavar="MODEL", nargs="?", help="its name in bot-train list")
    add_json(command, "which model is in use, and was,")


def run(options: argparse.Namespace, home: Home) -> int:
    """Roll back; return the exit status."""
    from bot import modelfile
    from training import lock, models

    home.check_writable()
    with lock.only_writer(home.models, wait=lock.SHORT):
        models.mend(home.models)
        was = models.in_use(home.models)
        if options.model is None:
            name = models.go_back(home.models)
        else:
            name = models.find(home.models, options.model)
            modelfile.load(home.models / name)  # a damaged one is not put in use
            models.use(home.models, name)
    if options.json:
        print(json.dumps({"in_use": name, "was": was}))
    elif name == was:
        print(f"{name} is in use already")
    else:
        print(f"model in use: {name}{f' (it was {was})' if was else ''}")
        print("All lines are still there: the next training learns them again.")
        print("A chat that is running goes on with the model it has.")
    return 0
