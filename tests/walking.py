"""Random conversations and what every turn of them must keep; for test_dialogue_walk.py."""

from __future__ import annotations

import json
import random
import re
from collections import deque
from dataclasses import dataclass, field
from functools import cache

from bot import Bot, guide_reader
from bot.guide import Guide
from bot.home import Home
from bot.messages import Reply
from bot.session import Session
from training.utterances import read_folder

NUMBERS = {
    ("personal", "us"): "1-800-528-2122",
    ("personal", "abroad"): "+1-623-492-5450",
    ("corporate", "us"): "1-800-492-3932",
    ("corporate", "abroad"): "+1-623-492-3932",
}
CARDS = (
    "3782 822463 10005|378282246310005|3714-496353-98431|4111 1111 1111 1111|5555555555554444|"
    "６０１１ １１１１ １１１１ １１１７|3.7.8.2.8.2.2.4.6.3.1.0.0.0.5|37828 22463 10005"
).split("|")
CARD_FRAMES = (
    "{}|my card number is {}|{} it was stolen|corporate, {}|i'm in lyon and it is {}|"
    "charge from {}|reference number {}|charge of $20 from Uber, card {}|{line} {}|{} {line}|"
    "i want to dispute a charge from {}|dispute a charge from Uber {}|my name is {}|"
    "status of my application, reference number {}|not solved, case number {}"
).split("|")
CODE_FRAMES = (
    "my pin is {}|pin: {}, i lost my card|the security code is {}|cvv {}|{} is my pin|"
    "i am in the us, pin {}|charge from Uber pin {}|my password is x{}y|{line}, my pin is {}|"
    "reference number AB-123456 and pin {}|i want to dispute a charge from Uber pin {}|"
    "status of my application, reference AB-123456 pin {}|not solved, case number {} is my pin|"
    "status of my application, reference number and pin {}|dispute a charge from Uber code {}"
).split("|")
CONTROL = (
    "cancel|never mind|start over|restart|repeat that|what was that again|yes|no|thanks|hello|"
    "bye|help|are you a bot|1|2|3|neither|the first one|the second|and from abroad?|"
    "what about a corporate one?|what was the number again?|stop|no wait"
).split("|")
DETAILS = (
    "personal|corporate|it's my own card|actually it is a corporate card|not corporate|abroad|"
    "in the us|here in texas|i'm in Lyon|georgia|i'm back home now|my card is from the UK|"
    "it is a german card|my card was issued in the us|i don't know|no idea|rather not say|"
    "just give me the number|both|on May 3rd at noon|the charge was $1,234.56|"
    "charge from Ünïcödé Çafé ñandú 東京|case number AB-123456|by phone|last tuesday|"
    "my personal - no wait, my corporate card|corporate card, i'm in Lyon, lost it|not abroad"
).split("|")
GIBBERISH = (
    "|   |?!|🙂🙂|asdf qwer|xkcd jjjj|lorem ipsum dolor|8273|99|привет|我的卡丢了|\x1b[31m\x07|"
    "<b>{web}</b> {nothing}|⟦card⟧|my dog likes cheese|\ud800|fuck this|" + "zzz " * 300
).split("|")
LONG = "charge from " + "Aé東" * 400
"""A detail that would fill a session, if it were kept whole."""

OR = " or "
"""Stands in what `question_of` returns for a 'did you mean'."""

MAX_TEXT = 1_200
"""Characters of a reply."""
MAX_SESSION = 2_000
"""Bytes of a session's JSON."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say, and the secret in it."""

    text: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a turn did not keep."""

    promise: str
    what: str


@cache
def utterances() -> tuple[str, ...]:
    return tuple(u.text for u in read_folder(Home.shipped().utterances))


@cache
def guide() -> Guide:
    return guide_reader.read(Home.shipped().guide)


@cache
def harmless_digits() -> frozenset[str]:
    """Return the numbers that may well stand in a reply: a code is never one of those."""
    said = (*guide().numbers, *utterances(), *DETAILS, *CONTROL)
    return frozenset(re.findall(r"\d+", " ".join(said)))


class JsonStore:
    """Keeps sessions as JSON only, so that each turn goes through it there and back."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def get(self, session_id: str) -> Session | None:
        blob = self.held.get(session_id)
        return Session.from_json(blob) if blob else None

    def put(self, session_id: str, session: Session) -> None:
        blob = session.to_json()
        assert Session.from_json(blob) == session, f"not the same from its JSON: {blob}"
        self.held[session_id] = blob

    def delete(self, session_id: str) -> None:
        self.held.pop(session_id, None)


