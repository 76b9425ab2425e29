"""`bot-train evaluate`: measures on held-out folds and on the fresh set."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from bot.home import Home
from training.commands.options import add_jobs, add_json, with_progress

if TYPE_CHECKING:
    from bot.classifier import Classifier
    from training.commands.options import Subparsers
    from training.utterances import Utterance


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("evaluate", help="accuracy on held-out folds and the fresh set")
    add_json(command)
    add_jobs(command)


def run(options: argparse.Namespace, home: Home) -> int:
    """Evaluate; return the exit status."""
    from training import curve, evaluation, trainer, utterances, zones

    rows = utterances.read_folder(home.utterances)
    urgent: evaluation.Urgent | None = None
    held_out = with_progress(trainer.cross_validate, rows, options.jobs, trainer.EVALUATION_FOLDS)
    scored = zones.Scored.of(held_out, trainer.calibrate(held_out))
    along = curve.Curve.of(scored, zones.choose(scored))
    parts = {"held-out folds": evaluation.cross_validated(held_out)}
    if home.fresh.is_dir():
        classifier = _classifier_of(rows, home, options.jobs)
        parts["fresh set"] = evaluation.fresh(classifier, home.fresh)
        urgent = evaluation.urgent(classifier, home.fresh, _urgent_topics(home))
    if options.json:
        found = {name: part.to_dict() for name, part in parts.items()}
        print(json.dumps(found | {"zones": along.to_dict()}))
    else:
        tables = [evaluation.table(name, part) for name, part in parts.items()]
        print(
            "\n\n".join([*tables, str(along), *([str(urgent)] if urgent and urgent.found else [])])
        )
    return 0


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
    from training import trainer

    try:
        in_use = Classifier.load(home.model_folder())
        if in_use.description.data_hash == trainer.data_hash(rows):
            return in_use
    except ModelError:
        pass
    trained = with_progress(trainer.train, rows, jobs, trainer.TRAINING_FOLDS + 1)
    return Classifier(trained.description, trained.weights)
