"""Swapping the model under running conversations: nobody waits, and nobody has to begin anew."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

import bot.bot
from bot import Bot, Reply
from bot.home import Home
from bot.knowledge import Knowledge, know
from training.__main__ import main

SECONDS = 30
"""What a reply may take at most: one that waits for the swap would wait for ever."""
TALK = "i lost my card|corporate|i'm in lyon|what about my points|and by mail|thanks".split("|")

Held = tuple[Event, Event]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Held]:
    """Return a way to hold all further readings of a home: (one is being read, go on)."""

    def hold() -> Held:
        begun, go = Event(), Event()

        def slowly(home: Home, model: Path | str | None) -> Knowledge:
            begun.set()
            assert go.wait(SECONDS)
            return know(home, model)

        monkeypatch.setattr(bot.bot, "know", slowly)
        return begun, go

    return hold


def talk(mine: Bot, name: str) -> list[Reply]:
    return [mine.reply(line, session_id=name) for line in TALK]


def learn_flibber(home: Path) -> None:
    """Train a model that knows a word which the one in use does not."""
    with (home / "utterances" / "view_statement.txt").open("a") as file:
        file.writelines(f"{line}\n" for line in ("flibber", "flibber it", "my flibber", "flibbers"))
    assert main(["--home", str(home), "train", "--force", "--jobs", "1"]) == 0


def test_while_a_new_model_is_read_conversations_go_on_with_the_old_one(
    small_home: Path, held: Callable[[], Held]
) -> None:
    mine = Bot.load(home=small_home)
    undisturbed = talk(mine, "before")
    first = mine.reply(TALK[0], session_id="open")
    learn_flibber(small_home)
    begun, go = held()
    with ThreadPoolExecutor(4) as pool:
        try:
            swap = pool.submit(mine.reload)
            assert begun.wait(SECONDS)
            others = [pool.submit(talk, mine, f"during {n}") for n in range(3)]
            assert [other.result(SECONDS) for other in others] == [undisturbed] * 3
            # One that was open before is answered, too.
            assert mine.reply(TALK[1], session_id="open") == undisturbed[1]
            assert mine.classify("flibber").ranking[0][0] != "view_statement"
            assert not swap.done()
        finally:
            go.set()
        swap.result(SECONDS)
    assert first == undisturbed[0]
    assert mine.classify("flibber").ranking[0][0] == "view_statement"


def test_a_conversation_goes_on_where_only_the_model_changed(small_home: Path) -> None:
    mine = Bot.load(home=small_home)
    asked = mine.reply("i lost my card, it is a corporate one", session_id="u1")
    assert asked.asks == "calling_from"
    session = mine.session("u1")
    learn_flibber(small_home)
    mine.reload()
    assert mine.session("u1") == session
    answered = mine.reply("from abroad", session_id="u1")
    assert answered.intent == asked.intent
    assert dict(answered.slots) == {"card_kind": "corporate", "calling_from": "abroad"}
    assert mine.reply("flibber", session_id="u1").intent == "view_statement"


def test_swaps_one_after_the_other_change_no_reply(small_home: Path) -> None:
    mine = Bot.load(home=small_home)
    undisturbed = talk(mine, "before")
    over = Event()

    def on_and_on(name: str) -> list[list[Reply]]:
        found = [talk(mine, name)]
        while not over.is_set():
            mine.forget(name)
            found.append(talk(mine, name))
        return found

    with ThreadPoolExecutor(2) as pool:
        talkers = [pool.submit(on_and_on, name) for name in ("a", "b")]
        try:
            for _ in range(5):
                mine.reload()
        finally:
            over.set()
        for talker in talkers:
            assert all(replies == undisturbed for replies in talker.result(SECONDS))
