"""Findings about a guide: `file: where: what is wrong; what was wanted; did you mean ...`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bot.guide import PHONE, Guide, GuideRoute, Topic

DEFAULTS = Path(__file__).with_name("defaults.toml")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
TYPE_NAMES = {str: "a text in quotes", bool: "true or false", list: "a list [...]", dict: "a table"}


@dataclass
class Findings:
    """Collects findings while the tables are turned into nouns."""

    problems: list[str] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=dict)
    origin: dict[tuple[str, ...], str] = field(default_factory=dict)

    def complain(self, place: tuple[str, ...], what: str) -> None:
        """Note what is wrong at a place, under the name of the file it stands in."""
        file = next(
            (self.origin[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.origin),
            "guide",
        )
        self.problems.append(f"{file}: {'.'.join(place)}: {what}")

    def value(self, table: Mapping[str, Any], key: str, kind: type, place: tuple[str, ...]) -> Any:
        """Return table[key] if it is of the kind, else complain and return an empty one."""
        found = table.get(key, kind())
        if not isinstance(found, kind):
            self.complain((*place, key), f"is {found!r}; wanted {TYPE_NAMES[kind]}")
            return kind()
        return found

    def texts(self, table: Mapping[str, Any], key: str, place: tuple[str, ...]) -> tuple[str, ...]:
        """Return table[key] if it is a list of texts, else complain and return none."""
        found = self.value(table, key, list, place)
        if not all(isinstance(entry, str) for entry in found):
            self.complain((*place, key), "holds something that is not text; wanted texts only")
            return ()
        return tuple(found)

    def tables(
        self, table: Mapping[str, Any], key: str, place: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        """Return table[key] if it is a list of tables, else complain and return none."""
        found = self.value(table, key, list, place)
        if not all(isinstance(entry, dict) for entry in found):
            wanted = f"[[{'.'.join(place)}.{key}]] tables"
            self.complain((*place, key), f"holds something else; wanted {wanted}")
            return []
        return list(found)

    def keys(
        self, table: Mapping[str, Any], allowed: Iterable[str], place: tuple[str, ...]
    ) -> None:
        """Complain about every key that is not allowed."""
        names = [*allowed, "facts"]
        for key in table:
            if key not in names:
                self.complain((*place, key), "is not a key I know" + hint(key, names))

    def required(
        self, table: Mapping[str, Any], keys: Iterable[str], place: tuple[str, ...]
    ) -> None:
        """Complain about every key that is missing or empty."""
        for key in keys:
            if not table.get(key):
                self.complain(place, f"has no {key!r}; wanted a text")

    def reference(self, name: str, known: Iterable[str], what: str, place: tuple[str, ...]) -> None:
        """Complain unless a name is known."""
        names = list(known)
        if name not in names:
            self.complain(place, f"names {name!r}, which is no {what}{hint(name, names)}")

    def note_facts(self, table: Mapping[str, Any], place: tuple[str, ...]) -> None:
        """Note where each fact of a table is stated."""
        for fact in self.texts(table, "facts", place):
            self.facts.setdefault(fact, []).append(".".join(place))


def hint(name: str, names: Iterable[str]) -> str:
    """Return '; did you mean ...', or what there is to choose from."""
    names = sorted(set(names))
    close = get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; wanted one of: {', '.join(names[:12])}"


def placeholders(phrases: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the names in braces of each phrase: of the defaults, what the program fills in."""
    return {name: tuple(_PLACEHOLDER.findall(str(text))) for name, text in phrases.items()}


