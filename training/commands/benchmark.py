"""`bot-train benchmark`: the method and two baselines on a public intent set."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.home import Home
from training.commands.options import add_jobs, add_json, with_progress

if TYPE_CHECKING:
    from training.commands.options import Subparsers


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "benchmark", help="fit the method and two baselines to a public intent set",
        description="Fit the method and two scikit-learn baselines to a public intent set; print "
        "a Markdown table. No model is written.",
        epilog="example:\n  bot-train benchmark --data clinc150",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument(
        "--data", metavar="DIR", type=Path, required=True,
        help="a folder with train.jsonl, dev.jsonl and, if there is one, oos_dev.jsonl",
    )  # fmt: skip
    add_json(command)
    add_jobs(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Benchmark; return the exit status."""
    from training import benchmark
    from training.intent_sets import IntentSet

    data = IntentSet.read(options.data)
    results = with_progress(benchmark.run, data, options.jobs, benchmark.FITS)
    if options.json:
        print(json.dumps(benchmark.to_dict(data, results)))
    else:
        print(benchmark.table(data, results))
    return 0
