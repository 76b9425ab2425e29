"""Wording: turns a decision into plain text and into Markdown, from the guide's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.decision import Decision
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
    named: dict[tuple[str, str], Route]

    def say(self, written: str, **values: str) -> None:
        """Add a line; names in braces become the value given or that of the route."""
        if written:
            self.lines.append(_PLACEHOLDER.sub(lambda m: self._fill(m.group(1), values), written))

    def _fill(self, name: str, values: dict[str, str]) -> str:
        if name in values:
            return values[name]
        route = self.guide.routes[name].route
        self.name(route)
        return _set_off(route.value)

    def name(self, route: Route) -> None:
        """Note that the text names a route; the first note of a value counts."""
        if not any(known.value == route.value for known in self.named.values()):
            self.named[(route.channel, route.value)] = route

    def phone(self, lead: str, routes: list[GuideRoute]) -> None:
        """Add the phone numbers: one in the line, several below it."""
        for route in routes:
            self.name(route.route)
        rows = [f"{_set_off(r.route.value)} ({r.route.label})" for r in routes]
        if len(rows) == 1:
            self.say(f"{lead}: {rows[0]}.")
        elif rows:
            self.say(f"{lead}:")
            self.lines += [f"- {row}" for row in rows]


def _set_off(value: str) -> str:
    return f"\0{value}\0"


def _typed(value: str) -> str:
    """Mark what a person typed; a label's own full stop would stand beside the sentence's."""
    return f"\1{_CONTROL.sub('', value).rstrip('.')}\1"


_CONTROL = re.compile(r"[\0-\x1f]")


def word(decision: Decision, heard: Understanding, session: Session, guide: Guide) -> Reply:
    """Return the reply to one message: `session` is the state after it."""
    writer = _Writer(guide, [], {})
    for note in decision.notes:
        writer.say(guide.phrases[note])
    if decision.noted:
        labels = [
            _typed(guide.slots[name].label_of(session.slots[name]))
            for name in decision.noted
            if name in session.slots
        ]
        writer.say(guide.phrases["known"], details=_listed(labels))
    _BODY[decision.act](writer, decision)
    if decision.later:
        name = "later_then" if decision.asks else "later"
        writer.say(guide.phrases[name], topic=guide.topics[decision.later].title)
    if decision.asks:
        slot = guide.slots[decision.asks]
        writer.say((decision.again and slot.again) or slot.ask)
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


def _markdown(marked: str) -> str:
    """Set off the routes, and make single line ends hard ones."""
    marked = re.sub("\1([^\1]*)\1", lambda match: escaped(match[1]), marked)
    lines = re.sub("\0([^\0]*)\0", r"**\1**", marked).split("\n")
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


def _answer(writer: _Writer, decision: Decision) -> None:
    guide = writer.guide
    topic = guide.topics[decision.intent]
    if decision.guess:
        writer.say(guide.phrases["guess"], topic=topic.title)
    phones = [route for route in decision.routes if route.route.channel == PHONE]
    if decision.brief:
        writer.phone((decision.urgent and topic.urgent_lead) or topic.lead, phones)
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
        writer.phone(lead, phones)
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
    if decision.caveat:
        writer.say(writer.guide.caveat)


def _person(writer: _Writer, decision: Decision) -> None:
    phrases = writer.guide.phrases
    if decision.act == "unanswered":
        writer.say(phrases["unanswered"], topic=decision.intent.replace("_", " "))
    else:
        writer.say(phrases[decision.saying])
    phones = [route for route in decision.routes if route.route.channel == PHONE]
    writer.phone(phrases["person_lead"], phones)
    if phones:
        writer.say(phrases["other_cases"])
    for route in decision.routes:
        if route not in phones:
            writer.name(route.route)
            writer.lines.append(f"{_set_off(route.route.value)}: {route.route.label}.")
    _notes(writer, decision, phones)


def _clarify(writer: _Writer, decision: Decision) -> None:
    first, second = (writer.guide.topics[name].title for name in decision.options)
    writer.say(writer.guide.phrases["clarify"], first=first, second=second)


def _say(writer: _Writer, decision: Decision) -> None:
    says = writer.guide.says.get(decision.saying)
    if says is None:
        writer.say(writer.guide.phrases[decision.saying])
    else:
        writer.say((decision.asks and says.aside) or says.text)


_BODY = {
    "answer": _answer,
    "ask": lambda writer, decision: None,
    "clarify": _clarify,
    "unknown": _person,
    "unanswered": _person,
    "say": _say,
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
        names = (decision.later,)
    elif decision.guess:
        names = (decision.guess,)
    elif decision.act == "answer":
        names = guide.topics[decision.intent].next
    else:
        names = guide.says[decision.saying].next if decision.saying in guide.says else ()
    return tuple(guide.topics[name].offer for name in names if guide.topics[name].offer)
