"""The call sheet: one page to have beside the phone, with what the conversation brought up."""

from __future__ import annotations

from collections.abc import Callable

from bot.guide import PHONE, Guide, GuideRoute, Topic
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
    """Return whom to call, where to write, when they are there, and what overrules it."""
    names = sorted(topic.routes if topic else (), key=lambda name: name != PHONE)
    routes = guide.resolve(names or guide.person, session.slots)
    rows = [f"{found.route.value} ({found.route.label})" for found in routes]
    rows += [f"{guide.phrases['sheet_hours']}: {hours}" for hours in _hours(routes)]
    notes = [guide.phrases[name] for name in dict.fromkeys(r.note for r in routes if r.note)]
    on_card = any(found.route.channel == PHONE for found in routes)
    if on_card and guide.caveat and not (topic and topic.without_card):
        notes.append(guide.caveat)
    return rows + [guide.filled(note) for note in notes]


def _hours(routes: tuple[GuideRoute, ...]) -> list[str]:
    return list(dict.fromkeys(found.route.hours for found in routes if found.route.hours))


def _opening(session: Session, guide: Guide, topic: Topic | None, quote: Quote) -> list[str]:
    """Return the first sentence of the call, with the details that are known."""
    if topic is None:
        return []
    first = topic.opening or guide.phrases["sheet_say"].replace("{topic}", topic.title)
    known = []
    for slot in (guide.slots[name] for name in (*topic.needs, *topic.fills)):
        # Where one calls from decides the number, and is nothing to begin a call with.
        if slot.name in session.slots and slot.type != "place":
            told = quote(slot.label_of(session.slots[slot.name]))
            known.append(told if slot.choices else f"{slot.label} {told}")
    return [f"{first.rstrip('.')}: {'; '.join(known)}." if known else first]


def _ready(
    session: Session, guide: Guide, topic: Topic | None, quote: Quote
) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for slot in (guide.slots[name] for name in (topic.fills if topic else ())):
        value = session.slots.get(slot.name)
        told = quote(slot.label_of(value)) if value else _BLANK
        rows.append((_TICKED if value else _OPEN, f"{slot.label}: {told}"))
    # Somebody whose card is gone is not told to have it at hand.
    usual = () if topic and topic.without_card else guide.sheet["ready"]
    names = dict.fromkeys((*(topic.ready if topic else ()), *usual))
    items = [guide.checklist[name] for name in names]
    # The details above say one by one what such an item says in all.
    rows += [(_OPEN, item.text) for item in items if not (rows and item.details)]
    return rows
