"""What helps a person type: history, grey suggestions and the completion of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from bot import redaction
from bot.screen import STYLE, color_depth


class _MaskedHistory(InMemoryHistory):
    """What the up arrow brings back: in memory only, and no line with a secret."""

    def append_string(self, string: str) -> None:
        """Keep a line, unless it holds a secret or could be a code on its own."""
        if not redaction.mask(string, after_code=True).kinds:
            super().append_string(string)


class NextTexts(AutoSuggest):
    """Offers what a person might say next, in grey behind the cursor; right arrow takes it."""

    def __init__(self) -> None:
        self.texts: tuple[str, ...] = ()

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """Return the rest of the first text that begins as what was typed."""
        typed = document.text
        for text in self.texts:
            if typed and text.lower().startswith(typed.lower()):
                return Suggestion(text[len(typed) :])
        return None


class CommandCompleter(Completer):
    """Completes a command and, where it wants an intent, the intent."""

    def __init__(self) -> None:
        self._commands: list[str] = []
        self._takes_intent: frozenset[str] = frozenset()
        self._intents: Callable[[], Iterable[str]] = tuple

    def learn(
        self,
        commands: Iterable[str],
        takes_intent: Iterable[str],
        intents: Callable[[], Iterable[str]],
    ) -> None:
        """Complete `commands`, and after those that take one the names of `intents()`."""
        self._commands = sorted(commands)
        self._takes_intent = frozenset(takes_intent)
        self._intents = intents

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what may stand where the cursor is."""
        command, space, rest = document.text_before_cursor.partition(" ")
        if not command.startswith("/"):
            return
        if not space:
            yield from _beginning_with(command, self._commands)
        elif command in self._takes_intent and " " not in rest:
            yield from _beginning_with(rest, self._intents())


class NameCompleter(Completer):
    """Completes a name by any part of it: 'by' finds goodbye."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield the names that hold what was typed, those that begin with it first."""
        typed = document.text_before_cursor.lower().strip().replace(" ", "_")
        found = [name for name in self._names if typed in name]
        for name in sorted(found, key=lambda name: not name.startswith(typed)):
            yield Completion(name, -len(document.text_before_cursor))


def _beginning_with(typed: str, names: Iterable[str]) -> Iterable[Completion]:
    for name in names:
        if name.startswith(typed):
            yield Completion(name, -len(typed))


def prompt_session(
    hints: AutoSuggest,
    completer: Completer,
    terminal_input: Input | None,
    terminal_output: Output | None,
) -> PromptSession[str]:
    """Return the prompt of the chat; `None` for input or output is the terminal's."""
    return PromptSession(
        history=_MaskedHistory(),
        auto_suggest=hints,
        completer=completer,
        # A menu keeps eight rows free below the line, so it opens for commands only.
        complete_while_typing=Condition(lambda: get_app().current_buffer.text.startswith("/")),
        style=STYLE,
        input=terminal_input,
        output=terminal_output,
        color_depth=color_depth(),
    )
