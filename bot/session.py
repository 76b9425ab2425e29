"""What one conversation remembers, as small JSON, and the store that keeps it in memory."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from threading import Lock
from typing import Any, Protocol

SESSION_VERSION = 1
MAX_ID_LENGTH = 128
"""Characters of a session's id."""


@dataclass(frozen=True, slots=True)
class Session:
    """The memory of one conversation; holds details and names of topics, never a message."""

    guide: str = ""
    """Fingerprint of the guide it belongs to."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Details the person gave."""
    declined: tuple[str, ...] = ()
    """Slots the person does not know or would not give."""
    topic: str = ""
    """Topic last answered or asked about."""
    about: str = ""
    """Topic of the last reply: the same, or that of a side question."""
    advised: bool = False
    """Whether the topic's advice was given, so that only the number is wanted."""
    faq: int | None = None
    """Entry of the topic's FAQ that was given."""
    urgent: bool = False
    """Whether the topic came up as an emergency."""
    later: str = ""
    """Topic of a second wish, to come to when the first is answered."""
    asking: str = ""
    """Slot of the open question."""
    tries: int = 0
    """How often it was asked."""
    options: tuple[str, ...] = ()
    """Topics offered by an open 'did you mean'."""
    clarified: int = 0
    """How many of those in a row."""
    caveat_told: bool = False
    """Whether the number on the card was mentioned."""
    last: str = ""
    """What was done last: answer, ask, clarify, unknown, or the name of a saying."""

    def to_json(self) -> str:
        """Return the session as one line of JSON."""
        return json.dumps({"version": SESSION_VERSION, **asdict(self)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, blob: str) -> Session:
        """Return the session in `blob`; raises ValueError when it is none of this version."""
        try:
            document = json.loads(blob)
            if not isinstance(document, dict) or document.pop("version", None) != SESSION_VERSION:
                raise ValueError("a session of another version")
            return cls(**{f.name: _typed(f.name, document[f.name]) for f in fields(cls)})
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("not a session") from error


def _typed(name: str, value: Any) -> Any:
    """Return a value of a session's JSON in the type of its field, or raise TypeError."""
    if name == "slots":
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise TypeError(name)
        return value
    if name in ("declined", "options"):
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise TypeError(name)
        return tuple(value)
    wanted: dict[str, Any] = {
        "tries": int,
        "clarified": int,
        "urgent": bool,
        "advised": bool,
        "caveat_told": bool,
    }
    if name == "faq":
        wanted[name] = int | None
    number_wanted = isinstance(value, bool) and wanted.get(name) is not bool
    if number_wanted or not isinstance(value, wanted.get(name, str)):
        raise TypeError(name)
    return value


class SessionStore(Protocol):
    """Where sessions are kept; every method may be called from several threads."""

    def get(self, session_id: str) -> Session | None:
        """Return the session, or None when there is none (any more)."""

    def put(self, session_id: str, session: Session) -> None:
        """Keep the session."""

    def delete(self, session_id: str) -> None:
        """Forget it, if it is there."""


class MemoryStore:
    """Keeps the sessions last used, in this process only."""

    def __init__(
        self,
        *,
        limit: int = 10_000,
        idle_seconds: float = 30 * 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep at most `limit` sessions, each for `idle_seconds` after its last use."""
        if limit < 1 or idle_seconds <= 0:
            raise ValueError("limit and idle_seconds: wanted numbers above 0")
        self._limit = limit
        self._idle = idle_seconds
        self._clock = clock
        self._lock = Lock()
        self._held: OrderedDict[str, tuple[float, Session]] = OrderedDict()

    def get(self, session_id: str) -> Session | None:
        """Return the session, or None when there is none or it stood idle too long."""
        with self._lock:
            self._drop_idle()
            held = self._held.get(session_id)
            return held[1] if held else None

    def put(self, session_id: str, session: Session) -> None:
        """Keep the session; the one unused for longest goes when there are too many."""
        with self._lock:
            self._drop_idle()
            self._held[session_id] = (self._clock(), session)
            self._held.move_to_end(session_id)
            if len(self._held) > self._limit:
                self._held.popitem(last=False)

    def delete(self, session_id: str) -> None:
        """Forget the session, if it is there."""
        with self._lock:
            self._held.pop(session_id, None)

    def _drop_idle(self) -> None:
        oldest = self._clock() - self._idle
        while self._held and next(iter(self._held.values()))[0] < oldest:
            self._held.popitem(last=False)


def check_id(session_id: str) -> None:
    """Raise ValueError unless `session_id` is a text of 1 to 128 characters."""
    if not isinstance(session_id, str) or not 0 < len(session_id) <= MAX_ID_LENGTH:
        raise ValueError(
            f"session_id: wanted a non-empty str of at most {MAX_ID_LENGTH} characters"
        )