@cache
def shared() -> tuple[Bot, JsonStore]:
    store = JsonStore()
    return Bot.load(store=store), store


@dataclass
class Walker:
    """One conversation, and a look at every promise after each of its turns."""

    name: str
    seen: set[str] = field(default_factory=set)
    """States whose ways out were tried; the step is pure, so once is enough."""
    said: list[Line] = field(default_factory=list)
    asked: deque[str] = field(default_factory=lambda: deque(maxlen=3))

    def __post_init__(self) -> None:
        self.bot, self.store = shared()
        self.leave()

    def leave(self) -> None:
        self.bot.forget(self.name)
        self.said.clear()
        self.asked.clear()

    def say(self, line: Line) -> list[Broken]:
        """Say something; return the promises that the reply breaks."""
        self.said.append(line)
        try:
            return self._turn(line) + self.ways_out()
        except Exception as error:  # whatever it is, the walk is to tell which words led there
            return [Broken("exception", f"{type(error).__name__}: {error}")]

    def _turn(self, line: Line) -> list[Broken]:
        reply = self.bot.reply(line.text, session_id=self.name)
        sheet = self.bot.sheet(self.name)
        blob = self.store.held[self.name]
        self.asked.append(question_of(reply, blob))
        page = f"{sheet.text} {sheet.markdown}"
        # Not the confidence: its decimals are nobody's PIN.
        shown = flat({**reply.to_dict(), "confidence": ""})
        kept = {
            "length": bool(reply.text.strip()) and len(reply.text) < MAX_TEXT,
            "question": len(self.asked) < 3 or not self.asked[0] or len(set(self.asked)) > 1,
            "clarify": len(self.asked) < 3 or not all(OR in asked for asked in self.asked),
            "number": not wrong_numbers(reply, f"{shown} {page}"),
            "session": len(blob.encode()) < MAX_SESSION,
            "secret": not any(
                leaked(said.secret, text)
                for said in self.said
                if said.secret
                for text in (shown, page, kept_of(blob))
            ),
        }
        return [Broken(name, repr(reply.text)) for name, good in kept.items() if not good]

    def ways_out(self) -> list[Broken]:
        """Say 'cancel', then for a person, from the state reached; then put it back."""
        blob = self.store.held[self.name]
        if blob in self.seen:
            return []
        self.seen.add(blob)
        try:
            cancelled = self.bot.reply("cancel", session_id=self.name)
            after = Session.from_json(self.store.held[self.name])
            self.store.held[self.name] = blob
            person = self.bot.reply("talk to a person", session_id=self.name)
        finally:
            self.store.held[self.name] = blob
        broken = []
        if (cancelled.asks, after.asking, after.options) != (None, "", ()):
            broken.append(Broken("cancel", repr(cancelled.text)))
        wanted = ["americanexpress.com"]
        if person.slots.get("issued_in") != "elsewhere":
            known = person.slots.get("card_kind"), person.slots.get("calling_from")
            wanted = [
                number
                for case, number in NUMBERS.items()
                if all(k in (None, c) for k, c in zip(known, case, strict=True))
            ]
        if not any(number in person.text for number in wanted):
            broken.append(Broken("person", repr(person.text)))
        return broken


def flat(value: object) -> str:
    """Return all texts in a JSON-ready value; escapes would bring digits of their own."""
    if isinstance(value, dict):
        return flat([*value, *value.values()])
    return " ".join(map(flat, value)) if isinstance(value, list) else str(value)


def kept_of(blob: str) -> str:
    """Return what a session's JSON holds, but for the hashes, whose digits are nobody's PIN."""
    return flat({**json.loads(blob), "guide": "", "owner": ""})


def question_of(reply: Reply, blob: str) -> str:
    """Return the question that the words of a reply ask; empty when they ask none."""
    for slot in guide().slots.values():
        if reply.asks == slot.name or any(q and q in reply.text for q in (slot.ask, slot.again)):
            return slot.name
    options = Session.from_json(blob).options
    named = options and all(guide().topics[name].title in reply.text for name in options)
    return OR.join(options) if named else ""


