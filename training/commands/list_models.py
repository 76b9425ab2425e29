"""`bot-train list`: the trained models, and which is in use."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from bot.errors import ModelError
from bot.home import Home
from training.commands.options import add_json

if TYPE_CHECKING:
    from pathlib import Path

    from training.commands.options import Subparsers

_SHOWN = {"accuracy": "accuracy", "out_of_scope_answered": "out of scope answered"}


def add(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("list", help="show the models, and which is in use")
    add_json(command, "the models")


def run(options: argparse.Namespace, home: Home) -> int:
    """List; return the exit status."""
    from bot import modelfile
    from training import models

    here, back = modelfile.current_name(home.models), models.before(home.models)
    rows = [_row(home.models / name, here, back) for name in models.names(home.models)]
    rows.sort(key=lambda row: (row["created"], row["name"]))
    if options.json:
        print(json.dumps({"in_use": models.in_use(home.models), "before": back, "models": rows}))
    elif not rows:
        print(f"{home.models}: no model yet; train one with: {home.bot_train('train')}")
    else:
        width = max(len(row["name"]) for row in rows)
        print("\n".join(_line(row, width) for row in rows))
    if rows and not models.in_use(home.models):
        raise ModelError(
            f"{models.why_none(home.models)}; put one in use with: "
            f"{home.bot_train('rollback MODEL')}"
        )
    return 0


def _row(folder: Path, here: str, back: str) -> dict[str, Any]:
    """Return what is known of a model; `problem` says why it cannot be used."""
    from bot import modelfile
    from training import held_out

    row: dict[str, Any] = {
        "name": folder.name, "in_use": folder.name == here, "before": folder.name == back,
        "created": "", "utterances": None, "scores": {}, "problem": "",
    }  # fmt: skip
    try:
        description, _ = modelfile.load(folder)
    except ModelError as error:
        return {**row, "problem": str(error)}
    kept = held_out.load(folder)
    return {
        **row,
        "created": description.created,
        "utterances": None if kept is None else len(kept.keys),
        "scores": dict(description.scores),
    }


def _line(row: dict[str, Any], width: int) -> str:
    mark = "*" if row["in_use"] else " "
    start = f"{mark} {row['name']:{width}}"
    if row["problem"]:
        return f"{start}  {row['problem']}"
    parts = [row["created"][:16].replace("T", " ")]
    if row["utterances"] is not None:
        parts.append(f"{row['utterances']:,} lines")
    parts += [f"{text} {row['scores'][name]:.1%}" for name, text in _SHOWN.items()
              if name in row["scores"]]  # fmt: skip
    note = " (in use)" if row["in_use"] else " (in use before)" if row["before"] else ""
    return f"{start}  {', '.join(parts)}{note}"
