"""A bar that counts steps and the time they took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import ProgressBar
from prompt_toolkit.shortcuts.progress_bar import ProgressBarCounter, formatters

from bot.screen import color_depth

_FORMATTERS = [
    formatters.Label(suffix=" "), formatters.Bar(), formatters.Text(" "), formatters.Progress(),
    formatters.Text(" "), formatters.TimeElapsed(),
]  # fmt: skip


@contextmanager
def counted(
    label: str, output: Output, keys: Input | None = None
) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while the block runs; it is given `report(done, of)`.

    `keys`: where Ctrl-C comes from, which is a KeyboardInterrupt of the block; None is
    the terminal. Other keys are let go.
    """
    with ProgressBar(
        formatters=_FORMATTERS, input=keys, output=output, color_depth=color_depth()
    ) as bar:
        counter: ProgressBarCounter[object] = bar(label=label)

        def report(done: int, of: int) -> None:
            counter.total, counter.items_completed = of, done
            bar.invalidate()

        yield report
