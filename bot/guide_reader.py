"""Reads the guide's TOML and checks all of it: `file: where: what; wanted; did you mean`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot import text
from bot.errors import GuideError
from bot.guide import PHONE, Choice, Faq, Guide, GuideRoute, Item, Say, Slot, Topic
from bot.messages import Route

DEFAULTS = Path(__file__).with_name("defaults.toml")
SLOT_TYPES = ("choice", "place", "date", "amount", "name", "reference")
CHANNELS = ("phone", "chat", "mail", "app", "web", "social")
_TOP = (
    "title",
    "caveat",
    "person",
    "route",
    "slot",
    "topic",
    "faq",
    "say",
    "phrase",
    "words",
    "checklist",
)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TYPE_NAMES = {
    str: "a text in quotes",
    bool: "true or false",
    list: "a list [...]",
    dict: "a table",
}


@dataclass
class _Reader:
    """Collects findings while the tables are turned into nouns."""

    problems: list[str] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=dict)
    origin: dict[tuple[str, ...], str] = field(default_factory=dict)

    def complain(self, place: tuple[str, ...], what: str) -> None:
        file = next(
            (self.origin[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.origin),
            "guide",
        )
        self.problems.append(f"{file}: {'.'.join(place)}: {what}")

    def value(self, table: Mapping[str, Any], key: str, kind: type, place: tuple[str, ...]) -> Any:
        """Return table[key] if it is of the kind, else complain and return an empty one."""
        found = table.get(key, kind())
        if not isinstance(found, kind):
            self.complain((*place, key), f"is {found!r}; wanted {_TYPE_NAMES[kind]}")
            return kind()
        return found

    def texts(self, table: Mapping[str, Any], key: str, place: tuple[str, ...]) -> tuple[str, ...]:
        found = self.value(table, key, list, place)
        if not all(isinstance(entry, str) for entry in found):
            self.complain((*place, key), "holds something that is not text; wanted texts only")
            return ()
        return tuple(found)

    def keys(
        self, table: Mapping[str, Any], allowed: Iterable[str], place: tuple[str, ...]
    ) -> None:
        names = [*allowed, "facts"]
        for key in table:
            if key not in names:
                self.complain((*place, key), "is not a key I know" + _hint(key, names))

    def required(
        self, table: Mapping[str, Any], keys: Iterable[str], place: tuple[str, ...]
    ) -> None:
        for key in keys:
            if not table.get(key):
                self.complain(place, f"has no {key!r}; wanted a text")

    def reference(self, name: str, known: Iterable[str], what: str, place: tuple[str, ...]) -> None:
        names = list(known)
        if name not in names:
            self.complain(place, f"names {name!r}, which is no {what}{_hint(name, names)}")

    def note_facts(self, table: Mapping[str, Any], place: tuple[str, ...]) -> None:
        for fact in self.texts(table, "facts", place):
            self.facts.setdefault(fact, []).append(".".join(place))


def _hint(name: str, names: Iterable[str]) -> str:
    names = sorted(set(names))
    close = get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; wanted one of: {', '.join(names[:12])}"


def read(folder: Path) -> Guide:
    """Return the guide in `folder`; raises GuideError with all findings."""
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not files:
        raise GuideError(
            [f"{folder}: holds no .toml file; wanted a guide (make a home with: bot new DIR)"]
        )
    reader = _Reader()
    document: dict[str, Any] = {}
    blobs = []
    for path in [DEFAULTS, *files]:
        blob, table = _parse(path, reader)
        blobs.append(blob)
        _merge(document, table, path, reader)
    if reader.problems:
        raise GuideError(reader.problems)
    guide = _build(document, reader, sha256(b"\0".join(blobs)).hexdigest()[:16])
    _check(guide, reader)
    if reader.problems:
        raise GuideError(reader.problems)
    return guide


def _parse(path: Path, reader: _Reader) -> tuple[bytes, dict[str, Any]]:
    try:
        blob = path.read_bytes()
        return blob, tomllib.loads(blob.decode("utf-8"))
    except OSError as error:
        reader.problems.append(f"{path}: cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        reader.problems.append(f"{path}: is not UTF-8; save the file in that encoding")
    except tomllib.TOMLDecodeError as error:
        reader.problems.append(f"{path}: is not TOML: {error}")
    return b"", {}


def _merge(document: dict[str, Any], table: dict[str, Any], path: Path, reader: _Reader) -> None:
    """Lay the tables of one file over the others; only the defaults may be replaced."""
    for key, value in table.items():
        if key not in _TOP:
            reader.problems.append(f"{path}: {key}: is not a key I know{_hint(key, _TOP)}")
        elif isinstance(value, dict):
            _merge_table(document.setdefault(key, {}), key, value, path, reader)
        elif isinstance(value, list) and key in ("route", "faq"):
            held = document.setdefault(key, [])
            reader.origin.update(
                {(key, str(len(held) + n)): str(path) for n in range(1, len(value) + 1)}
            )
            held += value
        else:
            document[key] = value
            reader.origin[(key,)] = str(path)


def _merge_table(
    held: dict[str, Any], key: str, value: dict[str, Any], path: Path, reader: _Reader
) -> None:
    for name, entry in value.items():
        before = reader.origin.get((key, name))
        if before and before != str(DEFAULTS):
            reader.problems.append(f"{path}: {key}.{name}: stands in {before} already; keep one")
        held[name] = entry
        reader.origin[(key, name)] = str(path)


def _build(document: dict[str, Any], reader: _Reader, fingerprint: str) -> Guide:
    faqs: dict[str, list[Faq]] = {}
    for number, table in enumerate(document.get("faq", []), 1):
        place = ("faq", str(number))
        topic = reader.value(table, "topic", str, place)
        reader.reference(topic, document.get("topic", {}), "topic", place)
        faqs.setdefault(topic, []).append(_faq(table, reader, place))
    return Guide(
        title=reader.value(document, "title", str, ()),
        caveat=reader.value(document, "caveat", str, ()),
        person=reader.texts(document, "person", ()),
        routes=_routes(document.get("route", []), reader),
        slots={n: _slot(n, t, reader) for n, t in _tables(document, "slot", reader)},
        topics={
            n: _topic(n, t, faqs.get(n, []), reader) for n, t in _tables(document, "topic", reader)
        },
        says={n: _say(n, t, reader) for n, t in _tables(document, "say", reader)},
        phrases={n: str(t) for n, t in document.get("phrase", {}).items()},
        words={
            n: frozenset(plain(w) for w in reader.texts(document["words"], n, ("words",)))
            for n in document.get("words", {})
        },
        checklist={n: _item(n, t, reader) for n, t in _tables(document, "checklist", reader)},
        facts=MappingProxyType({k: tuple(v) for k, v in reader.facts.items()}),
        fingerprint=fingerprint,
    )


def plain(phrase: str) -> str:
    """Return a phrase as its words stand in a message."""
    return " ".join(text.words(phrase))


def _tables(
    document: dict[str, Any], key: str, reader: _Reader
) -> list[tuple[str, dict[str, Any]]]:
    tables = []
    for name, table in document.get(key, {}).items():
        if isinstance(table, dict):
            tables.append((name, table))
        else:
            reader.complain((key, name), f"is {table!r}; wanted a table")
    return tables


def _routes(tables: list[dict[str, Any]], reader: _Reader) -> dict[str, GuideRoute]:
    found: dict[str, GuideRoute] = {}
    for number, table in enumerate(tables, 1):
        place = ("route", str(number))
        keys = ("id", "channel", "group", "value", "same_as", "label", "hours", "when", "note")
        reader.keys(table, keys, place)
        reader.required(table, ("id", "channel", "label"), place)
        reader.note_facts(table, place)
        name = reader.value(table, "id", str, place)
        channel = reader.value(table, "channel", str, place)
        reader.reference(channel, CHANNELS, "channel", (*place, "channel"))
        value = reader.value(table, "value", str, place)
        if same := reader.value(table, "same_as", str, place):
            reader.reference(same, found, "route above", (*place, "same_as"))
            value = found[same].route.value if same in found else ""
        elif not value:
            reader.complain(place, "has no 'value'; wanted the number, address or site")
        if name in found:
            reader.complain(place, f"has the id {name!r} of another route; wanted one of its own")
        when = {k: str(v) for k, v in reader.value(table, "when", dict, place).items()}
        route = Route(
            channel,
            value,
            reader.value(table, "label", str, place),
            reader.value(table, "hours", str, place),
            MappingProxyType(when),
        )
        group = reader.value(table, "group", str, place) or channel
        found[name] = GuideRoute(name, group, route, reader.value(table, "note", str, place))
    return found


def _slot(name: str, table: dict[str, Any], reader: _Reader) -> Slot:
    place = ("slot", name)
    plain_keys = (
        "type",
        "label",
        "ask",
        "again",
        "assume",
        "default",
        "about",
        "home_country",
        "home",
        "away",
    )
    reader.keys(table, (*plain_keys, "after", "choice"), place)
    reader.required(table, ("type", "label"), place)
    values = {key: reader.value(table, key, str, place) for key in plain_keys}
    reader.reference(values["type"], SLOT_TYPES, "type of slot", (*place, "type"))
    choices = tuple(
        _choice(t, reader, (*place, "choice")) for t in reader.value(table, "choice", list, place)
    )
    known = [choice.value for choice in choices]
    for key in ("assume", "default", "home", "away"):
        if values[key]:
            reader.reference(values[key], known, "choice of this slot", (*place, key))
    if values["type"] in ("choice", "place") and not choices:
        reader.complain(place, "has no choices; wanted one [[slot.NAME.choice]] for each value")
    after = tuple(plain(phrase) for phrase in reader.texts(table, "after", place))
    return Slot(name=name, after=after, choices=choices, **values)


def _choice(table: dict[str, Any], reader: _Reader, place: tuple[str, ...]) -> Choice:
    reader.keys(table, ("value", "label", "words", "short"), place)
    reader.required(table, ("value", "label"), place)
    return Choice(
        reader.value(table, "value", str, place),
        reader.value(table, "label", str, place),
        tuple(plain(phrase) for phrase in reader.texts(table, "words", place)),
        tuple(plain(phrase) for phrase in reader.texts(table, "short", place)),
    )


def _topic(name: str, table: dict[str, Any], faqs: list[Faq], reader: _Reader) -> Topic:
    place = ("topic", name)
    texts = ("title", "answer", "offer", "lead", "urgent_lead", "urgent_answer", "tip")
    lists = ("routes", "needs", "fills", "ready", "list", "next")
    flags = ("urgent", "answer_first", "without_card", "after_code")
    reader.keys(table, (*texts, *lists, *flags, "sets", "urgent_when"), place)
    reader.required(table, ("title", "answer"), place)
    reader.note_facts(table, place)
    values: dict[str, Any] = {key: reader.value(table, key, str, place) for key in texts}
    values |= {key: reader.texts(table, key, place) for key in lists}
    values |= {key: reader.value(table, key, bool, place) for key in flags}
    urgent_when = frozenset(plain(p) for p in reader.texts(table, "urgent_when", place))
    sets = {k: str(v) for k, v in reader.value(table, "sets", dict, place).items()}
    return Topic(id=name, sets=sets, urgent_when=urgent_when, faqs=tuple(faqs), **values)


def _faq(table: dict[str, Any], reader: _Reader, place: tuple[str, ...]) -> Faq:
    reader.keys(table, ("topic", "words", "answer", "routes", "with_phone"), place)
    reader.required(table, ("topic", "words", "answer"), place)
    reader.note_facts(table, place)
    words = [word for entry in reader.texts(table, "words", place) for word in text.words(entry)]
    return Faq(
        reader.value(table, "answer", str, place),
        frozenset(text.stems(words)),
        reader.texts(table, "routes", place),
        reader.value(table, "with_phone", bool, place),
    )


def _say(name: str, table: dict[str, Any], reader: _Reader) -> Say:
    place = ("say", name)
    reader.keys(table, ("text", "next"), place)
    reader.required(table, ("text",), place)
    return Say(reader.value(table, "text", str, place), reader.texts(table, "next", place))


def _item(name: str, table: dict[str, Any], reader: _Reader) -> Item:
    place = ("checklist", name)
    reader.keys(table, ("text", "short"), place)
    reader.required(table, ("text",), place)
    reader.note_facts(table, place)
    whole = reader.value(table, "text", str, place)
    return Item(whole, reader.value(table, "short", str, place) or whole)


def _check(guide: Guide, reader: _Reader) -> None:
    """Check that every name in the guide leads somewhere."""
    groups = {*guide.routes, *(route.group for route in guide.routes.values())}
    if not guide.person:
        reader.complain(
            ("person",), "is missing; wanted the routes to a person, for example ['phone']"
        )
    for name in guide.person:
        reader.reference(name, groups, "route", ("person",))
    for name, route in guide.routes.items():
        for slot, value in route.route.conditions.items():
            place = ("route", name, "when")
            reader.reference(slot, guide.slots, "slot", place)
            if slot in guide.slots:
                values = [choice.value for choice in guide.slots[slot].choices]
                reader.reference(value, values, f"choice of {slot}", place)
        if route.note:
            reader.reference(route.note, guide.phrases, "phrase", ("route", name, "note"))
    for name, say in guide.says.items():
        _check_references(say.next, guide.topics, "topic", ("say", name, "next"), reader)
    for name, topic in guide.topics.items():
        _check_topic(name, topic, guide, groups, reader)


def _check_references(
    names: Iterable[str], known: Iterable[str], what: str, place: tuple[str, ...], reader: _Reader
) -> None:
    known = list(known)
    for name in names:
        reader.reference(name, known, what, place)


def _check_topic(name: str, topic: Topic, guide: Guide, groups: set[str], reader: _Reader) -> None:
    place = ("topic", name)
    _check_references(topic.routes, groups, "route", (*place, "routes"), reader)
    _check_references(topic.next, guide.topics, "topic", (*place, "next"), reader)
    _check_references(
        (*topic.needs, *topic.fills, *topic.sets), guide.slots, "slot", (*place, "needs"), reader
    )
    _check_references(
        (*topic.ready, *topic.list), guide.checklist, "checklist item", (*place, "ready"), reader
    )
    for slot in topic.needs:
        if slot in guide.slots and not guide.slots[slot].ask:
            reader.complain((*place, "needs"), f"needs {slot!r}, which has no question ('ask')")
    for faq in topic.faqs:
        _check_references(faq.routes, groups, "route", (*place, "faq", "routes"), reader)
        _check_references(
            _PLACEHOLDER.findall(faq.answer), guide.routes, "route", (*place, "faq"), reader
        )
    for written in (topic.answer, topic.urgent_answer, topic.tip):
        _check_references(_PLACEHOLDER.findall(written), guide.routes, "route", place, reader)
    if PHONE in topic.routes and not topic.lead:
        reader.complain(
            place, "has a phone route but no 'lead'; wanted the words before the number"
        )
