"""The chat in a terminal: reads a line, asks the bot, prints the reply."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from bot.screen import STYLE, Screen, color_depth
from bot.typing_help import CommandCompleter, NameCompleter, NextTexts, prompt_session

if TYPE_CHECKING:
    from bot.repl_commands import Chat

SESSION_ID = "terminal"
HELLO = "Hello! I am a program. /quit leaves, /help says more."
"""On the screen while the guide is read, whose own `chat_welcome` follows."""


def chat(
    home: Path | str | None = None,
    *,
    terminal_input: Input | None = None,
    terminal_output: Output | None = None,
) -> int:
    """Chat until the person leaves; return the exit status.

    `terminal_input` and `terminal_output` stand in for the terminal in tests.
    Raises BotError when the home is unfit.
    """
    hints = NextTexts()
    completer = CommandCompleter()
    session = prompt_session(hints, completer, terminal_input, terminal_output)
    screen = Screen(session.app.output, session.app.input)
    screen.show(HELLO)
    talk = _begin(home, screen, session, completer)
    screen.show(talk.phrase("chat_welcome"))
    while True:
        try:
            typed, talk.typed = talk.typed, ""
            line = session.prompt([("class:prompt", "> ")], default=typed).strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            screen.show("Goodbye!")
            return 0
        if line.lower().partition(" ")[0] in ("/quit", "/exit"):
            return 0
        if line:
            hints.texts = _take(talk, line)


def _begin(
    home: Path | str | None,
    screen: Screen,
    session: PromptSession[str],
    completer: CommandCompleter,
) -> Chat:
    # Imported here, so that the first lines are on the screen while numpy loads.
    from bot.bot import Bot
    from bot.home import ENVIRONMENT_VARIABLE, Home
    from bot.keeping import Keeping
    from bot.repl_commands import COMMANDS, TAKES_INTENT, Chat
    from bot.teacher import Teacher

    found = Home.find(home)
    # Nobody can teach the installed copy, so it keeps nothing.
    keeping = Keeping(found.inbox, offered=not found.read_only)
    bot = Bot.load(home=found, inbox=keeping)
    teacher = Teacher(home if home is not None else os.environ.get(ENVIRONMENT_VARIABLE) or None)

    def ask(question: str, names: Iterable[str]) -> str:
        asking: PromptSession[str] = PromptSession(
            completer=NameCompleter(names), style=STYLE, color_depth=color_depth(),
            input=screen.keys, output=screen.output,
        )  # fmt: skip
        try:
            return asking.prompt([("class:prompt", question)]).strip()
        except (KeyboardInterrupt, EOFError):
            return ""

    talk = Chat(bot, screen, keeping, teacher, found, ask)
    completer.learn([*COMMANDS, "/quit"], TAKES_INTENT, talk.intents)
    return talk


def _take(talk: Chat, line: str) -> tuple[str, ...]:
    """Deal with one line; return what could be said next."""
    from bot import repl_commands

    if talk.asked:
        talk.asked = False
        said = talk.keeping.take(line)
        if said:
            talk.screen.show(said)
            return ()
    if repl_commands.run(talk, line):
        return ()
    talk.last = talk.bot.mask(line, session_id=SESSION_ID)
    talk.keeping.waiting = None
    reply = talk.bot.reply(line, session_id=SESSION_ID)
    talk.screen.show_reply(reply)
    if talk.keeping.trouble:
        talk.screen.show(talk.keeping.trouble)
        talk.keeping.trouble = ""
    # Never beside another question: two at once are one too many.
    if reply.zone == "unknown" and reply.asks is None and talk.keeping.may_ask():
        talk.screen.show(talk.phrase("chat_may_keep", file=str(talk.keeping.file.path)))
        talk.asked = True
    return reply.suggestions
