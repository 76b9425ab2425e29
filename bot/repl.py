"""The chat in a terminal: reads a line, asks the bot, prints the reply."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.shortcuts import print_formatted_text
from prompt_toolkit.styles import Style

from bot import redaction

if TYPE_CHECKING:
    from bot.bot import Bot
    from bot.messages import Reply

SESSION_ID = "terminal"
WIDEST = 88
"""Columns of a reply; longer lines are hard to read."""

WELCOME = """Hello! Tell me what you need, and I will tell you how to reach customer service.
I am a program and an unofficial guide. Never type a card number or code here.
/quit leaves, /help says more."""
HELP = """Write in your own words, for example:
  i lost my card
  there is a charge i did not make
  which number do i call from spain
/sheet shows a page to have beside the phone, /restart begins anew,
/quit leaves. Ctrl-C clears the line, Ctrl-D leaves.
Nothing that you type is written to disk."""

_STYLE = Style.from_dict({"prompt": "ansicyan bold", "value": "bold", "hint": "ansigray"})


class _MaskedHistory(InMemoryHistory):
    """What the up arrow brings back: in memory only, and no line with a secret."""

    def append_string(self, string: str) -> None:
        """Keep a line, unless it holds a secret or could be a code on its own."""
        if not redaction.mask(string, after_code=True).kinds:
            super().append_string(string)


class _NextTexts(AutoSuggest):
    """Offers what a person might say next, in grey behind the cursor; right arrow takes it."""

    def __init__(self) -> None:
        self.texts: tuple[str, ...] = ()

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        typed = document.text
        for text in self.texts:
            if typed and text.lower().startswith(typed.lower()):
                return Suggestion(text[len(typed) :])
        return None


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
    hints = _NextTexts()
    session: PromptSession[str] = PromptSession(
        history=_MaskedHistory(),
        auto_suggest=hints,
        style=_STYLE,
        input=terminal_input,
        output=terminal_output,
        color_depth=ColorDepth.DEPTH_1_BIT if "NO_COLOR" in os.environ else None,
    )
    screen = _Screen(session.app.output)
    screen.show(WELCOME)
    bot = _load(home)
    while True:
        try:
            line = session.prompt([("class:prompt", "> ")]).strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            screen.show("Goodbye!")
            return 0
        if line in ("/quit", "/exit"):
            return 0
        if line == "/help":
            screen.show(HELP)
        elif line == "/restart":
            bot.forget(SESSION_ID)
            screen.show("Let us start over. What do you need?")
        elif line == "/sheet":
            screen.show(bot.sheet(SESSION_ID).text)
        elif line.startswith("/") and len(line.split()) == 1:
            screen.show("I know /help, /restart, /sheet and /quit")
        elif line:
            reply = bot.reply(line, session_id=SESSION_ID)
            hints.texts = reply.suggestions
            screen.show_reply(reply)


def _load(home: Path | str | None) -> Bot:
    # Imported here, so that the first lines are on the screen while numpy loads.
    from bot.bot import Bot

    return Bot.load(home=home)


class _Screen:
    """Prints wrapped text; control characters never reach the terminal."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def show(self, text: str) -> None:
        """Print `text` and a blank line."""
        lines = printable(text).split("\n")
        self._print([("", "\n".join(_wrapped(line) for line in lines) + "\n")])

    def show_reply(self, reply: Reply) -> None:
        """Print a reply, its routes in bold, and what could be said next."""
        values = [route.value for route in reply.routes]
        fragments: StyleAndTextTuples = []
        for line in reply.text.split("\n"):
            fragments += _emphasised(_wrapped(printable(line)), values)
            fragments.append(("", "\n"))
        if reply.suggestions:
            offers = "   ".join(reply.suggestions)
            fragments.append(("class:hint", f"{_wrapped(f'You can say: {offers}')}\n"))
        self._print(fragments)

    def _print(self, fragments: StyleAndTextTuples) -> None:
        print_formatted_text(
            FormattedText(fragments), style=_STYLE, output=self._output,
            color_depth=ColorDepth.DEPTH_1_BIT if "NO_COLOR" in os.environ else None,
        )  # fmt: skip
        sys.stdout.flush()


def printable(text: str) -> str:
    """Return `text` without characters that could steer a terminal or hide text."""
    return "".join(c for c in text if c == "\n" or c.isprintable())


def _wrapped(line: str) -> str:
    width = min(WIDEST, max(20, get_terminal_size().columns - 1))
    indent = "  " if line.startswith("- ") else ""
    return "\n".join(
        textwrap.wrap(
            line, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=True
        )
    )


def _emphasised(text: str, values: list[str]) -> StyleAndTextTuples:
    """Return fragments in which the first of `values` found at each place is set off."""
    fragments: StyleAndTextTuples = []
    while text:
        found = [(at, value) for value in values if (at := text.find(value)) >= 0]
        if not found:
            fragments.append(("", text))
            break
        at, value = min(found)
        fragments += [("", text[:at]), ("class:value", value)]
        text = text[at + len(value) :]
    return fragments
