"""The guide: what the bot knows, as frozen nouns read from TOML."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot import text
from bot.act_answers import ActAnswer
from bot.messages import Route
from bot.phrases import Phrases

PHONE = "phone"
_PLAIN_SETS = ("filler", "negation", "still", "question", "before_question", "thanks")
"""Groups of [words] that a word is looked up in, and that no message is searched for."""
MAX_VALUE = 60
"""Characters of one detail; what is longer is a story, not a detail."""


@dataclass(frozen=True, slots=True)
class GuideRoute:
    """One way to customer service, as the guide states it."""

    id: str
    """Its name in braces and in `routes`."""
    group: str
    """Name under which topics ask for all the variants of a route; the channel if not given."""
    route: Route
    """What a reply carries."""
    note: str = ""
    """Name of a phrase that belongs with it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a slot can have."""

    value: str
    """As stored."""
    label: str
    """As said to the person."""
    words: tuple[str, ...] = ()
    """Phrases that mean it anywhere in a message."""
    short: tuple[str, ...] = ()
    """Phrases that mean it only in an answer to the slot's question."""
    alone: tuple[str, ...] = ()
    """Phrases that mean it wherever they stand between two pauses."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A detail that changes an answer or fills the call sheet."""

    name: str
    """As in `needs`."""
    type: str
    """choice, place, date, amount, name or reference."""
    label: str
    """As said to the person."""
    ask: str = ""
    """The question; empty when the bot never asks for it."""
    again: str = ""
    """The same question in other words, for the second try."""
    assume: str = ""
    """Value for which an urgent answer is given before it is known."""
    default: str = ""
    """Value taken for granted until the person says otherwise."""
    about: str = ""
    """Places only: whether 'person' or 'card' is there."""
    home_country: str = ""
    """Places only: ISO 3166 code of the country that is home."""
    home: str = ""
    """Places only: value for places in the home country."""
    away: str = ""
    """Places only: value for places elsewhere."""
    things: tuple[str, ...] = ()
    """Places about a card only: words for what comes from there."""
    after: tuple[str, ...] = ()
    """Names and references only: phrases that such a value follows."""
    near: tuple[str, ...] = ()
    """Names only: words after which, a few words on, 'from' or 'at' leads to one."""
    by: tuple[str, ...] = ()
    """Names only: phrases that say what its bearer did: 'charged me'."""
    of: tuple[str, ...] = ()
    """Names only: words that may follow one written with a capital: 'charge'."""
    never: tuple[str, ...] = ()
    """Names only: words that stand in none."""
    choices: tuple[Choice, ...] = ()
    """Its values, where they can be listed."""

    def takes(self, value: object) -> bool:
        """Tell whether `value` can be one of this slot's."""
        if self.choices:
            return any(choice.value == value for choice in self.choices)
        return isinstance(value, str) and 0 < len(value) <= MAX_VALUE

    def label_of(self, value: str) -> str:
        """Return how `value` is said to the person."""
        return next((c.label for c in self.choices if c.value == value), value)


