"""What `bot-train review` shows and understands: one card an item, one line a decision."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import (
    AnyFormattedText,
    FormattedText,
    StyleAndTextTuples,
    fragment_list_to_text,
)  # fmt: skip
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import print_formatted_text

from bot.errors import BotError, UtteranceError
from bot.home import Home
from bot.messages import OUT_OF_SCOPE
from bot.screen import STYLE, color_depth, printable
from bot.typing_help import NameCompleter
from training.review import Item, Review
from training.utterances import StandsElsewhereError, is_label

_BAR = 20
"""Characters of a bar that stands for certainty."""
KEYS = (
    " Enter: first guess | 2, 3 ...: another | NAME (Tab) | new NAME | move NAME\n"
    " o out of scope | s skip | d drop | x one by one | u undo | ? help | q quit"
)


class Terminal(Protocol):
    """Where the cards go, and the decisions come from."""

    def show(self, fragments: StyleAndTextTuples) -> None:
        """Print the fragments and end the line."""

    def ask(self, names: Iterable[str]) -> str | None:
        """Return the next line, None when there is none any more."""


class Screen:
    """A person at a terminal."""

    def __init__(
        self, terminal_input: Input | None = None, terminal_output: Output | None = None
    ) -> None:
        self._session: PromptSession[str] = PromptSession(
            style=STYLE, color_depth=color_depth(), bottom_toolbar=KEYS,
            input=terminal_input, output=terminal_output,
        )  # fmt: skip

    def show(self, fragments: StyleAndTextTuples) -> None:
        """Print the fragments and end the line."""
        self._print(FormattedText(fragments))

    def ask(self, names: Iterable[str]) -> str | None:
        """Return what was typed; None for Ctrl-C and Ctrl-D."""
        try:
            return self._session.prompt(
                [("class:prompt", "label> ")], completer=NameCompleter(names)
            ).strip()
        except (KeyboardInterrupt, EOFError):
            return None

    def _print(self, text: AnyFormattedText) -> None:
        print_formatted_text(
            text, style=STYLE, output=self._session.app.output, color_depth=color_depth()
        )


class Pipe:
    """A program, or a file: plain lines in, plain lines out."""

    def show(self, fragments: StyleAndTextTuples) -> None:
        """Print the words of the fragments."""
        sys.stdout.write(f"{fragment_list_to_text(fragments)}\n")
        sys.stdout.flush()

    def ask(self, names: Iterable[str]) -> str | None:
        """Return the next line of stdin."""
        raw = sys.stdin.buffer.readline()
        return raw.decode("utf-8", "replace").strip() if raw else None


def go_through(review: Review, home: Home, terminal: Terminal | None = None) -> None:
    """Show one item after the other until there is none left, or the person leaves."""
    if terminal is None:
        terminal = Screen() if sys.stdin.isatty() and sys.stdout.isatty() else Pipe()
    # Once here too: a terminal that does not tell its cursor's place shows no toolbar.
    terminal.show([("class:hint", f"{KEYS}\n")])
    shown: Item | None = None
    while True:
        item = review.current
        if item is None and not review.can_undo:
            return
        if item is None:
            terminal.show([("", "That was the last one. Enter leaves, u takes it back.\n")])
        elif item is not shown:
            terminal.show(card(item, review.total - len(review.left) + 1, review.total))
        shown = item
        line = terminal.ask(review.intents)
        key = "q" if line is None else _key(review, line)
        if line is None or key == "q" or (item is None and key != "u"):
            return
        try:
            said = decide(review, home, line)
        except BotError as error:
            said = str(error)
        terminal.show([("", f"{printable(said)}\n")])


def card(item: Item, number: int, total: int) -> StyleAndTextTuples:
    """Return an item as it is shown: where one is, the messages, the guesses."""
    often = f", came {item.count} times" if item.count > 1 else ""
    title = f"{number} of {total}{often}, {item.latest[:10]}: {_NOTES[item.zone]}"
    if item.wanted:
        title += f"; somebody said it means {item.wanted}"
    rows: StyleAndTextTuples = [("class:hint", f"{title}\n")]
    rows += [("class:value", f"  {printable(text)}\n") for text in item.texts]
    width = max((len(intent) for intent, _ in item.guesses), default=0)
    for place, (intent, share) in enumerate(item.guesses, 1):
        rows.append(("", f"  {place}  {intent:{width}}  {share:4.0%}  "))
        rows.append(("class:prompt", f"{'#' * round(share * _BAR)}\n"))
    style, last = rows[-1][0], rows[-1][1]
    rows[-1] = (style, last.rstrip("\n"))
    return rows


_NOTES = {
    "answer": "understood by now",
    "clarify": "not sure what was meant",
    "unknown": "not understood",
}


def decide(review: Review, home: Home, line: str) -> str:
    """Do what `line` says with the current item; return what happened, for the person.

    Raises UtteranceError, and decides nothing, when it cannot be done.
    """
    action = _KEYS.get(_key(review, line))
    if action is not None:
        return action(review)
    word, _, name = line.partition(" ")
    name = name.strip()
    if word.lower() not in _EXAMPLES or (not name and word.lower() in review.intents):
        return _label(review, _named(review, line))
    if not name:
        raise UtteranceError(f"{word}: wanted a name after it, as in: {_EXAMPLES[word.lower()]}")
    if word.lower() == "new":
        return _new(review, home, name)
    return _move(review, _named(review, name))


def _key(review: Review, line: str) -> str:
    """Return the key that a line stands for; a name that is an intent's is no key."""
    line = line.lower()
    return line if line in review.intents else _SPELT_OUT.get(line, line)


