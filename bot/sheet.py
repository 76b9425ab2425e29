"""The call sheet: one page to have beside the phone, with what the conversation brought up."""

from __future__ import annotations

from collections.abc import Callable

from bot.guide import Guide, Topic
from bot.markup import escaped
from bot.messages import Sheet
from bot.session import Session

_BLANK = "." * 24
_ITEM, _OPEN, _TICKED = "- ", "[ ] ", "[x] "

Quote = Callable[[str], str]
Section = tuple[str, list[tuple[str, str]]]


def write(session: Session, guide: Guide) -> Sheet:
    """Return the call sheet for what a conversation is about; a general one for none."""
    topic = guide.topics.get(session.topic)
    title = guide.phrases["sheet_title"].replace("{topic}", topic.title if topic else guide.title)
    plain, marked = [title], [f"# {title}"]
    for heading, rows in _sections(session, guide, topic, str):
        plain += ["", heading, *(f"{mark}{row}" for mark, row in rows)]
    for heading, rows in _sections(session, guide, topic, escaped):
        boxed = (f"- {mark}{row}" if mark != _ITEM else f"{mark}{row}" for mark, row in rows)
        marked += ["", f"## {heading}", "", *boxed]
    return Sheet("\n".join(plain), "\n".join(marked))


def _sections(session: Session, guide: Guide, topic: Topic | None, quote: Quote) -> list[Section]:
    sections = [
        ("sheet_contact", [(_ITEM, row) for row in _contacts(session, guide, topic)]),
        ("sheet_opening", [(_ITEM, row) for row in _opening(session, guide, topic, quote)]),
        ("sheet_ready", _ready(session, guide, topic, quote)),
        ("sheet_ask", [(_OPEN, question) for question in guide.sheet["ask"]]),
        ("sheet_note", [(_ITEM, f"{label}: {_BLANK}") for label in guide.sheet["note"]]),
    ]
    return [(guide.phrases[name], rows) for name, rows in sections if rows]


def _contacts(session: Session, guide: Guide, topic: Topic | None) -> list[str]:
    routes = guide.resolve(topic.routes if topic else (), session.slots)
    routes = routes or guide.resolve(guide.person, session.slots)
    return [
        f"{route.value} ({route.label}{f'; {route.hours}' if route.hours else ''})"
        for route in (found.route for found in routes)
    ]


def _opening(session: Session, guide: Guide, topic: Topic | None, quote: Quote) -> list[str]:
    """Return the first sentence of the call, and the details that belong to it."""
    if topic is None:
        return []
    first = topic.opening or guide.phrases["sheet_say"].replace("{topic}", topic.title)
    slots = [guide.slots[name] for name in topic.fills if name in session.slots]
    known = [f"{slot.label}: {quote(slot.label_of(session.slots[slot.name]))}" for slot in slots]
    return [first, *known]


def _ready(
    session: Session, guide: Guide, topic: Topic | None, quote: Quote
) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for slot in (guide.slots[name] for name in (topic.fills if topic else ())):
        value = session.slots.get(slot.name)
        told = quote(slot.label_of(value)) if value else _BLANK
        rows.append((_TICKED if value else _OPEN, f"{slot.label}: {told}"))
    items = [guide.checklist[n] for n in (topic.ready if topic else ()) or guide.sheet["ready"]]
    # The details above say one by one what such an item says in all.
    rows += [(_OPEN, item.text) for item in items if not (rows and item.details)]
    return rows
