"""The command line of the teaching half: `bot-train`, or `python -m training`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.errors import BotError
from bot.home import Home

if TYPE_CHECKING:
    from bot.classifier import Classifier
    from training.utterances import Utterance

# scikit-learn takes a second to import: each command below imports what it needs,
# so that --help and mistakes are answered at once.

EXAMPLES = """examples:
  bot-train train                                    fit a model and put it in use
  bot-train evaluate                                 measure on held-out folds and the fresh set
  bot-train teach report_lost_or_stolen_card "some kid grabbed my bag"
  bot-train export --sklearn pipeline.joblib         the model as a scikit-learn pipeline
  bot-train benchmark --data clinc150                the method on a public intent set
  bot-train --home mybot train                       the same for a home of your own
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="bot-train",
        description="Teach the bot: add utterances, train a model, measure it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--home", metavar="DIR", help="a folder made with 'bot new DIR'")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    train = commands.add_parser("train", help="fit a model to the utterances and put it in use")
    train.add_argument("--name", help="name of the model's folder; without it the time and a hash")
    train.add_argument("--json", action="store_true", help="print the figures as JSON")
    _add_jobs(train)
    evaluate = commands.add_parser("evaluate", help="accuracy on held-out folds and the fresh set")
    evaluate.add_argument("--json", action="store_true", help="print the figures as JSON")
    _add_jobs(evaluate)
    teach = commands.add_parser("teach", help="add an utterance; train afterwards")
    teach.add_argument("intent", metavar="INTENT", help="what it means, for example make_payment")
    teach.add_argument("text", metavar="TEXT", help="what somebody might say")
    export = commands.add_parser("export", help="write the model in use for another program")
    export.add_argument(
        "--sklearn", metavar="FILE", type=Path, required=True,
        help="the fitted scikit-learn pipeline, written with joblib",
    )  # fmt: skip
    benchmark = commands.add_parser(
        "benchmark", help="fit the method and two baselines to a public intent set",
        description="Fit the method and two scikit-learn baselines to a public intent set; print "
        "a Markdown table. No model is written.",
        epilog="example:\n  bot-train benchmark --data clinc150",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    benchmark.add_argument(
        "--data", metavar="DIR", type=Path, required=True,
        help="a folder with train.jsonl, dev.jsonl and, if there is one, oos_dev.jsonl",
    )  # fmt: skip
    benchmark.add_argument("--json", action="store_true", help="print the figures as JSON")
    _add_jobs(benchmark)
    return top


def _add_jobs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--jobs", type=_jobs, default=-1, metavar="N", help="processes side by side (one a core)"
    )


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; wanted 1 or more")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 2 something to mend."""
    options = parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace, Home], int]] = {
        "train": _train,
        "evaluate": _evaluate,
        "teach": _teach,
        "export": _export,
        "benchmark": _benchmark,
    }
    try:
        return commands[options.command](options, Home.find(options.home))
    except BotError as error:
        print(f"bot-train: {error}", file=sys.stderr)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"bot-train: {where}{error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("bot-train: stopped; the model in use is as it was", file=sys.stderr)
    return 2


def run() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(main())


def _train(options: argparse.Namespace, home: Home) -> int:
    from bot import text
    from training import trainer, utterances

    home.check_writable()
    rows = utterances.read_folder(home.utterances)
    started = time.monotonic()
    trained = _with_progress(trainer.train, rows, options.jobs, trainer.TRAINING_FOLDS + 1)
    folder = trainer.write(trained, home.models, options.name)
    scores = dict(trained.description.scores)
    if options.json:
        print(json.dumps({"model": str(folder), "utterances": len(rows), "scores": scores}))
        return 0
    print(f"{len(rows):,} utterances, {len(trained.description.labels)} intents, "
          f"{len(trained.weights.idf):,} features (version {text.FEATURES_VERSION}), "
          f"{time.monotonic() - started:.1f} s")  # fmt: skip
    for name, value in scores.items():
        print(f"  {name.replace('_', ' '):28} {value:.3f}")
    print(f"model in use: {folder}")
    return 0


def _evaluate(options: argparse.Namespace, home: Home) -> int:
    from training import evaluation, trainer, utterances

    rows = utterances.read_folder(home.utterances)
    urgent: evaluation.Urgent | None = None
    held_out = _with_progress(trainer.cross_validate, rows, options.jobs, trainer.EVALUATION_FOLDS)
    parts = {"held-out folds": evaluation.cross_validated(held_out)}
    if home.fresh.is_dir():
        classifier = _classifier_of(rows, home, options.jobs)
        parts["fresh set"] = evaluation.fresh(classifier, home.fresh)
        urgent = evaluation.urgent(classifier, home.fresh, _urgent_topics(home))
    if options.json:
        print(json.dumps({name: part.to_dict() for name, part in parts.items()}))
    else:
        tables = [evaluation.table(name, part) for name, part in parts.items()]
        print("\n\n".join([*tables, *([str(urgent)] if urgent and urgent.found else [])]))
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
    trained = _with_progress(trainer.train, rows, jobs, trainer.TRAINING_FOLDS + 1)
    return Classifier(trained.description, trained.weights)


Rows = TypeVar("Rows")
Result = TypeVar("Result")


def _with_progress(work: Callable[..., Result], rows: Rows, jobs: int, fits: int) -> Result:
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


def _teach(options: argparse.Namespace, home: Home) -> int:
    from training import utterances

    home.check_writable()
    if not home.utterances.is_dir():
        utterances.read_folder(home.utterances)
    path = home.utterances / f"{options.intent}.txt"
    new = not path.exists()
    if not utterances.add(home.utterances, options.intent, options.text):
        print(f"{path} has it already")
        return 0
    print(f"added to {path}{' (a new intent)' if new else ''}; now run: bot-train train")
    return 0


def _export(options: argparse.Namespace, home: Home) -> int:
    from training import pipeline

    pipeline.export(home.model_folder(), options.sklearn)
    print(f"wrote {options.sklearn}; it unpickles with this package installed")
    return 0


def _benchmark(options: argparse.Namespace, home: Home) -> int:
    from training import benchmark
    from training.intent_sets import IntentSet

    data = IntentSet.read(options.data)
    results = _with_progress(benchmark.run, data, options.jobs, benchmark.FITS)
    if options.json:
        print(json.dumps(benchmark.to_dict(data, results)))
    else:
        print(benchmark.table(data, results))
    return 0


if __name__ == "__main__":
    run()
