"""What several commands share: options, and a progress bar on a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

Rows = TypeVar("Rows")
Result = TypeVar("Result")


def add_jobs(command: argparse.ArgumentParser) -> None:
    """Add `--jobs` and `--scheduler`."""
    command.add_argument(
        "--jobs", type=_jobs, default=-1, metavar="N", help="processes side by side (one a core)"
    )
    command.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="send the fits to this Dask cluster, for example tcp://10.0.0.5:8786",
    )  # fmt: skip


def add_json(command: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    command.add_argument("--json", action="store_true", help="print the figures as JSON")


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; wanted 1 or more")
    return int(text)


def with_progress(work: Callable[..., Result], rows: Rows, jobs: int, fits: int) -> Result:
    """Return work(rows), with a bar that counts the fits on a terminal, silently elsewhere."""
    if not sys.stderr.isatty():
        return work(rows, jobs=jobs)
    from prompt_toolkit.output import create_output
    from prompt_toolkit.shortcuts import ProgressBar
    from prompt_toolkit.shortcuts.progress_bar import ProgressBarCounter

    with ProgressBar(output=create_output(stdout=sys.stderr)) as bar:
        counter: ProgressBarCounter[object] = bar(label="fits", total=fits)

        def report(done: int, of: int) -> None:
            counter.total, counter.items_completed = of, done
            bar.invalidate()

        return work(rows, jobs=jobs, report=report)
