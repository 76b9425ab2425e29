"""Labelled sentences in other programs' files: Rasa NLU YAML, CSV and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import UtteranceError
from training.aside import written_aside
from training.intent_sets import scan_lines
from training.utterances import Utterance

COLUMNS = ("text", "intent")
NAMED = 3
"""Cases that are named where an export leaves them behind."""


@dataclass(frozen=True, slots=True)
class Document:
    """What one file holds."""

    sentences: tuple[Utterance, ...]
    """As they stand there: neither text nor intent is in our own form yet."""
    left_out: tuple[str, ...] = ()
    """`file:line: what` of all else in it."""
    notes: tuple[str, ...] = ()
    """What was changed in reading, in a sentence each."""


def read(path: Path) -> Document:
    """Return what the file holds, by the end of its name; raises UtteranceError."""
    suffix = path.suffix.lower()
    if path.is_dir():
        raise UtteranceError(f"{path}: is a folder; import its files one after the other")
    if suffix in (".yml", ".yaml"):
        from training import rasa  # PyYAML is an extra

        return rasa.read(path)
    if suffix in (".jsonl", ".ndjson"):
        found, problems = scan_lines(path)
        if not found:  # not a line of it is what was wanted
            raise UtteranceError(problems[0])
        return Document(tuple(found), tuple(problems))
    if suffix == ".csv":
        return _read_csv(path)
    raise UtteranceError(
        f"{path}: I do not know this kind of file; wanted .yml or .yaml (Rasa NLU), "
        ".csv (columns text and intent) or .jsonl"
    )


def decoded(path: Path) -> str:
    """Return the text of a file in UTF-8; raises UtteranceError."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UtteranceError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UtteranceError(
            f"{path}:{line}: is not UTF-8; save the file in that encoding"
        ) from error


def _read_csv(path: Path) -> Document:
    reader = csv.reader(io.StringIO(decoded(path), newline=""), strict=True)
    sentences, left_out = [], []
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        if not set(COLUMNS) <= set(header):
            raise UtteranceError(
                f"{path}:1: the first line is no header with the columns text and intent; "
                "wanted a line such as: text,intent"
            )
        text, intent = (header.index(name) for name in COLUMNS)
        line = reader.line_num + 1
        for row in reader:
            source, line = f"{path}:{line}", reader.line_num + 1
            if len(row) == len(header) and row[text].strip() and row[intent].strip():
                sentences.append(Utterance(row[intent], row[text], source=source))
            elif any(cell.strip() for cell in row):
                left_out.append(f"{source}: {_lacking(row, header)}")
    except csv.Error as error:
        raise UtteranceError(f"{path}:{reader.line_num}: is not CSV ({error})") from error
    return Document(tuple(sentences), tuple(left_out))


def _lacking(row: Sequence[str], header: Sequence[str]) -> str:
    """Return what is wrong with a row that is no sentence."""
    if len(row) != len(header):
        return f"{counted(len(row), 'cell')}; wanted {len(header)}, as in the first line"
    empty = next(name for name in COLUMNS if not row[header.index(name)].strip())
    return f"the {empty!r} is empty; wanted a text and an intent"


def counted(number: int, noun: str) -> str:
    """Return a number and what it is of: '1 line', '2 lines'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def write(path: Path, kind: str, rows: Iterable[Utterance]) -> int:
    """Write sentences as 'rasa', 'csv' or 'jsonl' into a new file; return how many.

    Line ends and runs of blanks within a sentence become one blank.
    Raises UtteranceError when there is such a file already.
    """
    pairs = sorted({(row.intent, " ".join(row.text.split())) for row in rows})
    if path.exists():
        raise UtteranceError(
            f"{path}: is there already, and is not written over; wanted a new name"
        )
    with written_aside(path) as aside:
        aside.write_text(_written(kind, pairs), encoding="utf-8", newline="")
    return len(pairs)


def left_behind(rows: Iterable[Utterance]) -> list[str]:
    """Return what the files of `write` have no place for, so that a person may know of it."""
    protected = sum(row.protected for row in rows)
    of_cases = Counter(row.label for row in rows if row.case)
    found = []
    if protected:
        found.append(f"the '! ' before {counted(protected, 'protected line')}")
    if of_cases:
        lines, names = counted(of_cases.total(), "line"), counted(len(of_cases), "case")
        first = ", ".join(sorted(of_cases)[:NAMED])
        more = ", ..." if len(of_cases) > NAMED else ""
        found.append(f"the case of {lines} ({names}: {first}{more}), written as the intent alone")
    return found


def _written(kind: str, pairs: Sequence[tuple[str, str]]) -> str:
    if kind == "rasa":
        from training import rasa

        return rasa.written(pairs)
    if kind == "jsonl":
        lines = (
            json.dumps({"text": text, "intent": intent}, ensure_ascii=False)
            for intent, text in pairs
        )
        return "".join(f"{line}\n" for line in lines)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((text, intent) for intent, text in pairs)
    return out.getvalue()
