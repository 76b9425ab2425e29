"""What a store of one's own may give back: older, damaged, of another guide, of somebody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import Bot
from bot.session import MemoryStore, Session, is_sound, owner_of

APOLOGY = "I am sorry, I have lost track of what we said before"
_ids = count()


class Shelf:
    """A store that keeps JSON, as one on disk would, and reads whatever stands there."""

    def __init__(self) -> None:
        self.blobs: dict[str, str] = {}

    def get(self, session_id: str) -> Session | None:
        blob = self.blobs.get(session_id)
        return None if blob is None else Session.from_json(blob)

    def put(self, session_id: str, session: Session) -> None:
        self.blobs[session_id] = session.to_json()

    def delete(self, session_id: str) -> None:
        self.blobs.pop(session_id, None)


class Drawer(MemoryStore):
    """A store in which anything may have been left."""

    def leave(self, session_id: str, thing: Any) -> None:
        self.put(session_id, thing)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="module")
def shelved(shelf: Shelf) -> Bot:
    return Bot.load(store=shelf)


@pytest.fixture(scope="module")
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture(scope="module")
def drawn(drawer: Drawer) -> Bot:
    return Bot.load(store=drawer)


def changed(name: str, value: object) -> Callable[[str], str]:
    """Return what replaces one value in a session's JSON."""
    return lambda blob: json.dumps({**json.loads(blob), name: value})


DAMAGE: dict[str, Callable[[str], str]] = {
    "an older version": changed("version", 1),
    "a wish without a name": changed("later", [""]),
    "a thousand wishes": changed("later", ["make_payment"] * 1000),
    "a newer version": changed("version", 99),
    "another guide": changed("guide", "0123456789abcdef"),
    "cut off": lambda blob: blob[: len(blob) // 2],
    "empty": lambda blob: "",
    "no JSON": lambda blob: "\x00\x01",
    "a list": lambda blob: "[]",
    "a topic that is gone": changed("topic", "free_money"),
    "a question that is gone": changed("asking", "favourite_colour"),
    "a detail that is gone": changed("slots", {"favourite_colour": "blue"}),
    "a value that is none": changed("slots", {"card_kind": "platinum-plated"}),
    "a story for a detail": changed("slots", {"merchant": "x" * 5_000}),
    "one option": changed("options", ["make_payment"]),
    "an option that is gone": changed("options", ["make_payment", "free_money"]),
    "an answer beyond the last": changed("faq", 99),
    "tries below nothing": changed("tries", -3),
    "somebody else's": changed("owner", owner_of("somebody else")),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_unfit_session_is_apologised_for_and_begun_afresh(
    shelved: Bot, shelf: Shelf, damage: str
) -> None:
    name = f"shelf {next(_ids)}"
    shelved.reply("i lost my corporate card and i'm in lyon", session_id=name)
    shelf.blobs[name] = DAMAGE[damage](shelf.blobs[name])
    assert shelved.session(name) is None
    assert "1-800-528-2122" in shelved.sheet(name).text
    reply = shelved.reply("where are my statements", session_id=name)
    assert reply.text.startswith(APOLOGY)
    assert reply.intent == "view_statement"
    assert dict(reply.slots) == {}
    again = shelved.reply("thanks", session_id=name)
    assert APOLOGY not in again.text


def test_an_emergency_has_its_number_before_the_apology(shelved: Bot, shelf: Shelf) -> None:
    shelf.blobs["hurry"] = "damaged"
    lines = shelved.reply("my card was stolen", session_id="hurry").text.split("\n")
    assert "1-800-528-2122" in lines[0]
    assert any(line.startswith(APOLOGY) for line in lines)


@pytest.mark.parametrize(
    "thing", ["text", b"bytes", 7, {"topic": "make_payment"}, [], object(), ("a", "b")]
)
def test_a_thing_that_is_no_session_is_no_error(drawn: Bot, drawer: Drawer, thing: Any) -> None:
    drawer.leave("thing", thing)
    assert drawn.session("thing") is None
    assert "Call sheet" in drawn.sheet("thing").text
    assert drawn.reply("hello", session_id="thing").text.startswith(APOLOGY)


FIELDS = [f for f in Session.__dataclass_fields__ if f not in ("guide", "owner")]
ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(["x"]) | st.just({})


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FIELDS), ODD, st.sampled_from(["yes", "personal", "repeat", "1", "bye"]))
def test_no_value_left_in_a_session_breaks_a_reply(
    drawn: Bot, drawer: Drawer, field: str, value: Any, line: str
) -> None:
    sound = Session(
        drawn._knowledge.guide.fingerprint,
        owner_of("odd"),
        topic="replace_damaged_card",
        asking="card_kind",
        tries=1,
        last="ask",
    )
    drawer.leave("odd", replace(sound, **{field: value}))
    reply = drawn.reply(line, session_id="odd")
    assert reply.text.strip()
    kept = drawn.session("odd")
    assert kept is not None
    assert Session.from_json(kept.to_json()) == kept


def test_a_store_that_mixes_up_two_people_shows_neither_the_others_details(
    drawn: Bot, drawer: Drawer
) -> None:
    drawn.reply("i want to dispute a charge from Tiffany, $9,999.00", session_id="anna")
    kept = drawer.get("anna")
    assert kept is not None
    drawer.leave("ben", kept)
    for line in ("repeat that", "yes", "what was the number again"):
        reply = drawn.reply(line, session_id="ben")
        assert "Tiffany" not in reply.text + str(dict(reply.slots))
    drawer.leave("ben", kept)
    assert "Tiffany" not in drawn.sheet("ben").text
    assert drawn.session("ben") is None


def test_a_session_that_was_never_kept_belongs_to_nobody_and_is_taken(drawn: Bot) -> None:
    guide = drawn._knowledge.guide
    assert is_sound(Session(guide.fingerprint), guide, "anybody")
    assert not is_sound(Session(guide.fingerprint, owner_of("a")), guide, "b")


def test_the_mark_of_an_id_does_not_tell_it_and_survives_starting_over(bot: Bot) -> None:
    bot.reply("hello", session_id="a secret name")
    bot.reply("start over", session_id="a secret name")
    kept = bot.session("a secret name")
    bot.forget("a secret name")
    assert kept is not None
    assert kept.owner == owner_of("a secret name")
    assert "secret" not in kept.to_json()


def test_a_store_that_fails_for_another_reason_is_heard(bot: Bot) -> None:
    class Broken(MemoryStore):
        def get(self, session_id: str) -> Session | None:
            raise ConnectionError("the store is away")

    with pytest.raises(ConnectionError, match="away"):
        Bot.load(store=Broken()).reply("hello", session_id="u1")
