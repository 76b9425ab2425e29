"""What the terminal shows: wrapped text, a reply with its numbers set off, tables as they are."""

from __future__ import annotations

import os
import sys
import textwrap
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.shortcuts import print_formatted_text
from prompt_toolkit.styles import Style

if TYPE_CHECKING:
    from bot.messages import Reply

WIDEST = 88
"""Columns of a reply; longer lines are hard to read."""
STYLE = Style.from_dict({"prompt": "ansicyan bold", "value": "bold", "hint": "ansigray"})


class Screen:
    """Prints to the terminal; control characters in a text never reach it."""

    def __init__(self, output: Output, keys: Input | None = None) -> None:
        """Print to `output`; `keys` is the input beside it, None the terminal's."""
        self.output = output
        self.keys = keys

    def show(self, text: str) -> None:
        """Print `text`, wrapped, and a blank line."""
        lines = printable(text).split("\n")
        self._print([("", "\n".join(_wrapped(line) for line in lines) + "\n")])

    def show_table(self, text: str) -> None:
        """Print `text`, whose columns stand below each other, and a blank line."""
        self._print([("", f"{printable(text)}\n")])

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
            FormattedText(fragments), style=STYLE, output=self.output, color_depth=color_depth()
        )
        sys.stdout.flush()


def color_depth() -> ColorDepth | None:
    """Return black and white where colours are not wanted, else None: as the terminal can."""
    return ColorDepth.DEPTH_1_BIT if "NO_COLOR" in os.environ else None


def printable(text: str) -> str:
    """Return `text` without characters that could steer a terminal or hide text."""
    return "".join(c for c in text if c == "\n" or c.isprintable())


def _wrapped(line: str) -> str:
    width = min(WIDEST, max(20, get_terminal_size().columns - 1))
    indent = "  " if line.startswith("- ") else ""
    # A long path or link stays in one piece, so that it can be copied.
    return "\n".join(
        textwrap.wrap(
            line, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
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
