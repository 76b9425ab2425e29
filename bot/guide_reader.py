"""Reads the guide's TOML and checks all of it: `file: where: what; wanted; did you mean`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot import text
from bot.act_answers import ActAnswer
from bot.errors import GuideError
from bot.guide import Choice, Faq, Guide, GuideRoute, Item, Say, Slot, Topic
from bot.guide_check import DEFAULTS, TYPE_NAMES, Findings, check, hint, placeholders
from bot.messages import Route
from bot.phrases import LEFT_OVER, Phrases, written_out

SLOT_TYPES = ("choice", "place", "date", "amount", "name", "reference")
CHANNELS = ("phone", "chat", "mail", "app", "web", "social")
_KINDS: dict[str, type] = {
    **dict.fromkeys(("title", "caveat"), str),
    "person": list,
    **dict.fromkeys(("route", "faq"), list),
    **dict.fromkeys(("slot", "topic", "say", "act", "phrase", "words", "checklist", "sheet"), dict),
}
"""What may stand at the top of a file of the guide."""


def read(folder: Path) -> Guide:
    """Return the guide in `folder`; raises GuideError with all findings."""
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not files:
        raise GuideError(
            [f"{folder}: holds no .toml file; wanted a guide (make a home with: bot new DIR)"]
        )
    reader = Findings()
    document: dict[str, Any] = {}
    blobs = []
    own: dict[str, tuple[str, ...]] = {}
    for path in [DEFAULTS, *files]:
        blob, table = _parse(path, reader)
        if path == DEFAULTS:
            own = placeholders(table.get("phrase", {}))
        blobs.append(blob)
        _merge(document, table, path, reader)
    if reader.problems:
        raise GuideError(reader.problems)
    guide = _build(document, reader, sha256(b"\0".join(blobs)).hexdigest()[:16])
    check(guide, reader, own)
    if reader.problems:
        raise GuideError(reader.problems)
    return guide


def _parse(path: Path, reader: Findings) -> tuple[bytes, dict[str, Any]]:
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


def _merge(document: dict[str, Any], table: dict[str, Any], path: Path, reader: Findings) -> None:
    """Lay the tables of one file over the others; only the defaults may be replaced."""
    for key, value in table.items():
        if key not in _KINDS:
            reader.problems.append(f"{path}: {key}: is not a key I know{hint(key, _KINDS)}")
        elif not isinstance(value, _KINDS[key]):
            wanted = f"[[{key}]] tables" if key in ("route", "faq") else TYPE_NAMES[_KINDS[key]]
            reader.problems.append(f"{path}: {key}: is {value!r}; wanted {wanted}")
        elif isinstance(value, dict):
            _merge_table(document.setdefault(key, {}), key, value, path, reader)
        elif isinstance(value, list) and key != "person":
            _merge_rows(document.setdefault(key, []), key, value, path, reader)
        else:
            document[key] = value
            reader.origin[(key,)] = str(path)


def _merge_rows(held: list[Any], key: str, rows: list[Any], path: Path, reader: Findings) -> None:
    for row in rows:
        if isinstance(row, dict):
            held.append(row)
            reader.origin[(key, str(len(held)))] = str(path)
            reader.origin.setdefault((key, str(row.get("id", ""))), str(path))
        else:
            reader.problems.append(f"{path}: {key}: holds {row!r}; wanted [[{key}]] tables")


def _merge_table(
    held: dict[str, Any], key: str, value: dict[str, Any], path: Path, reader: Findings
) -> None:
    kinds = {"phrase": str, "words": list, "sheet": list}
    for name, entry in value.items():
        before = reader.origin.get((key, name))
        if before and before != str(DEFAULTS):
            reader.problems.append(f"{path}: {key}.{name}: stands in {before} already; keep one")
        kind = kinds.get(key, dict)
        if not isinstance(entry, kind):
            reader.problems.append(f"{path}: {key}.{name}: is {entry!r}; wanted {TYPE_NAMES[kind]}")
            continue
        held[name] = entry
        reader.origin[(key, name)] = str(path)


def _build(document: dict[str, Any], reader: Findings, fingerprint: str) -> Guide:
    faqs: dict[str, list[Faq]] = {}
    for number, table in enumerate(document.get("faq", []), 1):
        place = ("faq", str(number))
        topic = reader.value(table, "topic", str, place)
        reader.reference(topic, document.get("topic", {}), "topic", place)
        also = reader.texts(table, "also", place)
        for name in also:
            reader.reference(name, document.get("topic", {}), "topic", (*place, "also"))
        faq = _faq(table, reader, place)
        for name in (topic, *also):
            faqs.setdefault(name, []).append(faq)
    return Guide(
        title=reader.value(document, "title", str, ()),
        caveat=reader.value(document, "caveat", str, ()),
        person=reader.texts(document, "person", ()),
        routes=_routes(document.get("route", []), reader),
        slots={n: _slot(n, t, reader) for n, t in document.get("slot", {}).items()},
        topics={
            n: _topic(n, t, faqs.get(n, []), reader) for n, t in document.get("topic", {}).items()
        },
        says={n: _say(n, t, reader) for n, t in document["say"].items()},
        acts={n: ActAnswer.read(n, t, reader) for n, t in document.get("act", {}).items()},
        phrases=dict(document["phrase"]),
        words={
            n: frozenset(
                plain(one)
                for word in reader.texts(document["words"], n, ("words",))
                for one in written_out(word)
            )
            for n in document.get("words", {})
        },
        checklist={n: _item(n, t, reader) for n, t in document.get("checklist", {}).items()},
        sheet={n: reader.texts(document["sheet"], n, ("sheet",)) for n in document["sheet"]},
        facts={k: tuple(v) for k, v in reader.facts.items()},
        fingerprint=fingerprint,
    )


def _plain(phrases: Iterable[str], findings: Findings, place: tuple[str, ...]) -> tuple[str, ...]:
    """Return phrases as their words stand in a message; complain about one without a word."""
    written = [each for phrase in phrases for each in written_out(phrase)]
    if broken := next((phrase for phrase in written if not LEFT_OVER.isdisjoint(phrase)), None):
        findings.complain(
            place, f"is {broken!r}; wanted pairs such as '(a|b)' or '[a]', not nested"
        )
    found = tuple(plain(phrase) for phrase in written)
    if "" in found:
        findings.complain(place, "holds a phrase without a word; wanted letters or digits")
    return tuple(phrase for phrase in found if phrase)


def plain(phrase: str) -> str:
    """Return a phrase as its words stand in a message."""
    if " " not in phrase:  # as most are
        return _plain_word(phrase)
    return " ".join(filter(None, map(_plain_word, phrase.split())))


@lru_cache(maxsize=4_000)
def _plain_word(word: str) -> str:
    return " ".join(text.words(word))


def _routes(tables: list[dict[str, Any]], reader: Findings) -> dict[str, GuideRoute]:
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
            when,
        )
        group = reader.value(table, "group", str, place) or channel
        found[name] = GuideRoute(name, group, route, reader.value(table, "note", str, place))
    return found


def _slot(name: str, table: dict[str, Any], reader: Findings) -> Slot:
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
    lists = ("things", "after", "near", "by", "of", "never")
    reader.keys(table, (*plain_keys, *lists, "choice"), place)
    reader.required(table, ("type", "label"), place)
    values: dict[str, Any] = {key: reader.value(table, key, str, place) for key in plain_keys}
    reader.reference(values["type"], SLOT_TYPES, "type of slot", (*place, "type"))
    choices = tuple(
        _choice(t, reader, (*place, "choice")) for t in reader.tables(table, "choice", place)
    )
    known = [choice.value for choice in choices]
    for key in ("assume", "default", "home", "away"):
        if values[key]:
            reader.reference(values[key], known, "choice of this slot", (*place, key))
    if values["type"] in ("choice", "place") and not choices:
        reader.complain(place, "has no choices; wanted one [[slot.NAME.choice]] for each value")
    values |= {k: _plain(reader.texts(table, k, place), reader, (*place, k)) for k in lists}
    return Slot(name=name, choices=choices, **values)


def _choice(table: dict[str, Any], reader: Findings, place: tuple[str, ...]) -> Choice:
    reader.keys(table, ("value", "label", "words", "short", "alone"), place)
    reader.required(table, ("value", "label"), place)
    return Choice(
        reader.value(table, "value", str, place),
        reader.value(table, "label", str, place),
        _plain(reader.texts(table, "words", place), reader, (*place, "words")),
        _plain(reader.texts(table, "short", place), reader, (*place, "short")),
        _plain(reader.texts(table, "alone", place), reader, (*place, "alone")),
    )


def _topic(name: str, table: dict[str, Any], faqs: list[Faq], reader: Findings) -> Topic:
    place = ("topic", name)
    texts = (
        "title",
        "answer",
        "offer",
        "lead",
        "urgent_lead",
        "urgent_answer",
        "tip",
        "otherwise",
        "opening",
        "over",
    )
    lists = ("routes", "needs", "fills", "ready", "list", "next")
    flags = ("urgent", "advice_first", "answer_first", "without_card", "after_code")
    phrases = ("urgent_when", "over_when", "not_when")
    reader.keys(table, (*texts, *lists, *flags, "sets", *phrases), place)
    reader.required(table, ("title", "answer"), place)
    reader.note_facts(table, place)
    values: dict[str, Any] = {key: reader.value(table, key, str, place) for key in texts}
    values |= {key: reader.texts(table, key, place) for key in lists}
    values |= {key: reader.value(table, key, bool, place) for key in flags}
    values |= {
        key: frozenset(_plain(reader.texts(table, key, place), reader, (*place, key)))
        for key in phrases
    }
    if bool(values["over_when"]) != bool(values["over"]):
        reader.complain(place, "has only one of 'over' and 'over_when'; wanted both or none")
    sets = {k: str(v) for k, v in reader.value(table, "sets", dict, place).items()}
    narrower = _index(faqs)
    return Topic(id=name, sets=sets, faqs=tuple(faqs), narrower=narrower, **values)


def _faq(table: dict[str, Any], reader: Findings, place: tuple[str, ...]) -> Faq:
    known = ("topic", "also", "words", "case", "act", "answer", "routes", "with_phone", "person")
    reader.keys(table, known, place)
    pointing = next((key for key in ("case", "act") if table.get(key)), "words")
    reader.required(table, ("topic", pointing, "answer"), place)
    reader.note_facts(table, place)
    phrases = [text.words(entry) for entry in reader.texts(table, "words", place)]
    return Faq(
        reader.value(table, "answer", str, place),
        frozenset(" ".join(text.stems(phrase)) for phrase in phrases),
        reader.texts(table, "routes", place),
        reader.value(table, "with_phone", bool, place),
        reader.value(table, "person", bool, place),
        int(place[1]),
        reader.value(table, "case", str, place),
        reader.value(table, "act", str, place),
    )


def _say(name: str, table: dict[str, Any], reader: Findings) -> Say:
    place = ("say", name)
    reader.keys(table, ("text", "aside", "after", "next"), place)
    reader.required(table, ("text",), place)
    return Say(
        reader.value(table, "text", str, place),
        reader.value(table, "aside", str, place),
        reader.value(table, "after", str, place),
        reader.texts(table, "next", place),
    )


def _item(name: str, table: dict[str, Any], reader: Findings) -> Item:
    place = ("checklist", name)
    reader.keys(table, ("text", "short", "details"), place)
    reader.required(table, ("text",), place)
    reader.note_facts(table, place)
    whole = reader.value(table, "text", str, place)
    short = reader.value(table, "short", str, place) or whole
    return Item(whole, short, reader.value(table, "details", bool, place))


def _index(faqs: Iterable[Faq]) -> Phrases:
    """Return the stems of FAQ entries, in groups named by their number in the topic."""
    index = Phrases()
    for number, faq in enumerate(faqs):
        index.add_all_alike(sorted(faq.stems), str(number))
    return index
