"""Reads, checks and adds labelled utterances: one file an intent, one utterance a line."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot import linefile, redaction
from bot.cases import BETWEEN
from bot.errors import UtteranceError
from bot.text import words

MAX_LENGTH = 2_000
"""Characters of one utterance; a longer line is a file in the wrong place."""

INTENT = re.compile(r"[a-z][a-z0-9_]*")
"""What names an intent, and a case of one."""
_LABEL_WANTED = "lower-case letters, digits and _ (and a dot before a case of it)"
_ALSO = "| also:"
_ESCAPED = ("\\#", "\\!", "\\\\")


@dataclass(frozen=True, slots=True, order=True)
class Utterance:
    """One labelled line."""

    intent: str
    """What the name of its file begins with."""
    text: str
    """What somebody might say, NFC, without marks."""
    protected: bool = False
    """Whether the gate never lets it get worse (`! ` before the line)."""
    also: tuple[str, ...] = ()
    """Other intents that would serve the customer equally (test sets only)."""
    source: str = ""
    """`file:line`, for messages."""
    case: str = ""
    """The narrower matter of the intent: what follows a dot in the name of its file."""

    @property
    def label(self) -> str:
        """What it is learned as, and the name of its file: `intent`, or `intent.case`."""
        return f"{self.intent}{BETWEEN}{self.case}" if self.case else self.intent


class StandsElsewhereError(UtteranceError):
    """The sentence stands under another intent."""

    def __init__(self, row: Utterance) -> None:
        """Refuse a sentence because of the line `row`."""
        super().__init__(
            f"{row.source}: this sentence stands under {row.label} already; take it out there first"
        )
        self.row = row


@dataclass(frozen=True, slots=True)
class Moved:
    """A line that was taken out of a file."""

    path: Path
    """The file."""
    place: int
    """How many lines stood before it."""
    line: bytes
    """What it held, its marks included."""


def read_folder(folder: Path, *, with_also: bool = False) -> list[Utterance]:
    """Return the utterances of every `*.txt` in `folder`, in the order of the files.

    `with_also`: a line of a test set may end in `| also: intent, intent`.

    Raises UtteranceError, with every finding on a line of its own, when the
    folder is missing or holds a line that cannot be learned from.
    """
    found, problems = scan(folder, with_also=with_also)
    if problems:
        raise UtteranceError("\n".join(problems))
    return found


def scan(folder: Path, *, with_also: bool = False) -> tuple[list[Utterance], list[str]]:
    """Return the utterances that can be read, and `file:line: what; wanted` of all else."""
    if not folder.is_dir():
        return [], [
            f"{folder}: no such folder; wanted one .txt file for each intent, one utterance a line"
        ]
    problems: list[str] = []
    found: list[Utterance] = []
    for path in sorted(folder.glob("*.txt")):
        found += _read_file(path, problems, with_also=with_also)
    return found, problems


def _read_file(path: Path, problems: list[str], *, with_also: bool) -> list[Utterance]:
    if not is_label(path.stem):
        problems.append(f"{path}: the file name is not an intent; wanted {_LABEL_WANTED}")
    try:
        blob = path.read_bytes()
    except OSError as error:
        problems.append(f"{path}: cannot be read ({error.strerror})")
        return []
    found = []
    for number, raw in enumerate(blob.split(b"\n"), 1):
        where = f"{path}:{number}"
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            problems.append(f"{where}: is not UTF-8; save the file in that encoding")
            continue
        if len(line) > MAX_LENGTH:
            problems.append(f"{where}: {len(line):,} characters; wanted at most {MAX_LENGTH:,}")
        elif line and not line.startswith("#"):
            found.append(parse_line(line, path.stem, where, with_also=with_also))
    return found


def parse_line(line: str, label: str, source: str = "", *, with_also: bool = False) -> Utterance:
    """Return the utterance of one line that is neither empty nor a comment."""
    intent, _, case = label.partition(BETWEEN)
    line, _, also = line.partition(_ALSO) if with_also else (line, "", "")
    line = unicodedata.normalize("NFC", line.strip())
    protected = line.startswith("! ")
    if protected:
        line = line[2:].strip()
    if line.startswith(_ESCAPED):
        line = line[1:]
    others = tuple(name.strip() for name in also.split(",") if name.strip())
    return Utterance(intent, line, protected, others, source, case)


def is_intent(name: str) -> bool:
    """Tell whether `name` can name an intent."""
    return INTENT.fullmatch(name) is not None


def is_label(name: str) -> bool:
    """Tell whether `name` can name an intent or a case of one, and so a file."""
    intent, dot, case = name.partition(BETWEEN)
    return is_intent(intent) and (is_intent(case) or not dot)


def format_line(text: str) -> str:
    """Return `text` as a line of a file: the inverse of `parse_line` for any one-line text."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return f"\\{line}" if line.startswith(("#", "!", *_ESCAPED)) else line


def check_trainable(utterances: list[Utterance]) -> None:
    """Raise UtteranceError unless a classifier can be fitted to the utterances."""
    by_intent: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        by_intent.setdefault(utterance.intent, []).append(utterance)
    if len(by_intent) < 2:
        raise UtteranceError(
            f"found {len(by_intent)} intent(s); wanted at least two files with utterances"
        )
    problems = [
        f"{rows[0].source}: the intent {intent} has only one utterance; wanted at least 2"
        for intent, rows in by_intent.items()
        if len({row.text for row in rows}) < 2
    ]
    if problems := [*problems, *contradictions(utterances)]:
        raise UtteranceError("\n".join(problems))


