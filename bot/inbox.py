"""Messages set aside for somebody to look at later: masked, and only where that was asked for."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from bot import linefile, redaction
from bot.decision import ADMITTED, Decision
from bot.messages import Classification, Understanding, Zone

MOST_BYTES = 5_000_000
"""Size from which nothing is added until somebody reviews: some twenty thousand messages."""
LONGEST = 2_000
"""Characters of a message that are kept: as many as an utterance may have."""
TOP = 5
"""Intents of the ranking that are kept."""

Reason = Literal["unclear", "corrected"]
_TOKEN = re.compile(r"⟦\w*⟧")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One message that somebody should look at."""

    text: str
    """The message, secrets masked."""
    zone: Zone
    """'answer', 'clarify' or 'unknown': how sure the classifier was."""
    ranking: tuple[tuple[str, float], ...]
    """The likeliest intents and their probabilities, best first."""
    time: str
    """When it came, UTC, as in '2026-05-01T12:00:00+00:00'."""
    reason: Reason = "unclear"
    """Why it is here: it was not understood, or a person said that it was misunderstood."""
    wanted: str = ""
    """The intent that the person named instead; empty when none was."""

    @classmethod
    def of(
        cls, text: str, classification: Classification, *, reason: Reason = "unclear",
        wanted: str = "",
    ) -> InboxEntry:  # fmt: skip
        """Return the entry of a message that came now; secrets in it are masked (again)."""
        return cls(
            text=_fit_to_keep(text),
            zone=classification.zone,
            ranking=tuple((intent, round(p, 4)) for intent, p in classification.ranking[:TOP]),
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            reason=reason,
            wanted=wanted,
        )

    def to_json(self) -> str:
        """Return the entry as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str | bytes) -> InboxEntry:
        """Return the entry in `line`; raises ValueError when it is none."""
        try:
            document = json.loads(line)
            if not isinstance(document, dict):
                raise TypeError
            return cls(**{f.name: _typed(f.name, document[f.name]) for f in fields(cls)})
        except (KeyError, TypeError, ValueError, RecursionError):
            raise ValueError("is no message of an inbox") from None


class Inbox(Protocol):
    """Where unclear messages go; `add` may be called from several threads."""

    def add(self, entry: InboxEntry) -> None:
        """Keep the entry. An OSError is logged, and the reply goes out all the same."""


class FileInbox:
    """An inbox in a file, one JSON object a line; several processes may add to it."""

    def __init__(self, path: Path | str, *, most_bytes: int = MOST_BYTES) -> None:
        """Keep messages in the file at `path`, until it has `most_bytes`."""
        self.path = Path(path).expanduser().absolute()
        self._most = most_bytes

    def add(self, entry: InboxEntry) -> None:
        """Add the entry as a line of its own; a full inbox takes no more, and a log line says so.

        Raises OSError when the file cannot be written.
        """
        # Masked once more: whoever made the entry, no secret reaches the disk.
        entry = replace(entry, text=_fit_to_keep(entry.text))
        if not linefile.append(self.path, entry.to_json().encode(), most=self._most):
            _log.warning(
                "%s: is full (%s bytes), so a message was not kept; review it with: "
                "bot-train review", self.path, f"{self._most:,}",
            )  # fmt: skip

    def read(self) -> list[InboxEntry]:
        """Return the entries, oldest first; a broken line is skipped, and a log line names it."""
        found = []
        for number, line in enumerate(linefile.read(self.path), 1):
            if not line.strip():
                continue
            try:
                found.append(InboxEntry.from_json(line))
            except ValueError as error:
                _log.warning(
                    "%s:%d: %s; wanted one JSON object a line; skipped", self.path, number, error
                )
        return found


def teachable(text: str) -> str:
    """Return a masked message as one line (NFC) to learn from, without its secrets' tokens."""
    return " ".join(unicodedata.normalize("NFC", _TOKEN.sub(" ", text)).split())


def is_unclear(heard: Understanding, decision: Decision, *, asked: bool) -> bool:
    """Tell whether the bot had to ask what was meant, to guess, or to give up.

    `asked`: whether a question was open, whose answer need not make sense on its own.
    """
    meant = heard.classification
    if meant.zone == "answer" or not any(map(str.isalnum, heard.text)):
        return False
    if heard.masked:  # the reply says that a message with a secret is not kept
        return False
    guessed = meant.zone == "clarify" and decision.intent == meant.intent and not asked
    # Who is warned of a crook, or felt with, was understood.
    gave_up = decision.act == "unknown" and decision.saying in ("", *ADMITTED)
    return guessed or gave_up or decision.act == "clarify"


def _typed(name: str, value: Any) -> Any:
    """Return a value of an entry's JSON in the type of its field, or raise TypeError."""
    if name == "ranking":
        return tuple((str(intent), _share(share)) for intent, share in value)
    allowed = {"zone": get_args(Zone), "reason": get_args(Reason)}.get(name)
    if not isinstance(value, str) or (allowed and value not in allowed):
        raise TypeError(name)
    # A hand may have put a secret into the file.
    return _fit_to_keep(value) if name == "text" else value


def _share(value: Any) -> float:
    if not 0.0 <= (share := float(value)) <= 1.0:  # NaN is not, either
        raise ValueError(value)
    return share


def _fit_to_keep(text: str) -> str:
    # A lone surrogate (bytes that were no UTF-8) could not be written.
    return redaction.mask(text.encode("utf-8", "replace").decode()).text[:LONGEST]