def check(guide: Guide, findings: Findings, own: Mapping[str, Iterable[str]]) -> None:
    """Check that every name in the guide leads somewhere.

    `own`: the names that the program itself fills in, by phrase.
    """
    look = _Checker(guide, findings)
    if not guide.person:
        findings.complain(
            ("person",), "is missing; wanted the routes to a person, for example ['phone']"
        )
    look.routes(guide.person, ("person",))
    look.braces(guide.caveat, ("caveat",))
    if not guide.title:
        findings.complain(("title",), "is missing; wanted whom the guide is for, in a few words")
    for name, route in guide.routes.items():
        look.conditions(name, route)
    for name, say in guide.says.items():
        look.names(say.next, guide.topics, "topic", ("say", name, "next"))
        look.braces(say.text + say.aside + say.after, ("say", name))
    for name, phrase in guide.phrases.items():
        look.braces(phrase, ("phrase", name), own.get(name, ()))
    for name, slot in guide.slots.items():
        look.braces(slot.ask + slot.again, ("slot", name, "ask"))
    for name, item in guide.checklist.items():
        look.braces(item.text + item.short, ("checklist", name))
    look.names(guide.sheet["ready"], guide.checklist, "checklist item", ("sheet", "ready"))
    for name, topic in guide.topics.items():
        look.topic(name, topic)


class _Checker:
    """Compares the names in a guide with what it holds."""

    def __init__(self, guide: Guide, findings: Findings) -> None:
        self._guide = guide
        self._findings = findings
        self._groups = {*guide.routes, *(route.group for route in guide.routes.values())}

    def names(
        self, names: Iterable[str], known: Iterable[str], what: str, place: tuple[str, ...]
    ) -> None:
        known = list(known)
        for name in names:
            self._findings.reference(name, known, what, place)

    def routes(self, names: Iterable[str], place: tuple[str, ...]) -> None:
        self.names(names, self._groups, "route", place)

    def braces(self, written: str, place: tuple[str, ...], own: Iterable[str] = ()) -> None:
        """Check that every {name} in a text is a route, or one that the program fills in."""
        self.names(_PLACEHOLDER.findall(written), [*self._guide.routes, *own], "route", place)

    def conditions(self, name: str, route: GuideRoute) -> None:
        slots = self._guide.slots
        for slot, value in route.route.conditions.items():
            place = ("route", name, "when")
            self._findings.reference(slot, slots, "slot", place)
            if slot in slots:
                values = [choice.value for choice in slots[slot].choices]
                self._findings.reference(value, values, f"choice of {slot}", place)
        if route.note:
            place = ("route", name, "note")
            self._findings.reference(route.note, self._guide.phrases, "phrase", place)

    def topic(self, name: str, topic: Topic) -> None:
        guide, place = self._guide, ("topic", name)
        self.routes(topic.routes, (*place, "routes"))
        self.names(
            (*topic.next, *filter(None, [topic.otherwise])), guide.topics, "topic", (*place, "next")
        )
        self.names(
            (*topic.needs, *topic.fills, *topic.sets), guide.slots, "slot", (*place, "needs")
        )
        self.names(
            (*topic.ready, *topic.list), guide.checklist, "checklist item", (*place, "ready")
        )
        after = guide.topics.get(topic.otherwise)
        if after is not None and (after is topic or after.otherwise):
            self._findings.complain(
                (*place, "otherwise"),
                f"names {after.id!r}, which leads on itself; wanted a topic without 'otherwise'",
            )
        for slot, value in topic.sets.items():
            values = (
                [choice.value for choice in guide.slots[slot].choices]
                if slot in guide.slots
                else []
            )
            self._findings.reference(value, values, f"choice of {slot}", (*place, "sets"))
        for slot in topic.needs:
            if slot in guide.slots and not guide.slots[slot].ask:
                self._findings.complain(
                    (*place, "needs"), f"needs {slot!r}, which has no question ('ask')"
                )
        texts = (topic.title, topic.offer, topic.opening, topic.answer, topic.urgent_answer)
        for text_ in (*texts, topic.tip, topic.lead, topic.urgent_lead, topic.over):
            self.braces(text_, place)
        if PHONE in topic.routes and not topic.lead:
            self._findings.complain(
                place, "has a phone route but no 'lead'; wanted the words before the number"
            )
        for faq in topic.faqs:
            self.routes(faq.routes, ("faq", str(faq.number), "routes"))
            self.braces(faq.answer, ("faq", str(faq.number), "answer"))
