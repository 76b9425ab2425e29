"""A bar that counts steps and the time they took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import ProgressBar
from prompt_toolkit.shortcuts.progress_bar import ProgressBarCounter, formatters

from bot.screen import color_depth

_FORMATTERS = [
    formatters.Label(suffix=" "), formatters.Bar(), formatters.Text(" "), formatters.Progress(),
    formatters.Text(" "), formatters.TimeElapsed(),
]  # fmt: skip


def _keeping(typed: list[str]) -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add(Keys.Any)
    @bindings.add(Keys.Enter)
    def keep(event: KeyPressEvent) -> None:
        typed.append(event.data if event.data.isprintable() else " ")

    @bindings.add(Keys.Backspace)
    def take_back(event: KeyPressEvent) -> None:
        del typed[-1:]

    return bindings


@contextmanager
def counted(
    label: str,
    output: Output,
    keys: Input | None = None,
    *,
    of: int | None = None,
    typed: list[str] | None = None,
) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while the block runs; it is given `report(done, of)`.

    `of`: how many steps there will be, where that is known before the first is done.
    `keys`: where Ctrl-C comes from, which is a KeyboardInterrupt of the block; None is
    the terminal. Other keys are put into `typed`, or let go.
    """
    with ProgressBar(
        formatters=_FORMATTERS, input=keys, output=output, color_depth=color_depth(),
        key_bindings=_keeping(typed if typed is not None else []),
    ) as bar:  # fmt: skip
        counter: ProgressBarCounter[object] = bar(label=label, total=of)

        def report(done: int, of: int) -> None:
            counter.total, counter.items_completed = of, done
            bar.invalidate()

        yield report
