"""`bot-train evaluate`: measures on held-out folds and on the fresh set."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import HomeError
from bot.home import Home
from training.commands.options import add_jobs, add_json, warn, with_progress

if TYPE_CHECKING:
    from bot.classifier import Classifier
    from training.commands.options import Subparsers
    from training.curve import Curve
    from training.evaluation import Evaluation, Urgent
    from training.report import Report
    from training.utterances import Utterance


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "evaluate", help="accuracy on held-out folds and the fresh set",
        description="Measure on held-out folds, and on the fresh set where there is one. "
        "No model is written.",
        epilog="examples:\n  bot-train evaluate\n"
        "  bot-train evaluate --report out.html   one page with plots, and a learning curve",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument(
        "--report", metavar="FILE", type=Path, help="write a page of HTML with plots as well"
    )
    add_json(command)
    add_jobs(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Evaluate; return the exit status."""
    from training import acts, curve, evaluation, report, search, trainer, utterances, zones

    if options.report:
        from training import report_page  # a missing extra is said before the work, not after

        check_place(options.report)
    rows, left_out = utterances.trainable(utterances.read_folder(home.utterances))
    for warning in left_out:
        warn(warning)
    urgent: Urgent | None = None
    ask = partial(trainer.cross_validate, settings=search.kept(home))
    held_out = with_progress(ask, rows, options.jobs, trainer.EVALUATION_FOLDS)
    scored = zones.Scored.of(held_out, trainer.calibrate(held_out))
    along = curve.Curve.of(scored, zones.choose(scored))
    parts = {"held-out folds": evaluation.cross_validated(held_out)}
    found = report.measure(held_out, trainer.in_training_order(rows))
    if home.fresh.is_dir():
        classifier = _classifier_of(rows, home, options.jobs)
        parts["fresh set"] = evaluation.fresh(classifier, home.fresh)
        if (fresh_acts := home.fresh / acts.FOLDER).is_dir():
            parts["fresh acts"] = evaluation.fresh_acts(classifier, fresh_acts)
        urgent = evaluation.urgent(classifier, home.fresh, _urgent_topics(home))
    if options.json:
        figures = {name: part.to_dict() for name, part in parts.items()}
        print(json.dumps({**figures, "zones": along.to_dict(), "report": found.to_dict()}))
    else:
        print(_tables(parts, found, along, urgent))
        _say_gaps(home, rows)
    if options.report:
        learning = with_progress(report.curve, rows, options.jobs, len(report.CURVE_SHARES))
        report_page.write(options.report, found, learning, _made(found, rows))
        if not options.json:
            print(f"\nwrote {options.report}")
    return 0


def _tables(
    parts: dict[str, Evaluation], found: Report, along: Curve, urgent: Urgent | None
) -> str:
    """Return all the figures as text."""
    from training import evaluation, report

    held = replace(parts["held-out folds"], by_intent={})  # the report has them
    tables = [evaluation.table("held-out folds", held), report.text(found)]
    tables += [
        evaluation.table(name, parts[name]) for name in ("fresh set", "fresh acts") if name in parts
    ]
    tables.append(str(along))
    return "\n\n".join([*tables, *([str(urgent)] if urgent and urgent.found else [])])


def check_place(path: Path) -> None:
    """Raise before minutes of work when a file cannot be written there."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise HomeError(f"{path}: cannot be written there; wanted a file in a folder that exists")


def _made(found: Report, rows: list[Utterance]) -> str:
    when = time.strftime("%Y-%m-%d %H:%M")
    return f"{len(rows):,} utterances, {len(found.labels)} intents, measured {when}"


def _say_gaps(home: Home, rows: list[Utterance]) -> None:
    """Say which intents have no answer in the guide, and which topics nobody can get to."""
    from training import importing

    intents = {row.intent for row in rows}
    if lacking := importing.unanswered(home, intents):
        print(f"\nwarning: understood, but without an answer in the guide: {', '.join(lacking)}")
    if untaught := importing.untaught(home, intents):
        print(f"\nwarning: topics without utterances: {', '.join(untaught)}")


def _urgent_topics(home: Home) -> list[str]:
    """Return the topics that the guide calls urgent; none while it is not fit to be read."""
    from bot import guide_reader
    from bot.errors import GuideError

    try:
        topics = guide_reader.read(home.guide).topics.values()
    except GuideError:
        return []
    return [topic.id for topic in topics if topic.urgent or topic.urgent_when]


def _classifier_of(rows: list[Utterance], home: Home, jobs: int) -> Classifier:
    """Return the model in use if it is of these utterances, else one fitted for the purpose."""
    from bot.classifier import Classifier
    from bot.errors import ModelError
    from training import acts, search, trainer

    of_acts, settings = acts.read(home.utterances), search.kept(home)
    try:
        in_use = Classifier.load(home.model_folder())
        if in_use.description.data_hash == trainer.data_hash(rows, settings, acts=of_acts):
            return in_use
    except ModelError:
        pass
    fit = partial(trainer.train, settings=settings, acts=of_acts)
    trained = with_progress(fit, rows, jobs, trainer.folds_for(rows) + 1)
    return Classifier(trained.description, trained.weights)