@dataclass(frozen=True, slots=True)
class Faq:
    """A narrower question inside a topic."""

    answer: str
    """What is said instead of the topic's answer."""
    stems: frozenset[str]
    """Stems of the words and phrases that point to it."""
    routes: tuple[str, ...] = ()
    """Routes named in it; the topic's when empty."""
    with_phone: bool = False
    """Whether the topic's phone numbers still come first."""
    person: bool = False
    """Whether it ends with the way to a person."""
    number: int = 0
    """Which [[faq]] of the guide it is, for messages."""
    case: str = ""
    """Case of the topic that it is for: what sounds like its utterances is answered so."""
    act: str = ""
    """Act of mid-conversation that it is for."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What people want, and the answer to it."""

    id: str
    """The intent's name."""
    title: str
    """Fits after 'this is about'."""
    answer: str
    """The advice; route names in braces."""
    offer: str = ""
    """What a person might type to get here; offered as a suggestion."""
    routes: tuple[str, ...] = ()
    """Names of routes or groups, best first."""
    opening: str = ""
    """First sentence of a call about it, for the call sheet."""
    lead: str = ""
    """Stands before the phone number."""
    urgent_lead: str = ""
    """The same when the message is urgent."""
    urgent_answer: str = ""
    """The advice when the message is urgent, where it must read otherwise."""
    needs: tuple[str, ...] = ()
    """Slots that change the answer, in the order of asking."""
    fills: tuple[str, ...] = ()
    """Slots that belong on the call sheet."""
    sets: Mapping[str, str] = field(default_factory=dict)
    """Slot values that asking for this topic implies."""
    otherwise: str = ""
    """Topic to answer instead when a detail says that `sets` does not hold."""
    urgent: bool = False
    """Whether it wins near-ties and is answered before any question."""
    urgent_when: frozenset[str] = frozenset()
    """Words and phrases that make a message about it urgent."""
    not_when: frozenset[str] = frozenset()
    """Phrases that deny it: 'I did not lose my card'."""
    over_when: frozenset[str] = frozenset()
    """Phrases that say that the matter has settled itself."""
    over: str = ""
    """What is said then; goes with `over_when`."""
    advice_first: bool = False
    """Whether the advice helps without the number, and is given along with the question."""
    answer_first: bool = False
    """Whether the advice stands before the phone number."""
    without_card: bool = False
    """Whether the person has no card to look at."""
    after_code: bool = False
    """Whether digits that follow are a code to be masked."""
    ready: tuple[str, ...] = ()
    """Checklist items, said in one sentence."""
    list: tuple[str, ...] = ()
    """Checklist items, each on a line, as the answer itself."""
    tip: str = ""
    """One more thing."""
    next: tuple[str, ...] = ()
    """Topics offered afterwards."""
    faqs: tuple[Faq, ...] = ()
    """Narrower questions."""

    narrower: Phrases = field(default_factory=Phrases, compare=False, repr=False)
    """The stems of `faqs`, ready to be looked for, in groups named by their number."""

    def faq_for(self, words: Iterable[str]) -> int | None:
        """Return the number of the FAQ entry that the words point to, or None.

        The entry with most of its phrases in the message wins, then the first one.
        """
        if not self.faqs:
            return None
        found = self.narrower.find(text.stems(list(words)))
        if not found:
            return None
        hits = ((-len({hit.value for hit in row}), int(n)) for n, row in found.items())
        return min(hits)[1]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to have ready."""

    text: str
    """On a line of its own."""
    short: str
    """Within a sentence."""
    details: bool = False
    """Whether it stands for the details that a topic's call sheet lists one by one."""


@dataclass(frozen=True, slots=True)
class Say:
    """A reply to small talk."""

    text: str
    """What is said."""
    aside: str = ""
    """The same without a question, for when one is open already."""
    after: str = ""
    """The same once something was answered; `text` when empty."""
    next: tuple[str, ...] = ()
    """Topics offered afterwards."""