def _named(review: Review, line: str) -> str:
    """Return the intent that a number, a name or Enter stands for."""
    item = review.left[0]
    guesses = [intent for intent, _ in item.guesses]
    number = line or "1"
    if number.isascii() and number.isdigit():
        if not guesses:
            raise UtteranceError("there is no guess here; wanted the name of an intent")
        if not 1 <= int(number) <= len(guesses):
            raise UtteranceError(f"{number}: wanted a number from 1 to {len(guesses)}")
        return guesses[int(number) - 1]
    name = line.lower().replace(" ", "_").replace("-", "_")
    if name in review.intents:
        return name
    near = get_close_matches(name, review.intents, 1)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise UtteranceError(f"there is no intent {name}{hint} A new one is made with: new {name}")


def _label(review: Review, intent: str) -> str:
    count = len(review.left[0].texts)
    try:
        refused = review.label(intent)
    except StandsElsewhereError as error:
        raise UtteranceError(f"{error}, or say: move {intent}") from None
    taught = f"-> {intent} ({_lines(count - len(refused))})"
    return "\n".join([f"{taught}{_if_alone(review, intent)}", *refused])


def _move(review: Review, intent: str) -> str:
    moved = review.move(intent)
    said = f"-> {intent} ({_lines(moved)} moved)" if moved else f"-> {intent}"
    return f"{said}{_if_alone(review, intent)}"


def _if_alone(review: Review, intent: str) -> str:
    return "; it is trained from its second sentence on" if review.alone(intent) else ""


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _new(review: Review, home: Home, name: str) -> str:
    if not is_label(name):
        raise UtteranceError(f"{name}: wanted lower-case letters, digits and _, as in lost_keys")
    known = name in review.intents
    said = _label(review, name)
    return said if known else f"{said}; new: it needs a topic in {home.guide}"


def _out_of_scope(review: Review) -> str:
    return _label(review, OUT_OF_SCOPE)


def _skip(review: Review) -> str:
    review.skip()
    return "-> skipped; it comes back next time"


def _drop(review: Review) -> str:
    review.drop()
    return "-> dropped; it does not come back"


def _split(review: Review) -> str:
    if len(review.left[0].texts) == 1:
        return "There is only one message here."
    review.split()
    return "-> one by one"


def _undo(review: Review) -> str:
    return "-> taken back" if review.undo() else "There is nothing to take back."


def _help(review: Review) -> str:
    return (
        f"{KEYS}\n"
        " NAME: an intent; Tab completes a part of its name\n"
        " new NAME: an intent that is not there yet\n"
        " move NAME: teach it, and take it out of the intent it stands under\n"
        " s asks again next time, d never again, x asks about each message on its own"
    )


_KEYS: dict[str, Callable[[Review], str]] = {
    "o": _out_of_scope, "s": _skip, "d": _drop, "x": _split, "u": _undo, "?": _help,
}  # fmt: skip
_SPELT_OUT = {"quit": "q", "exit": "q", "undo": "u", "skip": "s", "drop": "d"}
_EXAMPLES = {"new": "new lost_keys", "move": "move greet"}
