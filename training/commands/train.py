"""`bot-train train`: fits a model and puts it in use."""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING

from bot.home import Home
from training.commands.options import add_jobs, add_json, with_progress

if TYPE_CHECKING:
    from training.commands.options import Subparsers


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("train", help="fit a model to the utterances and put it in use")
    command.add_argument("--name", help="the model's folder; without it the time and a hash")
    add_json(command)
    add_jobs(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Train; return the exit status."""
    from bot import text
    from training import lock, models, trainer, utterances

    home.check_writable()
    rows = utterances.read_folder(home.utterances)
    utterances.check_trainable(rows)  # before anything is written
    models.check_name(options.name)
    started = time.monotonic()
    with lock.only_writer(home.models):
        trained = with_progress(trainer.train, rows, options.jobs, trainer.TRAINING_FOLDS + 1)
        folder = models.write(trained, home.models, options.name)
    scores = dict(trained.description.scores)
    if options.json:
        print(json.dumps({"model": str(folder), "utterances": len(rows), "scores": scores}))
        return 0
    print(f"{len(rows):,} utterances, {len(trained.description.labels)} intents, "
          f"{len(trained.weights.idf):,} features (version {text.FEATURES_VERSION}), "
          f"solver {trainer.solver_for(rows)}, {time.monotonic() - started:.1f} s")  # fmt: skip
    for name, value in scores.items():
        print(f"  {name.replace('_', ' '):28} {value:.3f}")
    print(f"model in use: {folder}")
    return 0
