"""The command line of the teaching half: `bot-train`, or `python -m training`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bot.errors import BotError
from bot.home import Home
from training.commands import (
    benchmark,
    check,
    evaluate,
    export,
    import_file,
    list_models,
    review,
    rollback,
    teach,
    train,
)
from training.listener import Listener
from training.scheduler import connected

# scikit-learn takes a second to import: each command imports what it needs when it
# runs, so that --help and mistakes are answered at once.
COMMANDS = {
    "train": train,
    "list": list_models,
    "rollback": rollback,
    "check": check,
    "evaluate": evaluate,
    "teach": teach,
    "review": review,
    "import": import_file,
    "export": export,
    "benchmark": benchmark,
}

EXAMPLES = """examples:
  bot-train train                                    fit a model and put it in use
  bot-train list                                     the models, and which is in use
  bot-train rollback                                 the one in use before is so again
  bot-train check                                    what is wrong, or may be, before training
  bot-train evaluate                                 measure on held-out folds and the fresh set
  bot-train evaluate --report out.html               the same as a page with plots
  bot-train teach report_lost_or_stolen_card "some kid grabbed my bag"
  bot-train review                                   label what was not understood
  bot-train import nlu.yml                           sentences from Rasa, CSV or JSON Lines
  bot-train export --rasa nlu.yml                    the same the other way round
  bot-train export --sklearn pipeline.joblib         the model as a scikit-learn pipeline
  bot-train benchmark --data clinc150                the method on a public intent set
  bot-train --home mybot train                       the same for a home of your own
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="bot-train",
        description="Teach the bot: add utterances, train a model, measure it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--home", metavar="DIR", help="a folder made with 'bot new DIR'")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 2 something to mend."""
    options = parser().parse_args(arguments)
    try:
        with connected(getattr(options, "scheduler", None)):
            status: int = COMMANDS[options.command].run(options, Home.find(options.home))
        return status
    except BotError as error:
        print(f"bot-train: {error}", file=sys.stderr)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"bot-train: {where}{error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("bot-train: stopped; the model in use is as it was", file=sys.stderr)
    return 2


def run() -> None:
    """Run the command line and leave with its exit status, whether or not it is read to the end."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not stream.isatty():
            setattr(sys, name, Listener(stream))
    status = main()
    if sys.stdout is not None:
        sys.stdout.flush()
    sys.exit(status)


if __name__ == "__main__":
    run()
