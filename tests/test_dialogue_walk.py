"""Long conversations on the shipped bot: whatever is said, every turn keeps its promises.

As it stands the walk is short and always the same, so that CI takes seconds. In full,
and along a way that nobody has gone yet:

    export CARDLINE_WALK_TURNS=100000 CARDLINE_WALK_SEED=random
    python -m pytest tests/test_dialogue_walk.py

A failure names the seed, which can be given in place of `random`, and the shortest
conversation that was found to break the promise.
"""

from __future__ import annotations

import os
import random
from functools import cache

import pytest
import walking
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from walking import Broken, Line, Walker

from bot.session import Session

TURNS = int(os.environ.get("CARDLINE_WALK_TURNS", "4000"))
_SEED = os.environ.get("CARDLINE_WALK_SEED", "20250719")
SEED = random.SystemRandom().randrange(2**32) if _SEED == "random" else int(_SEED)
PEOPLE = 3

PROMISES = {
    "exception": "no message brings the bot down",
    "length": "a reply is never empty and fits a screen",
    "question": "the same question never stands in three replies in a row",
    "clarify": "three replies in a row never ask which topic was meant",
    "number": "details once known rule out the wrong phone numbers, on the sheet too",
    "session": "a session stays under 2 kB",
    "secret": "a secret never comes back, in this turn or a later one",
    "cancel": "'cancel' leads out of every state in one turn",
    "person": "'talk to a person' gives a right number in every state",
    "alone": "a conversation goes as it would go without the others beside it",
}


@cache
def found() -> dict[str, tuple[Line, ...]]:
    return walking.walk(TURNS, SEED)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda name: PROMISES[name].replace(" ", "_"))
def test_on_a_long_walk(promise: str) -> None:
    said = [line.text for line in found().get(promise, ())]
    assert not said, f"seed {SEED}, {TURNS} turns: {PROMISES[promise]}; broken by {said}"


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("3782 822463 10005", "Noted: 3782 822463 10005."),
        ("3782 822463 10005", "Noted: 378282246310005."),
        ("378282246310005", "Noted: 822463-10005."),
        ("６０１１ １１１１ １１１１ １１１７", "{'slot': '6011111111111117'}"),
        ("4471", "your pin 4471"),
        ("4471", "x4471y"),
    ],
)
def test_the_walk_would_see_a_leak(secret: str, shown: str) -> None:
    assert walking.leaked(secret, shown)


def test_a_leak_into_the_session_would_be_seen_and_an_escape_is_none() -> None:
    kept = Session(guide="a4471b", slots={"merchant": "東 4472"}).to_json()
    assert walking.leaked("4472", walking.kept_of(kept))
    assert not walking.leaked("6771", walking.kept_of(kept))
    assert not walking.leaked("4471", walking.kept_of(kept))


@pytest.mark.parametrize("secret", [*walking.CARDS, "4471", "8153"])
def test_the_guides_own_numbers_are_no_leak(secret: str) -> None:
    assert not walking.leaked(secret, " ".join(walking.guide().numbers))


class Conversations(RuleBasedStateMachine):
    """The same promises, three people at a time; hypothesis finds the shortest way there."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [Walker(f"machine {n}") for n in range(PEOPLE)]

    def say(self, who: int, line: Line) -> None:
        broken: list[Broken] = self.people[who].say(line)
        assert not broken, broken

    @rule(who=st.integers(0, PEOPLE - 1), number=st.integers(0, 2**20))
    def wish(self, who: int, number: int) -> None:
        lines = walking.utterances()
        self.say(who, Line(lines[number % len(lines)]))

    @rule(
        who=st.integers(0, PEOPLE - 1),
        text=st.sampled_from((*walking.CONTROL, *walking.DETAILS, *walking.GIBBERISH)),
    )
    def known_line(self, who: int, text: str) -> None:
        self.say(who, Line(text))

    @rule(who=st.integers(0, PEOPLE - 1), text=st.text(max_size=60))
    def any_characters(self, who: int, text: str) -> None:
        self.say(who, Line(text))

    @rule(
        who=st.integers(0, PEOPLE - 1),
        frame=st.sampled_from(walking.CARD_FRAMES),
        card=st.sampled_from(walking.CARDS),
        number=st.integers(0, 2**20),
    )
    def card_number(self, who: int, frame: str, card: str, number: int) -> None:
        lines = walking.utterances()
        self.say(who, Line(frame.format(card, line=lines[number % len(lines)]), card))

    @rule(
        who=st.integers(0, PEOPLE - 1),
        frame=st.sampled_from(walking.CODE_FRAMES),
        code=st.integers(0, 9_999),
        number=st.integers(0, 2**20),
    )
    def code(self, who: int, frame: str, code: int, number: int) -> None:
        lines = walking.utterances()
        self.say(who, walking.code_line(frame, code, lines[number % len(lines)]))

    @rule(who=st.integers(0, PEOPLE - 1))
    def leave(self, who: int) -> None:
        self.people[who].leave()


TestConversations = Conversations.TestCase
TestConversations.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    derandomize=_SEED != "random",
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