def trainable(utterances: list[Utterance]) -> tuple[list[Utterance], list[str]]:
    """Return those that a classifier can be fitted to, and `file:line: what` is left out.

    Raises UtteranceError when fewer than two intents remain, or the utterances
    contradict each other.
    """
    kept, reasons = without_lonely(utterances)
    check_trainable(kept if len({row.intent for row in kept}) > 1 else utterances)
    return kept, reasons


def without_lonely(utterances: list[Utterance]) -> tuple[list[Utterance], list[str]]:
    """Leave out each intent with a single sentence, from which nothing can be learned.

    One that somebody has just begun must not keep all the others from being learned.
    """
    texts: dict[str, set[str]] = {}
    first: dict[str, Utterance] = {}
    for row in utterances:
        texts.setdefault(row.intent, set()).add(row.text)
        first.setdefault(row.intent, row)
    lonely = {intent for intent, own in texts.items() if len(own) < 2}
    reasons = [
        f"{first[intent].source}: the only sentence of {intent}, which is left out; "
        "wanted at least 2"
        for intent in sorted(lonely)
    ]
    return [row for row in utterances if row.intent not in lonely], reasons


def contradictions(utterances: Sequence[Utterance]) -> list[str]:
    """Return `file:line: what; wanted` of each sentence that stands under two intents."""
    seen: dict[str, Utterance] = {}
    problems = []
    for utterance in utterances:
        first = seen.setdefault(utterance.text.casefold(), utterance)
        if first.label != utterance.label:
            problems.append(
                f"{utterance.source}: the same sentence stands under {first.label} "
                f"({first.source}); wanted under one of them only"
            )
    return problems


def add(folder: Path, label: str, text: str) -> bool:
    """Add an utterance to the file of an intent or a case; False when it stands there already.

    The new file is written aside and renamed, so that no crash loses a line.
    Raises UtteranceError for a name that is no intent, a text without a word, a secret,
    or a sentence that stands under another intent.
    """
    if not is_label(label):
        raise UtteranceError(f"the intent's name: wanted {_LABEL_WANTED}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UtteranceError("the utterance: is not UTF-8; type it in that encoding") from None
    line = format_line(text)
    if not line or len(line) > MAX_LENGTH:
        raise UtteranceError(f"the utterance: wanted 1 to {MAX_LENGTH:,} characters")
    if not words(line):
        raise UtteranceError("the utterance holds no word and teaches nothing; wanted a sentence")
    if redaction.mask(line).kinds:
        raise UtteranceError("the utterance holds a card number or code; teach it without")
    wanted = parse_line(line, label).text.casefold()
    for known in read_folder(folder):
        if known.text.casefold() == wanted:
            if known.label == label:
                return False
            raise StandsElsewhereError(known)
    append(folder / f"{label}.txt", [line])
    return True


def alone(folder: Path, label: str) -> bool:
    """Tell whether the intent of a label has a single sentence by now, and is not learned yet."""
    intent = label.partition(BETWEEN)[0]
    own = (path for path in folder.glob("*.txt") if path.stem.partition(BETWEEN)[0] == intent)
    rows = [row for path in own for row in _read_file(path, [], with_also=False)]
    return len({row.text for row in rows}) == 1


def move(folder: Path, label: str, text: str) -> tuple[bool, list[Moved]]:
    """Put a sentence under `label` alone; return whether it is new there, and where it stood.

    It is added before it is taken out, so that a crash leaves it twice rather than not at
    all. Raises UtteranceError, and moves nothing, as `add` does, and for protected lines.
    """
    wanted = parse_line(format_line(text), label).text.casefold()
    known = [row for row in read_folder(folder) if row.text.casefold() == wanted]
    others = [row for row in known if row.label != label]
    if not others or not is_label(label):
        return add(folder, label, text), []
    for row in others:
        if row.protected:
            raise UtteranceError(f"{row.source}: is a protected line; take its '! ' away first")
    new = len(others) == len(known)
    if new:
        append(folder / f"{label}.txt", [format_line(text)])
    # From the last line of a file to its first, so that the numbers stay right.
    return new, [_taken_out(row) for row in reversed(others)]


def _taken_out(row: Utterance) -> Moved:
    name, _, number = row.source.rpartition(":")
    path, place = Path(name), int(number) - 1
    moved = Moved(path, place, linefile.read(path)[place])
    linefile.keep(path, lambda lines: [*lines[:place], *lines[place + 1 :]])
    if not path.read_bytes():
        path.unlink()
    return moved


def put_back(moved: Moved) -> None:
    """Put a line that was moved where it stood before."""
    linefile.keep(moved.path, lambda now: [*now[: moved.place], moved.line, *now[moved.place :]])


def append(path: Path, lines: Sequence[str]) -> None:
    """Add lines, as `format_line` gives them, to a file: written aside and renamed.

    Of two processes that do so at once one would lose its lines: hold the lock of
    training/lock.py.
    """
    before = path.read_bytes() if path.exists() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    for left in path.parent.glob(f".{path.name}.*.new"):  # by a process that was killed
        left.unlink(missing_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with aside.open("wb") as file:
            file.write(before + "".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        error.filename = error.filename or str(path)  # which a full disk does not name
        raise
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def remove(folder: Path, label: str, text: str) -> bool:
    """Take the last line that holds `text` out of the file of `label`; False when there is none.

    A file that is left without a line goes too. The rest is written aside and renamed.
    """
    path = folder / f"{label}.txt"
    line = format_line(text).encode()
    if not path.exists() or line not in linefile.read(path):
        return False

    def without(lines: list[bytes]) -> list[bytes]:
        at = len(lines) - 1 - lines[::-1].index(line) if line in lines else len(lines)
        return [*lines[:at], *lines[at + 1 :]]

    linefile.keep(path, without)
    if not path.read_bytes():
        path.unlink()
    return True
