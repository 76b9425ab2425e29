"""The command line: a chat, one answer, or a home of one's own. `bot`, or `python -m bot`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.errors import BotError, HomeError

if TYPE_CHECKING:
    from bot.bot import Bot

EXAMPLES = """examples:
  bot                                  chat
  bot "i lost my card"                 one answer
  bot "i lost my card" --json          the same for a program
  bot < questions.txt                  a conversation, one line a message
  bot new mybot                        a home of your own, to change guide and utterances
  bot new mybot --blank                the same with a tiny guide of another field
  bot --home mybot                     chat with it
"""
PIPED_SESSION = "piped"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="bot",
        usage="bot [-h] [--home DIR] [QUESTION] [--json]\n       bot new DIR [--blank]",
        description="Answers questions, offline, from the guide of a home.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--home", metavar="DIR", help="a folder made with 'bot new DIR'")
    top.add_argument("--json", action="store_true", help="answer with JSON, one object a line")
    top.add_argument("--blank", action="store_true", help="with 'new': a tiny guide to begin with")
    top.add_argument("question", metavar="QUESTION", nargs="*", help="what you want to know")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return the exit status: 0 done, 2 something to mend."""
    options = parser().parse_args(arguments)
    try:
        if options.question[:1] == ["new"] and len(options.question) <= 2:
            return _new(*options.question[1:], blank=options.blank)
        if options.blank:
            raise HomeError("--blank: belongs to 'new'; wanted for example: bot new mybot --blank")
        return _talk(options)
    except BotError as error:
        print(f"bot: {error}", file=sys.stderr)
    except BrokenPipeError:
        # The reader has seen enough ('| head'); nothing more can be said, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"bot: {where}{error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 2


def run() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(main())


def _new(folder: str = "", *, blank: bool = False) -> int:
    import shlex

    from bot.home import Home

    if not folder:
        raise HomeError("bot new: wanted the name of a new folder, for example: bot new mybot")
    home = Home.create(folder, blank=blank)
    print(f"made {folder}: edit {home.guide} and {home.utterances}, then run")
    named = shlex.quote(folder)
    print(f"  bot-train --home {named} train")
    print(f"  bot --home {named}")
    return 0


def _talk(options: argparse.Namespace) -> int:
    if not options.question and sys.stdin.isatty() and sys.stdout.isatty() and not options.json:
        from bot import repl

        return repl.chat(options.home)
    from bot.bot import Bot

    bot = Bot.load(home=options.home)
    if options.question:
        _print_reply(bot, " ".join(options.question), None, as_json=options.json)
        return 0
    # Bytes that are no UTF-8 become U+FFFD rather than a traceback.
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", errors="replace").strip()
        if line:
            _print_reply(bot, line, PIPED_SESSION, as_json=options.json)
    return 0


def _print_reply(bot: Bot, text: str, session_id: str | None, *, as_json: bool) -> None:
    reply = bot.reply(text, session_id=session_id)
    if as_json:
        print(json.dumps(reply.to_dict(), ensure_ascii=False), flush=True)
    else:
        blank = "\n" if session_id else ""
        print(f"{reply.text}{blank}", flush=True)


if __name__ == "__main__":
    run()
