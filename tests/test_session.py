"""What a conversation remembers survives its JSON, and damaged JSON is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import Bot
from bot.messages import MOST_WISHES
from bot.session import MAX_ID_LENGTH, MemoryStore, Session, check_id, owner_of

WORDS = st.text(max_size=12)
NAMES = st.lists(WORDS, max_size=4).map(tuple)
SESSIONS = st.builds(
    Session,
    guide=WORDS,
    owner=WORDS,
    later=NAMES,
    offered=st.integers(0, 9),
    sheet_told=WORDS,
    slots=st.dictionaries(WORDS, WORDS, max_size=4),
    declined=NAMES,
    topic=WORDS,
    about=WORDS,
    faq=st.none() | st.integers(0, 50),
    urgent=st.booleans(),
    asking=WORDS,
    tries=st.integers(0, 9),
    options=NAMES,
    clarified=st.integers(0, 9),
    caveat_told=st.booleans(),
    last=WORDS,
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(SESSIONS)
def test_a_session_comes_back_from_its_json_as_it_was(session: Session) -> None:
    blob = session.to_json()
    assert Session.from_json(blob) == session
    assert "\n" not in blob


@settings(max_examples=100, deadline=None)
@given(SESSIONS, st.data())
def test_a_session_cut_off_anywhere_is_refused(session: Session, data: st.DataObject) -> None:
    blob = session.to_json()
    with pytest.raises(ValueError, match=r"."):
        Session.from_json(blob[: data.draw(st.integers(0, len(blob) - 1))])


@settings(max_examples=150, deadline=None)
@given(SESSIONS, st.data())
def test_a_session_with_one_value_replaced_is_a_session_or_refused(
    session: Session, data: st.DataObject
) -> None:
    document = json.loads(session.to_json())
    document[data.draw(st.sampled_from(sorted(document)))] = data.draw(JSON_VALUES)
    try:
        read = Session.from_json(json.dumps(document))
    except ValueError:
        return
    assert Session.from_json(read.to_json()) == read


@settings(max_examples=100, deadline=None)
@given(st.text() | JSON_VALUES.map(json.dumps))
def test_what_is_no_session_is_refused(blob: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Session.from_json(blob)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("guide", None),
        ("slots", []),
        ("slots", {"card_kind": 1}),
        ("declined", "card_kind"),
        ("declined", [1]),
        ("options", None),
        ("topic", 5),
        ("faq", "1"),
        ("urgent", 1),
        ("tries", "2"),
        ("tries", 1.5),
        ("clarified", None),
        ("caveat_told", "yes"),
        ("version", 1),
        ("version", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name: str, value: Any) -> None:
    document = json.loads(Session(topic="dispute_charge").to_json())
    document[name] = value
    with pytest.raises(ValueError, match=r"session"):
        Session.from_json(json.dumps(document))


@pytest.mark.parametrize("name", json.loads(Session().to_json()))
def test_a_session_with_a_value_missing_is_refused(name: str) -> None:
    document = json.loads(Session().to_json())
    del document[name]
    with pytest.raises(ValueError, match=r"session"):
        Session.from_json(json.dumps(document))


@pytest.mark.parametrize("blob", ["[" * 100_000, '{"a":' * 100_000, "9" * 100_000, "\x00", "NaN"])
def test_hostile_json_is_refused(blob: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Session.from_json(blob)


def test_a_real_conversation_survives_its_json_and_holds_no_message(bot: Bot) -> None:
    bot.reply("I lost my corporate card 4111 1111 1111 1111 near the zoo", session_id="json")
    bot.reply("I'm in Lyon", session_id="json")
    session = bot.session("json")
    assert session is not None
    blob = session.to_json()
    assert Session.from_json(blob) == session
    assert session.slots["card_kind"] == "corporate"
    assert "1111" not in blob
    assert "zoo" not in blob


def test_the_fullest_session_stays_under_two_kilobytes(bot: Bot) -> None:
    guide = bot._knowledge.guide
    longest = max(guide.topics, key=len)
    names = tuple(guide.slots)
    slots = {name: "東" * 60 if name == "merchant" else "x" * 60 for name in names}
    full = Session(
        guide=guide.fingerprint,
        owner=owner_of("x" * MAX_ID_LENGTH),
        slots=slots,
        declined=names,
        **dict.fromkeys(("topic", "about", "sheet_told", "asking", "last"), longest),  # type: ignore[arg-type]
        later=(longest,) * (MOST_WISHES - 1),
        options=(longest, longest),
        offered=9,
        tries=9,
        clarified=9,
        faq=99,
    )
    assert len(full.to_json().encode()) < 2_000


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_kept_session_is_given_back_until_it_is_forgotten() -> None:
    store = MemoryStore()
    store.put("a", Session(topic="make_payment"))
    store.put("b", Session(topic="view_statement"))
    assert store.get("a") == Session(topic="make_payment")
    store.delete("a")
    store.delete("a")
    assert store.get("a") is None
    assert store.get("b") == Session(topic="view_statement")


def test_the_newest_state_of_a_session_is_the_one_kept() -> None:
    store = MemoryStore()
    store.put("a", Session(tries=1))
    store.put("a", Session(tries=2))
    assert store.get("a") == Session(tries=2)


def test_the_session_unused_for_longest_makes_room() -> None:
    store = MemoryStore(limit=2)
    for session_id in ("a", "b", "a", "c"):
        store.put(session_id, Session())
    assert store.get("b") is None
    assert store.get("a") == store.get("c") == Session()


def test_an_idle_session_is_forgotten_and_one_in_use_is_not() -> None:
    clock = Clock()
    store = MemoryStore(idle_seconds=60, clock=clock)
    store.put("idle", Session())
    store.put("used", Session())
    clock.now = 50
    store.put("used", Session(tries=1))
    assert store.get("idle") == Session()
    clock.now = 100
    assert store.get("idle") is None
    assert store.get("used") == Session(tries=1)


@pytest.mark.parametrize("limits", [{"limit": 0}, {"idle_seconds": 0}, {"idle_seconds": -1}])
def test_a_store_that_could_keep_nothing_is_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        MemoryStore(**limits)  # type: ignore[arg-type]


@pytest.mark.parametrize("session_id", ["", "x" * (MAX_ID_LENGTH + 1), None, 7, b"u1"])
def test_an_unfit_session_id_is_refused(session_id: Any) -> None:
    with pytest.raises(ValueError, match="session_id"):
        check_id(session_id)


@pytest.mark.parametrize("session_id", ["u", "x" * MAX_ID_LENGTH, "ü 💳\n"])
def test_a_fit_session_id_is_taken_and_names_one_conversation(bot: Bot, session_id: str) -> None:
    bot.reply("it is a corporate card", session_id=session_id)
    session = bot.session(session_id)
    assert session is not None
    assert session.slots["card_kind"] == "corporate"
    bot.forget(session_id)
    assert bot.session(session_id) is None