@dataclass(frozen=True)
class Guide:
    """All that the bot knows."""

    title: str
    caveat: str
    person: tuple[str, ...]
    routes: Mapping[str, GuideRoute]
    slots: Mapping[str, Slot]
    topics: Mapping[str, Topic]
    says: Mapping[str, Say]
    acts: Mapping[str, ActAnswer]
    phrases: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    checklist: Mapping[str, Item]
    sheet: Mapping[str, tuple[str, ...]]
    """Of the call sheet: what to have 'ready', to 'ask' and to 'note'."""
    facts: Mapping[str, tuple[str, ...]]
    """Where each fact is stated: id -> places in the guide."""
    fingerprint: str
    """Of the files; sessions of another guide start afresh."""

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The guide's own numbers and addresses, which masking leaves alone."""
        values = {r.route.value for r in self.routes.values()}
        return tuple(sorted(v for v in values if any(c.isdigit() for c in v)))

    @cached_property
    def thing_words(self) -> frozenset[str]:
        """The words of the things that details are about: 'card', 'platinum'."""
        return frozenset(w for slot in self.slots.values() for t in slot.things for w in t.split())

    @cached_property
    def phrasebook(self) -> Phrases:
        """What is looked for in every message: the groups of [words], and what topics listen for.

        Groups are those of [words], and 'urgent TOPIC', 'over TOPIC' and 'not TOPIC'.
        """
        book = Phrases()
        for name, group in self.words.items():
            if name not in _PLAIN_SETS:
                book.add_all_alike(sorted(group), name)
        for topic in self.topics.values():
            for kind in ("urgent", "over", "not"):
                book.add_all_alike(sorted(getattr(topic, f"{kind}_when")), f"{kind} {topic.id}")
        return book

    @cached_property
    def filler(self) -> frozenset[str]:
        """Words that add nothing to a detail."""
        return self.words.get("filler", frozenset())

    @cached_property
    def asking_words(self) -> Mapping[str, frozenset[str]]:
        """Slot -> the words that its question is made of, and filler."""
        return {
            slot.name: self.filler.union(
                *(text.words(t) for t in (slot.ask, slot.again, slot.label)),
                *(text.words(choice.label) for choice in slot.choices),
            )
            for slot in self.slots.values()
        }

    @cached_property
    def bare_values(self) -> Mapping[str, tuple[str, str]]:
        """Word or phrase -> (slot, value), for slots that change an answer.

        What means a value in an answer to its question means it as a whole message too;
        what could be a value of two slots means neither.
        """
        found: dict[str, set[tuple[str, str]]] = {}
        for name in dict.fromkeys(need for topic in self.topics.values() for need in topic.needs):
            for choice in self.slots[name].choices:
                for phrase in (choice.value, *choice.short):
                    found.setdefault(phrase, set()).add((name, choice.value))
        return {phrase: next(iter(means)) for phrase, means in found.items() if len(means) == 1}

    @cached_property
    def bare_words(self) -> frozenset[str]:
        """The words of `bare_values`: a message without any needs no closer look."""
        return frozenset(word for phrase in self.bare_values for word in phrase.split())

    @cached_property
    def sheet_slots(self) -> frozenset[str]:
        """Slots that some topic's call sheet has a line for."""
        return frozenset(slot for topic in self.topics.values() for slot in topic.fills)

    @cached_property
    def defaults(self) -> tuple[str, ...]:
        """Slots taken for granted, which no topic needs to name."""
        return tuple(slot.name for slot in self.slots.values() if slot.default)

    @cached_property
    def _by_name(self) -> Mapping[str, list[GuideRoute]]:
        """Routes by id and by group, in the guide's order."""
        found: dict[str, list[GuideRoute]] = {}
        for route in self.routes.values():
            for name in {route.id, route.group}:
                found.setdefault(name, []).append(route)
        return found

    def filled(self, written: str) -> str:
        """Return a text of the guide with the values of the routes that it names in braces."""
        for name, route in self.routes.items():
            written = written.replace(f"{{{name}}}", route.route.value)
        return written

    def resolve(self, names: Iterable[str], details: Mapping[str, str]) -> tuple[GuideRoute, ...]:
        """Return the routes behind `names` that `details` do not rule out, each value once."""
        found: dict[str, GuideRoute] = {}
        for name in names:
            for route in self._by_name.get(name, ()):
                if self._applies(route, details):
                    found.setdefault(route.route.value, route)
        return tuple(found.values())

    def _applies(self, route: GuideRoute, details: Mapping[str, str]) -> bool:
        return all(
            (details.get(slot) or self.slots[slot].default or wanted) == wanted
            for slot, wanted in route.route.conditions.items()
        )

    def missing(
        self,
        topic: Topic,
        details: Mapping[str, str],
        declined: Collection[str],
        *,
        first: Collection[str] = (),
    ) -> str | None:
        """Return the slot to ask for: unknown, not declined, and changing the answer.

        Those in `first` come before the others; these keep the topic's order.
        """
        needs = sorted(topic.needs, key=lambda name: name not in first) if first else topic.needs
        for name in needs:
            if name in details or name in declined or not self.slots[name].ask:
                continue
            if self._matters(topic, name, details):
                return name
        return None

    def _matters(self, topic: Topic, slot: str, details: Mapping[str, str]) -> bool:
        """Tell whether the values of a slot lead to different routes; worked out once a case."""
        case = (topic.id, slot, *(details.get(name, "") for name in self._route_slots))
        known = self._cases.get(case)
        if known is None:
            outcomes = {
                tuple(r.id for r in self.resolve(topic.routes, {**details, slot: choice.value}))
                for choice in self.slots[slot].choices
            }
            known = self._cases[case] = len(outcomes) > 1
        return known

    @cached_property
    def _cases(self) -> dict[tuple[str, ...], bool]:
        """What was worked out; as many as there are topics and values, so it stays small."""
        return {}

    @cached_property
    def _route_slots(self) -> tuple[str, ...]:
        """Slots that the conditions of some route look at."""
        routes = self.routes.values()
        return tuple(dict.fromkeys(slot for r in routes for slot in r.route.conditions))

    def assumed(
        self, topic: Topic, details: Mapping[str, str], declined: Collection[str] = ()
    ) -> dict[str, str]:
        """Return `details` with the urgent defaults for what is not known, unless declined."""
        assumed = {n: self.slots[n].assume for n in topic.needs if n not in declined}
        return {name: value for name, value in assumed.items() if value} | dict(details)
