"""What one conversation remembers, as small JSON, and the store that keeps it in memory."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from hashlib import blake2b
from operator import attrgetter
from threading import Lock
from typing import Any, Protocol

from bot.guide import Guide
from bot.messages import MOST_WISHES

SESSION_VERSION = 4
MAX_ID_LENGTH = 128
"""Characters of a session's id."""


@dataclass(frozen=True, slots=True)
class Session:
    """The memory of one conversation; holds details and names of topics, never a message."""

    guide: str = ""
    """Fingerprint of the guide it belongs to."""
    owner: str = ""
    """Mark of the id it was kept under (`owner_of`); empty before it was kept."""
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
    later: tuple[str, ...] = ()
    """Topics of further wishes, to come to when the first is answered."""
    offered: int = 0
    """How often the next of them was offered."""
    sheet_told: str = ""
    """Topic whose missing details were offered a place on the call sheet."""
    asking: str = ""
    """Slot of the open question."""
    tries: int = 0
    """How often it was asked."""
    options: tuple[str, ...] = ()
    """Topics offered by an open 'did you mean'."""
    clarified: int = 0
    """How many of those in a row."""
    no_phone: bool = False
    """Whether the person cannot phone, or would rather not."""
    caveat_told: bool = False
    """Whether the number on the card was mentioned."""
    last: str = ""
    """What was done last: an act of the decision, 'sheet', or the name of a saying."""

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


_TYPES: dict[str, type] = {
    **dict.fromkeys(("guide", "owner", "topic", "about", "sheet_told"), str),
    **dict.fromkeys(("asking", "last"), str),
    **dict.fromkeys(("offered", "tries", "clarified"), int),
    **dict.fromkeys(("advised", "urgent", "no_phone", "caveat_told"), bool),
    **dict.fromkeys(("declined", "options", "later"), tuple),
    "slots": dict,
}
"""Of every field but `faq`, which may be None."""
_values = attrgetter(*_TYPES)
_wanted_types = tuple(_TYPES.values())


def _typed(name: str, value: Any) -> Any:
    """Return a value of a session's JSON in the type of its field, or raise TypeError."""
    if name == "faq":
        if value is not None and type(value) is not int:
            raise TypeError(name)
        return value
    if isinstance(value, list):
        value = tuple(value)
    # `True` is an int too, but none that was written here.
    texts = value.values() if isinstance(value, dict) else value if type(value) is tuple else ()
    if type(value) is not _TYPES[name] or not all(isinstance(text, str) for text in texts):
        raise TypeError(name)
    return value


def owner_of(session_id: str) -> str:
    """Return the mark of a session's id: 16 hexadecimal digits that do not tell the id."""
    return blake2b(session_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def is_sound(session: Any, guide: Guide, session_id: str) -> bool:
    """Tell whether what a store gave back is this conversation's, and fits the guide.

    A store of one's own may hold what an older version, another guide or a mishap
    left there; such a session is not used, so that it can neither break the step nor
    show one person what another one said.
    """
    try:
        return (
            isinstance(session, Session)
            and tuple(map(type, _values(session))) == _wanted_types
            and session.guide == guide.fingerprint
            and session.owner in ("", owner_of(session_id))
            and _names_fit(session, guide)
            and min(session.tries, session.clarified, session.offered) >= 0
        )
    except (TypeError, AttributeError, KeyError):
        return False


def _names_fit(session: Session, guide: Guide) -> bool:
    """Tell whether every name in a session is one of the guide's."""
    topics, slots = guide.topics, guide.slots
    for name in (session.topic, session.about, session.sheet_told):
        if name not in topics and name != "":
            return False
    for name, value in session.slots.items():
        if not slots[name].takes(value):
            return False
    faqs = topics[session.topic].faqs if session.topic else ()
    return (
        (session.faq is None or (type(session.faq) is int and 0 <= session.faq < len(faqs)))
        and len(session.options) in (0, 2)
        and all(name in topics for name in (*session.options, *session.later))
        and len(session.later) < MOST_WISHES
        and all(name in slots for name in session.declined)
        and (session.asking == "" or slots[session.asking].ask != "")
    )


class SessionStore(Protocol):
    """Where sessions are kept; every method may be called from several threads."""

    def get(self, session_id: str) -> Session | None:
        """Return the session, or None when there is none (any more).

        Raises ValueError, as `Session.from_json` does, when what it holds is damaged
        or of another version: the conversation then starts afresh, with an apology.
        """

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
