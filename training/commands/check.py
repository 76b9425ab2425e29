"""`bot-train check`: what is wrong, or may be, in a home."""

from __future__ import annotations

import argparse
import json
from functools import partial
from typing import TYPE_CHECKING

from bot.home import Home
from training.commands.options import add_jobs, add_json, with_progress

if TYPE_CHECKING:
    from training.commands.options import Subparsers


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "check", help="look over utterances, guide, conversations, model and inbox",
        description="Look over a home; nothing is written. Exit status 1 where there are errors.",
        epilog="examples:\n  bot-train check\n"
        "  bot-train check --quick    without the fits that find likely mislabelled lines",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--quick", action="store_true", help="fit nothing; skip mislabelled lines")
    add_json(command, "all findings")
    add_jobs(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Check; return the exit status."""
    from training import check

    work = partial(check.run, quick=options.quick)
    found = with_progress(work, home, options.jobs, check.STEPS, label="steps")
    print(json.dumps(check.to_dicts(found)) if options.json else check.text(found))
    return 1 if any(finding.level == "error" for finding in found) else 0
