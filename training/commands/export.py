"""`bot-train export`: writes the model in use for another program."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.home import Home

if TYPE_CHECKING:
    from training.commands.options import Subparsers


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("export", help="write the model in use for another program")
    command.add_argument(
        "--sklearn", metavar="FILE", type=Path, required=True,
        help="the fitted scikit-learn pipeline, written with joblib",
    )  # fmt: skip


def run(options: argparse.Namespace, home: Home) -> int:
    """Export; return the exit status."""
    from training import pipeline

    pipeline.export(home.model_folder(), options.sklearn)
    print(f"wrote {options.sklearn}; it unpickles with this package installed")
    return 0