def wrong_numbers(reply: Reply, shown: str) -> set[str]:
    """Return the phone numbers that the details rule out, and that are shown."""
    known = reply.slots.get("card_kind", ""), reply.slots.get("calling_from", "")
    if known not in NUMBERS:
        return set()
    foreign = reply.slots.get("issued_in") == "elsewhere"
    ruled_out = {number for case, number in NUMBERS.items() if foreign or case != known}
    return {number for number in ruled_out if number in shown}


def leaked(secret: str, shown: str) -> bool:
    """Tell whether a secret stands in a text: as typed, regrouped, or a telling part of it."""
    for own in guide().numbers:  # 8153 stands in the number of the post office box
        shown = shown.replace(own, " ")
    if secret in shown:
        return True
    plain = "".join(str(int(c)) if c.isdigit() else "" for c in secret)
    if len(plain) < 12:
        return plain in re.findall(r"\d+", shown)
    squashed = re.sub(r"(?<=\d)[ .\-]{1,3}(?=\d)", "", shown)
    parts = {plain[at : at + 6] for at in range(len(plain) - 5)}
    return any(part in run for run in re.findall(r"\d{6,}", squashed) for part in parts)


def any_line(rng: random.Random) -> Line:
    """Return something to say: a wish, a detail, a control word, noise, with a secret or not."""
    kinds = ("wish", "detail", "control", "noise", "card", "code")
    kind = rng.choices(kinds, weights=(38, 28, 14, 9, 5, 4))[0]
    if kind == "wish":
        return Line(rng.choice(utterances()))
    if kind == "card":
        card = rng.choice(CARDS)
        frame = rng.choice(CARD_FRAMES)
        return Line(frame.format(card, line=rng.choice(utterances())), card)
    if kind == "code":
        return code_line(rng.choice(CODE_FRAMES), rng.randrange(10_000), rng.choice(utterances()))
    pool = {"detail": (*DETAILS, LONG), "control": CONTROL, "noise": GIBBERISH}[kind]
    return Line(rng.choice(pool))


def code_line(frame: str, number: int, line: str) -> Line:
    """Return a line with a code of four digits that nothing else in the walk holds."""
    code = f"{number:04}"
    while code in harmless_digits():
        code = f"{(int(code) + 1) % 10_000:04}"
    return Line(frame.format(code, line=line), code)


def walk(turns: int, seed: int, *, people: int = 8) -> dict[str, tuple[Line, ...]]:
    """Walk; return for each promise that was broken the shortest conversation found."""
    rng = random.Random(seed)
    seen: set[str] = set()
    walkers = [Walker(f"walker {n}", seen) for n in range(people)]
    found: dict[str, tuple[Line, ...]] = {}
    for _ in range(turns):
        walker = rng.choice(walkers)
        if rng.random() < 0.03:
            if rng.random() < 0.2 and not same_alone(walker):
                found.setdefault("alone", tuple(walker.said))
            walker.leave()
        # People say a thing again, word for word, when they were not understood.
        again = bool(walker.said) and rng.random() < 0.12
        for broken in walker.say(walker.said[-1] if again else any_line(rng)):
            if broken.promise not in found:
                found[broken.promise] = shortest(tuple(walker.said), broken.promise)
    return found


def same_alone(walker: Walker) -> bool:
    """Tell whether a conversation held alone ends as it did between the others."""
    bot, store = shared()
    blob = store.held.get(walker.name)
    bot.forget(walker.name)
    for line in walker.said:
        try:
            bot.reply(line.text, session_id=walker.name)
        except Exception:
            return True  # told as what it is by the walk itself
    return store.held.get(walker.name) == blob


def breaks(said: tuple[Line, ...], promise: str) -> bool:
    """Tell whether a conversation of its own breaks a promise."""
    walker = Walker("again")
    return any(b.promise == promise for line in said for b in walker.say(line))


def shortest(said: tuple[Line, ...], promise: str) -> tuple[Line, ...]:
    """Return the conversation without the lines that the break does not need."""
    at = 0
    while at < len(said):
        without = said[:at] + said[at + 1 :]
        if breaks(without, promise):
            said = without
        else:
            at += 1
    return said
