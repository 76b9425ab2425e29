"""Public intent sets: reads one, draws a few examples from it, makes its messages harder."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from string import ascii_lowercase

from bot.errors import UtteranceError
from bot.messages import OUT_OF_SCOPE
from training.utterances import MAX_LENGTH, Utterance

TRAIN_FILE, DEV_FILE, OUT_OF_SCOPE_FILE = "train.jsonl", "dev.jsonl", "oos_dev.jsonl"
SEED = 2026
"""Of the character edits."""


@dataclass(frozen=True, slots=True)
class IntentSet:
    """Messages with their intents, from a folder of JSON Lines files."""

    name: str
    """Name of its folder."""
    train: list[Utterance]
    """To learn from."""
    dev: list[Utterance]
    """To be asked about; all in scope."""
    out_of_scope: list[Utterance]
    """Messages that belong to no intent; may be empty."""

    @classmethod
    def read(cls, folder: Path) -> IntentSet:
        """Read the two or three files in `folder`; raises UtteranceError."""
        train, dev = read_lines(folder / TRAIN_FILE), read_lines(folder / DEV_FILE)
        outside = folder / OUT_OF_SCOPE_FILE
        known = {row.intent for row in train} - {OUT_OF_SCOPE}
        for row in dev:
            if row.intent not in known:
                raise UtteranceError(
                    f"{row.source}: {row.intent!r} is no intent of {TRAIN_FILE}; wanted one of "
                    f"those (messages out of scope belong into {OUT_OF_SCOPE_FILE})"
                )
        return cls(
            folder.resolve().name, train, dev, read_lines(outside) if outside.exists() else []
        )


def read_lines(path: Path) -> list[Utterance]:
    """Return the utterances of a JSON Lines file; raises UtteranceError at the first bad line."""
    rows, problems = scan_lines(path)
    if problems:
        raise UtteranceError(problems[0])
    return rows


def scan_lines(path: Path) -> tuple[list[Utterance], list[str]]:
    """Return the utterances of a JSON Lines file, and `file:line: what; wanted` of bad lines.

    Raises UtteranceError when the file cannot be read, or holds no line at all.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UtteranceError(
            f"{path}: cannot be read ({error.strerror}); "
            'wanted lines such as {"text": "pay my bill", "intent": "pay"}'
        ) from error
    rows: list[Utterance] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(_row(line, f"{path}:{number}"))
            except UtteranceError as error:
                problems.append(str(error))
    if not rows and not problems:
        raise UtteranceError(f"{path}: is empty; wanted a line for each message")
    return rows, problems


def _row(line: bytes, source: str) -> Utterance:
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UtteranceError(f"{source}: is not JSON in UTF-8 ({error})") from error
    if not isinstance(found, dict):
        found = {}
    return Utterance(_value(found, "intent", source), _value(found, "text", source), source=source)


def _value(found: dict[str, object], name: str, source: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_LENGTH:
        raise UtteranceError(
            f"{source}: the {name!r} is missing, empty or too long; "
            f"wanted a string of 1 to {MAX_LENGTH:,} characters"
        )
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise UtteranceError(f"{source}: the {name!r} holds half a character; wanted UTF-8")
    return value


def draw(rows: Sequence[Utterance], size: int, seed: int) -> list[Utterance]:
    """Return `size` distinct utterances of every intent, or all where there are fewer."""
    by_intent: dict[str, list[Utterance]] = {}
    for row in sorted({(u.intent, u.text): u for u in rows}.values()):
        by_intent.setdefault(row.intent, []).append(row)
    random = Random(seed)
    groups = by_intent.values()
    return [row for group in groups for row in random.sample(group, min(size, len(group)))]


def with_edits(message: str, edits: int) -> str:
    """Return the message with random character edits, the same at every call.

    Each falls into a random word of at least four letters: a letter is put in, left
    out, replaced, or changes places with the next.
    """
    random = Random(f"{SEED} {message}")
    for _ in range(edits):
        words = list(re.finditer(r"[^\W\d_]{4,}", message))
        if words:
            start, end = random.choice(words).span()
            message = message[:start] + _edited(message[start:end], random) + message[end:]
    return message


def _edited(word: str, random: Random) -> str:
    edited = word
    while edited == word:
        place, letter = random.randrange(len(word)), random.choice(ascii_lowercase)
        before, here, after = word[:place], word[place], word[place + 1 :]
        edited = before + random.choice(
            [letter + here + after, after, letter + after, after[:1] + here + after[1:]]
        )
    return edited
