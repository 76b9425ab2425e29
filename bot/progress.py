"""A bar that counts steps and the time they took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import ProgressBar
from prompt_toolkit.shortcuts.progress_bar import ProgressBarCounter, formatters

from bot.screen import color_depth

_FORMATTERS = [
    formatters.Label(suffix=" "), formatters.Bar(), formatters.Text(" "), formatters.Progress(),
    formatters.Text(" "), formatters.TimeElapsed(),
]  # fmt: skip


@contextmanager
def counted(label: str, output: Output) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while the block runs; it is given `report(done, of)`.

    The bar reads no keys: Ctrl-C stays a KeyboardInterrupt of the block, and what is
    typed meanwhile waits for the next prompt.
    """
    with (
        create_pipe_input() as no_keys,
        ProgressBar(
            formatters=_FORMATTERS, input=no_keys, output=output, color_depth=color_depth()
        ) as bar,
    ):
        counter: ProgressBarCounter[object] = bar(label=label)

        def report(done: int, of: int) -> None:
            counter.total, counter.items_completed = of, done
            bar.invalidate()

        yield report
