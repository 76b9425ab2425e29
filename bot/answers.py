"""Wording: turns a decision into plain text and into Markdown, from the guide's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.decision import CALM, Decision
from bot.guide import PHONE, Guide, GuideRoute, Topic
from bot.markup import escaped
from bot.messages import Reply, Route, Understanding
from bot.session import Session

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass
class _Writer:
    """Collects the lines of one reply, and the routes that they name."""

    guide: Guide
    lines: list[str]
    """With route values between two NUL characters, to be set off in Markdown."""
    named: dict[str, Route]
    """By value."""
    pending: list[tuple[str, dict[str, str]]]
    """Lines to say first, or after the number where that cannot wait."""

    def settle(self) -> None:
        """Say what is pending."""
        waiting, self.pending = self.pending, []
        for written, values in waiting:
            self.say(written, **values)

    def say(self, written: str, **values: str) -> None:
        """Add a line; names in braces become the value given or that of the route."""
        if "{" in written:
            written = _PLACEHOLDER.sub(lambda m: self._fill(m.group(1), values), written)
        if written:
            self.lines.append(written)

    def _fill(self, name: str, values: dict[str, str]) -> str:
        if name in values:
            return values[name]
        route = self.guide.routes[name].route
        self.name(route)
        return _set_off(route.value)

    def name(self, route: Route) -> None:
        """Note that the text names a route; the first note of a value counts."""
        self.named.setdefault(route.value, route)

    def phone(self, lead: str, routes: list[GuideRoute], *, urgent: bool = False) -> None:
        """Add the phone numbers: one in the line, or two where it is urgent; several below it."""
        for route in routes:
            self.name(route.route)
        rows = [f"{_set_off(r.route.value)} ({r.route.label})" for r in routes]
        if urgent and len(rows) == 2:
            both = self.guide.phrases["two_numbers"]
            rows = [both.replace("{first}", rows[0]).replace("{second}", rows[1])]
        if len(rows) == 1:
            self.say(f"{lead}: {rows[0]}.")
        elif rows:
            self.say(f"{lead}:")
            self.lines += [f"- {row}" for row in rows]


def _set_off(value: str) -> str:
    return f"\0{value}\0"


def _typed(value: str) -> str:
    """Mark what a person typed."""
    return f"\1{_CONTROL.sub('', value)}\1"


_TYPED = re.compile("\1([^\1]*)\1")
_CONTROL = re.compile(r"[\0-\x1f]")


def word(decision: Decision, heard: Understanding, session: Session, guide: Guide) -> Reply:
    """Return the reply to one message: `session` is the state after it."""
    writer = _Writer(guide, [], {}, _first(decision, session, guide))
    if not decision.urgent:
        writer.settle()
    _BODY[decision.act](writer, decision, session)
    writer.settle()
    _last(writer, decision, session)
    marked = "\n".join(writer.lines)
    classification = heard.classification
    return Reply(
        text=marked.replace("\0", "").replace("\1", ""),
        markdown=_markdown(marked),
        intent=decision.intent,
        confidence=classification.confidence,
        zone=classification.zone,
        asks=decision.asks,
        slots=dict(session.slots),
        routes=tuple(writer.named.values()),
        suggestions=_suggestions(decision, guide),
    )


def _first(decision: Decision, session: Session, guide: Guide) -> list[tuple[str, dict[str, str]]]:
    """Return the notes of a reply, and the details that it confirms."""
    lines: list[tuple[str, dict[str, str]]] = [(guide.phrases[n], {}) for n in decision.notes]
    noted = [name for name in decision.noted if name in session.slots]
    if not noted:
        return lines
    topic = guide.topics.get(session.topic)
    sheet = [name for name in noted if topic is not None and name in topic.fills]
    for phrase, names in (
        ("known", [name for name in noted if name not in sheet]),
        ("sheet_noted", sheet),
    ):
        if names:
            told = [guide.slots[name].label_of(session.slots[name]) for name in names]
            told[-1] = told[-1].rstrip(".")  # it would stand beside the sentence's own
            lines.append((guide.phrases[phrase], {"details": _listed([*map(_typed, told)])}))
    return lines


def _last(writer: _Writer, decision: Decision, session: Session) -> None:
    """Add what a reply ends with: an offer, the second wish, the question."""
    guide = writer.guide
    if decision.beside:
        writer.say(guide.acts[decision.beside].answer)
    if decision.offer and decision.act == "answer":
        writer.say(guide.phrases["sheet_offer"], details=_labels(decision.offer, guide))
    if decision.person:
        writer.say(guide.phrases.get(decision.saying, ""))
        _ways(writer, decision.person, session)
        if decision.caveat:
            writer.say(guide.caveat)
    if decision.later:
        name = "later_then" if decision.asks else "later"
        titles = [guide.topics[later].title for later in decision.later]
        writer.say(guide.phrases[name], topic=_listed(titles if decision.asks else titles[:1]))
    if decision.asks:
        slot = guide.slots[decision.asks]
        question = (decision.again and slot.again) or slot.ask
        if decision.unclear:
            place = _typed(decision.unclear.rstrip("."))
            question = guide.phrases["unclear"].replace("{place}", place) + " " + question
        writer.say(question)


def _labels(names: Iterable[str], guide: Guide) -> str:
    return _listed([guide.slots[name].label for name in names])


def _markdown(marked: str) -> str:
    """Set off the routes, and make single line ends hard ones."""
    if "\1" in marked:
        marked = _TYPED.sub(lambda match: escaped(match[1]), marked)
    lines = marked.replace("\0", "**").split("\n")
    out = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        listed = line.startswith(("- ", "1. ", "2. "))
        if listed and not following.startswith(("- ", "1. ", "2. ")):
            out.append(f"{line}\n")
        else:
            out.append(line if listed or not following else f"{line}  ")
        if following.startswith(("- ", "1. ")) and not listed:
            out.append("")
    return "\n".join(out).strip()


def _answer(writer: _Writer, decision: Decision, session: Session) -> None:
    guide = writer.guide
    topic = guide.topics[decision.intent]
    if decision.guess:
        writer.say(guide.phrases["guess"], topic=topic.title)
    phones = [route for route in decision.routes if route.route.channel == PHONE]
    if decision.brief:
        lead = (decision.urgent and topic.urgent_lead) or topic.lead
        writer.phone(lead, phones, urgent=decision.urgent)
        writer.settle()
        _notes(writer, decision, phones)
    elif PHONE in topic.routes[:1] and not phones and decision.faq is None and not decision.asks:
        writer.say(guide.phrases["no_number"])
    else:
        _advice(writer, decision, topic, phones)
    if decision.guess:
        writer.say(guide.phrases["other_guess"], topic=guide.topics[decision.guess].title)


def _advice(writer: _Writer, decision: Decision, topic: Topic, phones: list[GuideRoute]) -> None:
    guide = writer.guide
    faq = topic.faqs[decision.faq] if decision.faq is not None else None
    with_phone = faq is None or faq.with_phone
    first = decision.urgent or (topic.routes[:1] == (PHONE,) and not topic.answer_first)
    lead = (decision.urgent and topic.urgent_lead) or topic.lead
    if with_phone and first:
        writer.phone(lead, phones, urgent=decision.urgent)
    writer.settle()
    main = (decision.urgent and topic.urgent_answer) or topic.answer
    writer.say(faq.answer if faq else main)
    for name in topic.list if faq is None else ():
        writer.say(f"- {guide.checklist[name].text}")
    if with_phone and not first:
        writer.phone(lead, phones)
    for route in decision.routes:
        writer.name(route.route)
    if faq is None and topic.ready:
        items = "; ".join(guide.checklist[name].short for name in topic.ready)
        writer.say(guide.phrases["ready"].replace("{items}", items))
    if faq is None and topic.tip:
        writer.say(guide.phrases["tip"].replace("{tip}", topic.tip))
    _notes(writer, decision, phones if with_phone else [])


def _notes(writer: _Writer, decision: Decision, routes: Iterable[GuideRoute]) -> None:
    """Add what belongs with the numbers: to whom they apply, and what overrules them."""
    for note in dict.fromkeys(route.note for route in routes if route.note):
        writer.say(writer.guide.phrases[note])
    if decision.caveat and not decision.person:
        writer.say(writer.guide.caveat)


def _person(writer: _Writer, decision: Decision, session: Session) -> None:
    phrases = writer.guide.phrases
    if decision.act == "unanswered":
        writer.say(phrases["unanswered"], topic=decision.intent.replace("_", " "))
    elif decision.saying:
        writer.say(phrases[decision.saying])
    tip = phrases["person_tip"] if decision.saying in CALM else ""
    _ways(writer, decision.routes, session, tip)
    if decision.caveat:
        writer.say(writer.guide.caveat)
    if decision.guess:
        writer.say(
            writer.guide.phrases["other_guess"], topic=writer.guide.topics[decision.guess].title
        )


def _ways(writer: _Writer, routes: Iterable[GuideRoute], session: Session, tip: str = "") -> None:
    """Name the ways to a person, what else there is, and to whom they apply."""
    phrases, routes = writer.guide.phrases, list(routes)
    phones = [route for route in routes if route.route.channel == PHONE]
    writer.phone(phrases["person_lead"], phones)
    writer.say(tip)
    known = {*session.slots, *writer.guide.defaults}
    if not all(known.issuperset(route.route.conditions) for route in phones):
        writer.say(phrases["other_cases"])
    for route in routes:
        if route not in phones:
            writer.name(route.route)
            writer.lines.append(f"{_set_off(route.route.value)}: {route.route.label}.")
    for note in dict.fromkeys(route.note for route in phones if route.note):
        writer.say(phrases[note])


def _clarify(writer: _Writer, decision: Decision, session: Session) -> None:
    first, second = (writer.guide.topics[name].title for name in decision.options)
    writer.say(writer.guide.phrases["clarify"], first=first, second=second)


def _over(writer: _Writer, decision: Decision, session: Session) -> None:
    writer.say(writer.guide.topics[decision.intent].over)


def _say(writer: _Writer, decision: Decision, session: Session) -> None:
    guide = writer.guide
    says = guide.says.get(decision.saying)
    if says is None:
        told = _labels(decision.offer, guide)
        writer.say(guide.phrases[decision.saying], details=told)
    else:
        later = says.after if session.topic else ""
        writer.say((decision.asks and says.aside) or later or says.text)


def _aside(writer: _Writer, decision: Decision, session: Session) -> None:
    told, topic = writer.guide.acts[decision.saying], writer.guide.topics.get(decision.intent)
    opening = topic.opening if topic is not None else ""
    if opening and told.with_opening:
        writer.say(told.with_opening, opening=opening)
    elif session.no_phone and told.without_phone:
        writer.say(told.without_phone)
    else:
        writer.say(told.after_phone if decision.brief else told.answer)


_BODY: dict[str, Callable[[_Writer, Decision, Session], None]] = {
    "answer": _answer,
    "ask": lambda writer, decision, session: None,
    "clarify": _clarify,
    "unknown": _person,
    "unanswered": _person,
    "person": _person,
    "over": _over,
    "say": _say,
    "aside": _aside,
}


def _listed(items: list[str]) -> str:
    """Return 'a, b and c'."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _suggestions(decision: Decision, guide: Guide) -> tuple[str, ...]:
    if decision.asks:
        return tuple(choice.label for choice in guide.slots[decision.asks].choices)
    if decision.options:
        names: tuple[str, ...] = decision.options
    elif decision.later:
        names = decision.later[:1]
    elif decision.guess:
        names = (decision.guess,)
    elif decision.act in ("answer", "over"):
        names = guide.topics[decision.intent].next
    else:
        names = guide.says[decision.saying].next if decision.saying in guide.says else ()
    return tuple(guide.topics[name].offer for name in names if guide.topics[name].offer)
