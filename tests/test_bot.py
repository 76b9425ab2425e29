"""The public face: one utterance in, one reply out, whatever comes in and from how many."""

from __future__ import annotations

import asyncio
import doctest
import json
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bot.bot
from bot import Bot, BotError, Reply
from bot.home import Home
from bot.session import MemoryStore

CONVERSATION = (
    "hello|i lost my card|corporate|i'm in lyon|thanks|what number do i call|actually personal|"
    "where is the security code|blub blub|my card is cracked|repeat that|cancel|start over"
).split("|")


@pytest.mark.parametrize("bad", ["", "x" * 129, 7, b"u1", ["u1"]])
@pytest.mark.parametrize("method", ["reply", "session", "forget"])
def test_a_session_id_of_another_kind_or_length_is_refused(bot: Bot, method: str, bad: Any) -> None:
    calls: dict[str, Callable[[], object]] = {
        "reply": lambda: bot.reply("hello", session_id=bad),
        "session": lambda: bot.session(bad),
        "forget": lambda: bot.forget(bad),
    }
    with pytest.raises(ValueError, match="session_id"):
        calls[method]()


@pytest.mark.parametrize("good", ["u", "x" * 128, "käse/../🙂", " "])
def test_any_other_text_is_a_session_id(bot: Bot, good: str) -> None:
    assert bot.reply("i lost my card", session_id=good).asks == "card_kind"
    kept = bot.session(good)
    assert kept is not None
    assert kept.asking == "card_kind"


def test_a_one_off_remembers_nothing_and_asks_nothing() -> None:
    store = MemoryStore()
    one = Bot.load(store=store)
    first = one.reply("i lost my card, it is a corporate card")
    assert (first.asks, dict(first.slots)) == (None, {"card_kind": "corporate"})
    second = one.reply("which number do i call")
    assert (second.asks, dict(second.slots)) == (None, {})
    assert len([route for route in second.routes if route.channel == "phone"]) == 4
    assert one.session("None") is None


def test_conversations_do_not_hear_each_other(bot: Bot) -> None:
    bot.reply("i have a corporate card", session_id="apart 1")
    assert dict(bot.reply("i lost my card", session_id="apart 2").slots) == {}
    assert dict(bot.reply("i lost my card", session_id="apart 1").slots) == {
        "card_kind": "corporate"
    }


def test_a_forgotten_conversation_starts_afresh(bot: Bot) -> None:
    bot.reply("i lost my corporate card", session_id="gone")
    bot.forget("gone")
    bot.forget("gone")
    assert bot.session("gone") is None
    assert dict(bot.reply("i lost my card", session_id="gone").slots) == {}


def test_a_session_in_hand_is_frozen_and_stays_as_it_was(bot: Bot) -> None:
    bot.reply("i lost my card", session_id="held")
    held = bot.session("held")
    assert held is not None
    bot.reply("corporate", session_id="held")
    assert "card_kind" not in held.slots
    with pytest.raises(FrozenInstanceError):
        held.asking = "x"  # type: ignore[misc]


def test_reload_takes_up_a_changed_guide_and_drops_its_old_sessions(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "mine")
    mine = Bot.load(home=tmp_path / "mine")
    mine.reply("i lost my corporate card", session_id="u1")
    routes = home.guide / "routes.toml"
    routes.write_text(
        routes.read_text("utf-8").replace("1-800-528-2122", "1-800-555-0199"), "utf-8"
    )
    assert "1-800-528-2122" in mine.reply("i lost my card").text
    mine.reload()
    reply = mine.reply("i lost my card", session_id="u1")
    assert "1-800-555-0199" in reply.text
    assert dict(reply.slots) == {}


def test_a_failed_reload_raises_and_keeps_what_was_there(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "mine")
    mine = Bot.load(home=home)
    before = mine.reply("i lost my card")
    (home.guide / "topics.toml").write_text("not = [toml", "utf-8")
    with pytest.raises(BotError, match=r"topics\.toml"):
        mine.reload()
    assert mine.reply("i lost my card") == before


def test_loading_a_folder_that_is_no_home_says_which(tmp_path: Path) -> None:
    with pytest.raises(BotError, match="nowhere"):
        Bot.load(home=tmp_path / "nowhere")


def test_areply_gives_the_same_and_shares_the_sessions(bot: Bot) -> None:
    async def both() -> list[Reply]:
        one_off = bot.areply("i lost my card")
        return [await one_off, await bot.areply("i lost my card", session_id="async")]

    one_off, first = asyncio.run(both())
    assert one_off == bot.reply("i lost my card")
    assert first.asks == "card_kind"
    assert bot.reply("corporate", session_id="async").asks == "calling_from"


def test_areply_refuses_a_bad_session_id_too(bot: Bot) -> None:
    with pytest.raises(ValueError, match="session_id"):
        asyncio.run(bot.areply("hello", session_id=""))


