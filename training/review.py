"""Goes through the inbox with a person: what comes first, what was decided, and taking it back."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from bot import linefile
from bot.errors import UtteranceError
from bot.home import Home
from bot.inbox import FileInbox, InboxEntry, teachable
from bot.messages import OUT_OF_SCOPE, Classification, Zone
from training import lock, utterances
from training.grouping import groups

DECIDED_FILE = "inbox.decided.jsonl"
"""Beside the inbox: a line for each decision, with hashes of the messages, not their words."""
GUESSES = 5
_log = logging.getLogger(__name__)
Classify = Callable[[str], Classification]


@dataclass(frozen=True, slots=True)
class Item:
    """Messages that mean the same, to be decided on as one."""

    texts: tuple[str, ...]
    """The messages as they would be taught, each once, the most frequent first."""
    count: int
    """How often they came."""
    zone: Zone
    """How sure the model in use is of the first."""
    guesses: tuple[tuple[str, float], ...]
    """Its likeliest intents, best first; what a person named before comes before all."""
    wanted: str = ""
    """The intent that a person named in the chat; empty when nobody did."""
    latest: str = ""
    """When the last one came, UTC."""

    @property
    def worth(self) -> float:
        """Return how much a label would help: how often it came, times how unsure the model is.

        Least confident first gains most per label among the orders that were measured
        (docs/review_order.py). What a person corrected counts as entirely unsure.
        """
        best = 0.0 if self.wanted or not self.guesses else self.guesses[0][1]
        return self.count * (1.0 - best)


@dataclass(frozen=True, slots=True)
class _Decision:
    """What undo needs."""

    item: Item
    """As it was shown."""
    label: str
    """The intent; empty when the messages were dropped."""
    added: tuple[str, ...]
    """Texts that were not in the file before."""
    record: bytes
    """Its line in the file of decisions; empty for a skip."""
    rest: tuple[Item, ...] = ()
    """What was put back because it could not be taught."""
    moved: tuple[utterances.Moved, ...] = ()
    """Lines that stood under other intents."""


class Review:
    """The items that are left, and the decisions of this sitting.

    Every decision is on the disk before the method returns: the utterance first, then
    the record. A crash in between leaves a taught line, which is not asked about again.
    """

    def __init__(self, home: Home, classify: Classify | None = None) -> None:
        """Read the inbox of `home`; `classify` guesses anew with the model in use.

        Raises UtteranceError when the utterances cannot be read, and OSError.
        """
        self._folder, self._models = home.utterances, home.models
        self._records = home.inbox.with_name(DECIDED_FILE)
        known = {u.text.casefold(): u.label for u in utterances.read_folder(home.utterances)}
        self.intents = sorted({*known.values(), OUT_OF_SCOPE})
        inbox = FileInbox(home.inbox)
        entries = _open_entries(inbox, known, _decided(self._records))
        self.left = _items(entries, classify)
        self.total = len(self.left)
        self._done: list[_Decision] = []

    @property
    def current(self) -> Item | None:
        """Return the item to decide on, or None when there is none left."""
        return self.left[0] if self.left else None

    @property
    def can_undo(self) -> bool:
        """Tell whether something was decided in this sitting."""
        return bool(self._done)

    def label(self, intent: str) -> list[str]:
        """Teach the current item's texts as `intent`; return what could not be taught, and why.

        Raises UtteranceError, and decides nothing, when none of them could, and
        ModelError while a training runs.
        """
        item = self.left[0]
        added, refused, errors = [], [], []
        with lock.only_writer(self._models, wait=lock.SHORT):
            for text in item.texts:
                try:
                    if utterances.add(self._folder, intent, text):
                        added.append(text)
                except UtteranceError as error:
                    refused.append(text)
                    errors.append(error)
        if len(refused) == len(item.texts):
            raise errors[0]
        rest = (replace(item, texts=tuple(refused), count=len(refused)),) if refused else ()
        taught = tuple(text for text in item.texts if text not in refused)
        self._settle(item, intent, tuple(added), self._record(taught, intent), rest)
        self.intents = sorted({*self.intents, intent})
        return [str(error) for error in errors]

    def move(self, intent: str) -> int:
        """Teach the current item as `intent`, and take it out where it stands otherwise.

        Return how many lines were taken out. Raises UtteranceError, and decides nothing,
        when one of them is protected, and ModelError while a training runs.
        """
        item = self.left[0]
        added: list[str] = []
        moved: list[utterances.Moved] = []
        with lock.only_writer(self._models, wait=lock.SHORT):
            for text in item.texts:
                new, stood = utterances.move(self._folder, intent, text)
                moved += stood
                if new:
                    added.append(text)
        record = self._record(item.texts, intent)
        self._settle(item, intent, tuple(added), record, moved=tuple(moved))
        self.intents = sorted({*self.intents, intent})
        return len(moved)

    def alone(self, intent: str) -> bool:
        """Tell whether an intent has a single sentence by now, and is not learned yet."""
        return utterances.alone(self._folder, intent)

    def drop(self) -> None:
        """Never ask about the current item again."""
        item = self.left[0]
        self._settle(item, "", (), self._record(item.texts, ""))

    def skip(self) -> None:
        """Leave the current item for another sitting."""
        self._settle(self.left[0], "", (), b"")

    def split(self) -> None:
        """Ask about each text of the current item on its own."""
        item = self.left.pop(0)
        parts = [replace(item, texts=(text,), count=1) for text in item.texts]
        self.left[:0] = parts
        self.total += len(parts) - 1

    def undo(self) -> Item | None:
        """Take the last decision of this sitting back; return its item, None when there is none.

        Raises ModelError, and takes nothing back, while a training runs.
        """
        if not self._done:
            return None
        last = self._done[-1]
        # The lines first: a crash in between then brings the item back, not the label.
        with lock.only_writer(self._models, wait=lock.SHORT):
            for line in reversed(last.moved):
                utterances.put_back(line)
            for text in last.added:
                utterances.remove(self._folder, last.label, text)
        if last.record:
            linefile.keep(self._records, lambda lines: _without_last(lines, last.record))
        self._done.pop()
        for item in last.rest:
            self.left.remove(item)
        self.left.insert(0, last.item)
        return last.item

    def summary(self) -> dict[str, int]:
        """Return how many lines were added, and items labelled, dropped and left."""
        decided = [done for done in self._done if done.record]
        return {
            "added": sum(len(done.added) for done in decided),
            "labelled": sum(bool(done.label) for done in decided),
            "dropped": sum(not done.label for done in decided),
            "left": len(self.left) + len(self._done) - len(decided),
        }

    def _record(self, texts: tuple[str, ...], label: str) -> bytes:
        time = datetime.now(UTC).isoformat(timespec="seconds")
        record = {"messages": [_key(text) for text in texts], "label": label, "time": time}
        line = json.dumps(record).encode()
        linefile.append(self._records, line)
        return line

    def _settle(
        self, item: Item, label: str, added: tuple[str, ...], record: bytes,
        rest: tuple[Item, ...] = (), moved: tuple[utterances.Moved, ...] = (),
    ) -> None:  # fmt: skip
        self._done.append(_Decision(item, label, added, record, rest, moved))
        self.left[:1] = rest


def _open_entries(
    inbox: FileInbox, known: dict[str, str], decided: dict[str, tuple[str, str]]
) -> list[InboxEntry]:
    """Return the entries nobody has decided on; the decided ones leave the file."""

    def is_open(entry: InboxEntry) -> bool:
        text = teachable(entry.text)
        stands = known.get(text.casefold(), "")
        label, when = decided.get(_key(text), (None, ""))
        if not text or label == "":  # dropped for good
            return False
        if entry.wanted and stands and stands != entry.wanted:
            return not (label == stands and entry.time <= when)
        return not stands

    def still_wanted(lines: list[bytes]) -> list[bytes]:
        return [line for line in lines if (entry := _parsed(line)) is None or is_open(entry)]

    entries = inbox.read()
    if entries:
        linefile.keep(inbox.path, still_wanted)
    return [entry for entry in entries if is_open(entry)]


def _items(entries: list[InboxEntry], classify: Classify | None) -> list[Item]:
    """Return near-duplicates as one item each, the most useful first."""
    by_text: dict[str, list[InboxEntry]] = defaultdict(list)
    for entry in entries:
        by_text[teachable(entry.text).casefold()].append(entry)
    often = sorted(by_text.values(), key=lambda same: (-len(same), teachable(same[0].text)))
    items = [
        _item([often[place] for place in group], classify)
        for group in groups([teachable(same[0].text) for same in often])
    ]
    return sorted(items, key=lambda item: (-item.worth, item.texts))


def _item(alike: list[list[InboxEntry]], classify: Classify | None) -> Item:
    entries = [entry for same in alike for entry in same]
    texts = tuple(teachable(same[0].text) for same in alike)
    zone, guesses = entries[0].zone, entries[0].ranking
    if classify is not None:
        found = classify(texts[0])
        zone, guesses = found.zone, found.ranking
    wanted = next((entry.wanted for entry in reversed(entries) if entry.wanted), "")
    guesses = guesses[:GUESSES]
    if wanted:
        share = dict(guesses).get(wanted, 0.0)
        guesses = ((wanted, share), *(g for g in guesses if g[0] != wanted))[:GUESSES]
    latest = max(entry.time for entry in entries)
    return Item(texts, len(entries), zone, guesses, wanted, latest)


def _decided(path: Path) -> dict[str, tuple[str, str]]:
    """Return (label, time) of every decision, by the hash of its message; the last one counts."""
    found: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(linefile.read(path), 1):
        try:
            record = json.loads(line)
            for key in record["messages"]:
                found[str(key)] = (str(record["label"]), str(record["time"]))
        except (ValueError, TypeError, KeyError):
            # Half a line, left by a crash: what it decided is asked again.
            _log.warning("%s:%d: is no decision; wanted one JSON object a line", path, number)
    return found


def _parsed(line: bytes) -> InboxEntry | None:
    try:
        return InboxEntry.from_json(line)
    except ValueError:
        return None


def _key(text: str) -> str:
    return sha256(text.casefold().encode()).hexdigest()[:32]


def _without_last(lines: list[bytes], line: bytes) -> list[bytes]:
    for place in range(len(lines) - 1, -1, -1):
        if lines[place] == line:
            return [*lines[:place], *lines[place + 1 :]]
    return lines
