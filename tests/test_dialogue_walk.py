"""Long conversations on the shipped bot: whatever is said, every turn keeps its promises."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import product

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot import Bot, guide_reader
from bot.home import Home
from bot.messages import Reply
from bot.session import MemoryStore, Session
from training.utterances import read_folder

TURNS = 20_000
NUMBERS = {
    ("personal", "us"): "1-800-528-2122",
    ("personal", "abroad"): "+1-623-492-5450",
    ("corporate", "us"): "1-800-492-3932",
    ("corporate", "abroad"): "+1-623-492-3932",
}
CARDS = (
    "3782 822463 10005|378282246310005|3714-496353-98431|4111 1111 1111 1111|5555555555554444|"
    "６０１１ １１１１ １１１１ １１１７|3.7.8.2.8.2.2.4.6.3.1.0.0.0.5"
).split("|")
CARD_FRAMES = (
    "{}|my card number is {}|{} it was stolen|corporate, {}|i'm in lyon and it is {}|"
    "charge from {}|reference number {}"
).split("|")
CODE_FRAMES = (
    "my pin is {}|pin: {}, i lost my card|the security code is {}|cvv {}|{} is my pin|"
    "i am in the us, pin {}"
).split("|")
CONTROL = (
    "cancel|never mind|start over|restart|repeat that|what was that again|yes|no|thanks|hello|"
    "bye|help|are you a bot|1|2|3|neither|the first one|the second"
).split("|")
DETAILS = (
    "personal|corporate|it's my own card|actually it is a corporate card|not corporate|abroad|"
    "in the us|here in texas|i'm in Lyon|georgia|i'm back home now|my card is from the UK|"
    "it is a german card|my card was issued in the us|i don't know|no idea|rather not say|"
    "just give me the number|both|on May 3rd at noon|the charge was $1,234.56|"
    "charge from Ünïcödé Çafé ñandú 東京|case number AB-123456|by phone"
).split("|")
GIBBERISH = (
    "|   |?!|🙂🙂|asdf qwer|xkcd jjjj|lorem ipsum dolor|8273|99|привет|我的卡丢了|\x1b[31m\x07|"
    "<b>{web}</b> {nothing}|⟦card⟧|my dog likes cheese|" + "zzz " * 300
).split("|")


@cache
def lines() -> tuple[str, ...]:
    return tuple(u.text for u in read_folder(Home.shipped().utterances))


@cache
def guide_digits() -> frozenset[str]:
    numbers = guide_reader.read(Home.shipped().guide).numbers
    return long_digits(" ".join(numbers))


@cache
def walking_bot() -> tuple[Bot, MemoryStore]:
    store = MemoryStore()
    return Bot.load(store=store), store


class Walker:
    """One conversation that notes every promise a reply breaks."""

    def __init__(self, name: str) -> None:
        self.bot, self.store = walking_bot()
        self.name = name
        self.said: list[str] = []
        self.asked: list[str | None] = []
        self.broken: defaultdict[str, list[str]] = defaultdict(list)
        self.forget()

    def forget(self) -> None:
        self.bot.forget(self.name)
        self.said.clear()
        self.asked.clear()

    def say(self, line: str, secret: str = "") -> None:
        self.said.append(line)
        reply = self.bot.reply(line, session_id=self.name)
        session = self.bot.session(self.name)
        assert session is not None
        self.asked.append(reply.asks)
        blob = session.to_json()
        details = " ".join(session.slots.values())
        shown = " ".join((reply.text, reply.markdown, *reply.suggestions))
        self._note("length", bool(reply.text.strip()) and len(reply.text) < 1_200, reply)
        self._note("question", self.asked[-3:] != [reply.asks] * 3 or not reply.asks, reply)
        # A reference number that the person gave may be confirmed; secrets never are.
        self._note("digits", long_digits(shown) <= guide_digits() | long_digits(details), reply)
        self._note("secret", not secret or secret not in f"{details} {shown}", reply)
        self._note("number", not wrong_numbers(reply), reply)
        self._note("session", len(blob.encode()) < 2_000, reply)
        self._note("session", Session.from_json(blob) == session, reply)

    def _note(self, promise: str, kept: bool, reply: Reply) -> None:
        if not kept:
            self.broken[promise].append(f"{self.said[-5:]} -> {reply.text!r} {dict(reply.slots)}")

    def try_ways_out(self) -> None:
        """Say 'cancel', or ask for a person, in a copy of the conversation."""
        # Without its owner's mark, or the bot would not believe that it is the copy's.
        session = replace(self.bot.session(self.name) or Session(), owner="")
        copy = f"{self.name} copy"
        self.store.put(copy, session)
        left = self.bot.reply("cancel", session_id=copy)
        after = self.bot.session(copy)
        assert after is not None
        self._note("exit", (left.asks, after.asking, after.options) == (None, "", ()), left)
        self.store.put(copy, session)
        person = self.bot.reply("i want to talk to a person", session_id=copy)
        channels = {route.channel for route in person.routes}
        self._note("exit", not channels.isdisjoint({"phone", "web"}), person)


def long_digits(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d{4,}", text))


def wrong_numbers(reply: Reply) -> set[str]:
    """Return the phone numbers that the details rule out, and that the reply gives."""
    known = reply.slots.get("card_kind", ""), reply.slots.get("calling_from", "")
    if known not in NUMBERS:
        return set()
    foreign = reply.slots.get("issued_in") == "elsewhere"
    ruled_out = {number for case, number in NUMBERS.items() if foreign or case != known}
    given = {route.value for route in reply.routes}
    return {number for number in ruled_out if number in given or number in reply.text}


@cache
def random_walk() -> Walker:
    rng = random.Random(20_250_719)
    walker = Walker("walk")
    kinds = ("wish", "detail", "control", "noise", "card", "code", "leave")
    for turn in range(1, TURNS + 1):
        kind = rng.choices(kinds, weights=(40, 28, 12, 10, 5, 3, 2))[0]
        if kind == "wish":
            walker.say(rng.choice(lines()))
        elif kind == "card":
            card = rng.choice(CARDS)
            walker.say(rng.choice(CARD_FRAMES).format(card), card)
        elif kind == "code":
            code = f"{rng.randrange(10_000):04}"
            walker.say(rng.choice(CODE_FRAMES).format(code), code)
        elif kind == "leave":
            walker.forget()
        else:
            said = {"detail": DETAILS, "control": CONTROL, "noise": GIBBERISH}[kind]
            walker.say(rng.choice(said))
        if turn % 200 == 0:
            walker.try_ways_out()
    return walker


def check(promise: str) -> None:
    broken = random_walk().broken[promise]
    assert not broken, f"{len(broken)} times, for example {broken[0]}"


def test_every_turn_of_a_long_walk_gets_a_text_that_fits_a_screen() -> None:
    check("length")


def test_the_same_question_never_stands_in_three_replies_in_a_row() -> None:
    check("question")


def test_a_reply_holds_no_long_number_that_is_neither_the_guides_nor_a_detail() -> None:
    check("digits")


def test_a_card_number_or_code_is_neither_repeated_nor_remembered() -> None:
    check("secret")


def test_details_once_known_rule_out_the_wrong_phone_numbers() -> None:
    check("number")


def test_a_session_stays_small_and_survives_its_json() -> None:
    check("session")


def test_cancel_and_a_person_are_ways_out_of_every_state() -> None:
    check("exit")


class Conversation(RuleBasedStateMachine):
    """The same promises, with the shortest conversation that breaks one."""

    def __init__(self) -> None:
        super().__init__()
        self.walker = Walker("machine")

    @rule(number=st.integers(0, 2**20))
    def wish(self, number: int) -> None:
        self.walker.say(lines()[number % len(lines())])

    @rule(line=st.sampled_from((*CONTROL, *DETAILS, *GIBBERISH)))
    def known_line(self, line: str) -> None:
        self.walker.say(line)

    @rule(line=st.text(max_size=60))
    def any_characters(self, line: str) -> None:
        self.walker.say(line)

    @rule(pair=st.sampled_from(list(product(CARD_FRAMES, CARDS))))
    def card_number(self, pair: tuple[str, str]) -> None:
        self.walker.say(pair[0].format(pair[1]), pair[1])

    @rule(frame=st.sampled_from(CODE_FRAMES), code=st.integers(0, 9_999))
    def code(self, frame: str, code: int) -> None:
        self.walker.say(frame.format(f"{code:04}"), f"{code:04}")

    @rule()
    def ways_out(self) -> None:
        self.walker.try_ways_out()

    @invariant()
    def every_promise_is_kept(self) -> None:
        assert not self.walker.broken, dict(self.walker.broken)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
