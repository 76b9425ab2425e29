"""`bot-train train`: fits a model, compares it with the one in use, and puts it in use."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from bot.home import Home
from bot.teacher import WORSE
from training.commands.options import add_jobs, add_json, warn, with_progress

if TYPE_CHECKING:
    from pathlib import Path

    from bot.modelfile import FeatureSettings
    from training.commands.options import Subparsers
    from training.gate import Verdict
    from training.search import Found
    from training.trainer import Trained
    from training.utterances import Utterance


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "train", help="fit a model to the utterances and put it in use",
        description="Fit a model and compare it with the one in use. When it is worse on a "
        "protected line ('! ' before it) or on an urgent topic, it is not put in use, and the "
        "exit status is 3. An intent with a single sentence is left out.",
        epilog="examples:\n  bot-train train\n"
        "  bot-train train --search      try several settings of the features first; the next\n"
        "                                training keeps what was found\n"
        "  bot-train train --no-search   let the number of utterances decide again",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--name", help="the model's folder; without it the time and a hash")
    command.add_argument("--force", action="store_true", help="put it in use though it is worse")
    command.add_argument(
        "--search",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="search for the settings that suit the data, or forget those that were found",
    )
    add_json(command, "the figures and the comparison")
    add_jobs(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Train, compare, and swap unless something got worse; return the exit status."""
    from functools import partial

    from training import acts, lock, models, trainer, utterances

    home.check_writable()
    # What cannot be learned is said before anything is written.
    rows, left_out = utterances.trainable(utterances.read_folder(home.utterances))
    of_acts = acts.read(home.utterances)
    models.check_name(options.name)
    started = time.monotonic()
    with lock.only_writer(home.models):
        found, settings = _searched(options, home, rows)
        fit = partial(trainer.train, settings=settings, acts=of_acts)
        trained = with_progress(fit, rows, options.jobs, trainer.folds_for(rows) + 1)
        aside = models.save_aside(trained, home.models, options.name)
        try:
            verdict, seconds = _compared(aside, trained, home)
        except BaseException:
            models.discard(aside)
            raise
        refused = verdict.refused and not options.force
        replaced = options.name in models.names(home.models) and not refused
        folder = models.put_beside(aside) if refused else models.put_in_use(aside)
    for warning in (*left_out, *verdict.warnings):
        warn(warning)
    if options.json:
        figures = {"model": str(folder), "utterances": len(rows), "in_use": not refused,
                   "left_out": left_out, "scores": dict(trained.description.scores),
                   "search": found.to_dict() if found else None,
                   "gate": {**verdict.to_dict(), "seconds": round(seconds, 3)}}  # fmt: skip
        print(json.dumps(figures))
    else:
        if found:
            print(found)
        _print_figures(trained, len(rows), time.monotonic() - started)
        _print_verdict(verdict, with_worse=not refused)
    if refused:
        _print_refusal(verdict, folder, home)
        return WORSE
    if not options.json:
        before = " (in place of the one of that name)" if replaced else ""
        print(f"model in use: {folder}{before}")
    return 0


def _searched(
    options: argparse.Namespace, home: Home, rows: list[Utterance]
) -> tuple[Found | None, FeatureSettings | None]:
    """Return what a search says, if one is wanted, and the settings to train with."""
    from training import search

    if options.search is None:
        return None, search.kept(home)
    if not options.search:
        return None, None
    wanted = len(search.candidates(rows))
    found = with_progress(search.search, rows, options.jobs, wanted, label="settings")
    return found, None if found.taken is found.tried[0] else found.taken.settings


def _compared(aside: Path, trained: Trained, home: Home) -> tuple[Verdict, float]:
    """Return what the gate finds, and its seconds; nothing for the first model of a home."""
    from training import gate, models

    started, here = time.monotonic(), models.in_use(home.models)
    if not here:
        lost = models.why_none(home.models)
        return gate.Verdict(notes=(f"nothing was compared: {lost}",) * bool(lost)), 0.0
    verdict = gate.compare(home.models / here, aside, trained, home)
    return verdict, time.monotonic() - started


def _print_figures(trained: Trained, count: int, seconds: float) -> None:
    from bot import text
    from training import report, trainer

    print(f"{count:,} utterances, {len(trained.description.labels)} intents, "
          f"{len(trained.weights.idf):,} features (version {text.FEATURES_VERSION}), "
          f"solver {trainer.solver_for(trained.rows)}, {seconds:.1f} s")  # fmt: skip
    folds = trainer.folds_for(trained.rows)
    print(f"held-out folds: each utterance asked of one of {folds} models that had not seen it")
    width = max(map(len, report.FIGURES.values()))
    for name, value in trained.description.scores.items():
        print(f"  {report.FIGURES[name]:{width}} {value:6.1%}")


def _print_verdict(verdict: Verdict, *, with_worse: bool) -> None:
    for note in verdict.notes:
        print(note)
    for title, better in (("better", True), ("worse", False)):
        lines = verdict.lines(better=better)
        if lines and (better or with_worse):
            print("\n".join([f"{title} than before:", *(f"  {x}" for x in lines)]))


def _print_refusal(verdict: Verdict, folder: Path, home: Home) -> None:
    """Say on stderr, where the chat looks too, what got worse and what to do."""
    back = home.bot_train(f"rollback {folder.name}")
    lines = [
        "bot-train: not put in use, because it is worse than the model in use:",
        *(f"  {line}" for line in verdict.lines(better=False)),
        f"It lies in {folder}. To use it all the same: {back}, or train again with --force",
    ]
    print("\n".join(lines), file=sys.stderr)
