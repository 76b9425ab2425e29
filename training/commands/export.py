"""`bot-train export`: writes the utterances, or the model in use, for another program."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.home import Home

if TYPE_CHECKING:
    from training.commands.options import Subparsers

KINDS = {
    "rasa": "the utterances as Rasa NLU YAML, format 3.1",
    "csv": "the utterances, with a first line: text,intent",
    "jsonl": "the utterances as JSON Lines",
    "sklearn": "the model in use as a fitted scikit-learn pipeline, written with joblib",
}


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "export", help="write the utterances or the model for another program",
        description="Write the utterances or the model for another program. Texts and intents "
        "are all that such files have a place for: comments, the '! ' of protected lines and "
        "cases stay behind, and so do the cases and the zones of a model.",
    )  # fmt: skip
    kinds = command.add_mutually_exclusive_group(required=True)
    for kind, what in KINDS.items():
        kinds.add_argument(f"--{kind}", metavar="FILE", type=Path, help=what)


def run(options: argparse.Namespace, home: Home) -> int:
    """Export; return the exit status."""
    if options.sklearn:
        from training import pipeline

        pipeline.export(home.model_folder(), options.sklearn)
        print(f"wrote {options.sklearn}; it unpickles with this package installed")
        print("left behind, as a pipeline tells intents alone: cases, and the borders from which "
              "a message is asked about or answered")  # fmt: skip
        return 0
    from training import formats, utterances

    kind = next(name for name in KINDS if getattr(options, name))
    path = getattr(options, kind)
    rows = utterances.read_folder(home.utterances)
    count = formats.write(path, kind, rows)
    print(f"wrote {formats.counted(count, 'sentence')} to {path}")
    if behind := formats.left_behind(rows):
        print("left behind, as such a file has no place for it:")
        print("\n".join(f"  {line}" for line in behind))
    return 0
