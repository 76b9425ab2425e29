"""What several commands share: options, and a progress bar on a terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bot.teacher import PROGRESS_VARIABLE

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


def add_json(command: argparse.ArgumentParser, what: str = "the figures") -> None:
    """Add `--json`; `what` it prints."""
    command.add_argument("--json", action="store_true", help=f"print {what} as JSON")


def warn(text: str) -> None:
    """Say on stderr, where the chat looks too, what is to be mended but stops nothing."""
    print(f"bot-train: warning: {text}", file=sys.stderr)


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; wanted 1 or more")
    return int(text)


def _print_report(done: int, of: int) -> None:
    print(json.dumps({"done": done, "of": of}), file=sys.stderr, flush=True)


def with_progress(
    work: Callable[..., Result], rows: Rows, jobs: int, fits: int, *, label: str = "fits"
) -> Result:
    """Return work(rows), with a bar that counts the fits on a terminal, silently elsewhere.

    With CARDLINE_PROGRESS set, a program follows: a line of JSON on stderr after each fit.
    """
    if os.environ.get(PROGRESS_VARIABLE):
        _print_report(0, fits)
        return work(rows, jobs=jobs, report=_print_report)
    if not sys.stderr.isatty():
        return work(rows, jobs=jobs)
    from prompt_toolkit.output import create_output

    from bot.progress import counted

    with counted(label, create_output(stdout=sys.stderr), of=fits) as report:
        return work(rows, jobs=jobs, report=report)