def test_eight_threads_give_the_same_replies_as_one(bot: Bot) -> None:
    lines = [CONVERSATION[n % len(CONVERSATION)] for n in range(200)]

    def talk(name: str) -> list[Reply]:
        start = int(name[-1])
        return [bot.reply(line, session_id=name) for line in lines[start:] + lines[:start]]

    serial = [talk(f"serial {n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        threaded = list(pool.map(talk, [f"threaded {n}" for n in range(8)]))
    assert threaded == serial
    assert len({reply.text for reply in serial[0]}) > 8


def test_to_dict_is_json_with_the_attributes_as_keys(bot: Bot) -> None:
    for line in CONVERSATION:
        reply = bot.reply(line, session_id="json")
        document = reply.to_dict()
        assert json.loads(json.dumps(document)) == document
        assert document["text"] == reply.text
        assert document["slots"] == dict(reply.slots)
        assert [route["value"] for route in document["routes"]] == [r.value for r in reply.routes]
        assert {"markdown", "intent", "confidence", "zone", "asks", "suggestions"} <= set(document)


def test_classify_leaves_no_trace_and_its_ranking_sums_to_one(bot: Bot) -> None:
    bot.forget("quiet")
    lines = [*CONVERSATION, "", "asdf", "we play chess on mars"]
    many = bot.classify_many(lines)
    assert many == [bot.classify(line) for line in lines]
    for found in many:
        assert sum(p for _, p in found.ranking) == pytest.approx(1)
        assert found.confidence == found.ranking[0][1]
        assert (found.intent == "out_of_scope") == (found.zone == "unknown")
    assert bot.session("quiet") is None


def test_today_turns_a_relative_date_into_a_day(bot: Bot) -> None:
    line = "i want to dispute a charge from yesterday"
    day = bot.reply(line, today=date(2025, 3, 1)).slots["transaction_date"]
    assert day == "2025-02-28"
    assert bot.reply(line).slots["transaction_date"] == "yesterday"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", " \n\t ", "🙂🙂👍", "?!...", "\u200b\u200b", "\ufeff", "\ud800"),
        *("\x00\x1b[31m\x07\x9b\u202e", "x" * 100_000, "🙂" * 100_000, "blub blub " * 10_000),
        *("привет как дела", "我的卡丢了", "مرحبا كيف حالك", "カードをなくした", "9" * 100_000),
    ],
    ids=ascii,
)
def test_whatever_is_typed_gets_a_short_polite_reply(bot: Bot, text: str) -> None:
    name = "odd"
    bot.forget(name)
    for reply in (bot.reply(text), bot.reply(text, session_id=name)):
        assert 20 < len(reply.text) < 600
        assert reply.text[0].isupper()
        assert reply.text.replace("\n", "").isprintable()
        assert reply.zone != "answer"
        json.dumps(reply.to_dict()).encode()
        reply.text.encode()


@pytest.mark.parametrize("noise", ["\x00", "\u200b", " " * 1_000, "\u202e", "🙂"])
def test_a_wish_is_understood_in_spite_of_what_surrounds_it(bot: Bot, noise: str) -> None:
    reply = bot.reply(f"{noise}i lost my card{noise}")
    assert reply.intent == "report_lost_or_stolen_card"
    assert "1-800-528-2122" in reply.text


def test_the_examples_in_the_module_are_true() -> None:
    failed, tried = doctest.testmod(bot.bot)
    assert failed == 0
    assert tried >= 5


def test_a_place_far_into_a_very_long_message_is_no_error(bot: Bot) -> None:
    assert bot.reply("a " * 450 + "i am in Paris").text


def test_what_a_person_types_is_neither_template_nor_markup(bot: Bot) -> None:
    for line in ("i want to dispute a charge", "corporate", "in the us"):
        bot.reply(line, session_id="typed")
    reply = bot.reply("billed by Joe {mail} <b>*x*", session_id="typed")
    sheet = bot.sheet("typed")
    bot.forget("typed")
    assert "El Paso" not in reply.text
    assert "<b>" not in reply.markdown
    assert "<b>" not in sheet.markdown


def test_bytes_that_are_no_text_do_not_come_back(bot: Bot) -> None:
    assert bot.reply("i lost my c\udcffard").text.encode()


def test_a_wish_with_a_word_of_refusal_in_it_is_still_a_wish(bot: Bot) -> None:
    bot.reply("i want to talk to a person", session_id="any")
    reply = bot.reply("whatever, where is the security code", session_id="any")
    bot.forget("any")
    assert reply.intent == "find_security_code"


def test_only_a_yes_takes_up_the_second_wish(bot: Bot) -> None:
    both = "how do i check my points and what is the mailing address"
    first = bot.reply(both, session_id="banana").intent
    assert bot.reply("banana", session_id="banana").intent not in {
        "rewards_points",
        "contact_by_mail",
    } - {first}
    bot.forget("banana")


def test_a_reply_can_be_sent_to_another_process(bot: Bot) -> None:
    reply = bot.reply("i lost my card")
    assert pickle.loads(pickle.dumps(reply)) == reply
