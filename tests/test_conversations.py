"""The golden conversations, played; and the format that they are written in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import Bot
from bot.errors import BotError
from bot.home import Home
from training import conversations

GOLDEN = conversations.read_folder(Home.shipped().conversations)
KINDS = (
    "details_up_front details_one_by_one correction side_question cancel_restart dont_know "
    "clarify two_wishes people small_talk"
).split()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.path.stem)
def test_a_golden_conversation_goes_as_written(
    bot: Bot, golden: conversations.Conversation
) -> None:
    assert list(conversations.play(bot, golden)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_eight_of_every_kind(kind: str) -> None:
    assert sum(golden.path.stem.startswith(f"{kind}_") for golden in GOLDEN) >= 8


def test_there_are_eighty_and_each_one_asks_for_something() -> None:
    assert len(GOLDEN) >= 80
    assert all(any(turn.checks for turn in golden.turns) for golden in GOLDEN)


def test_no_two_conversations_open_alike() -> None:
    opening = [golden.turns[0].says.casefold() for golden in GOLDEN]
    assert sorted(set(opening)) == sorted(opening)


def test_each_expectation_that_fails_is_named_with_file_line_and_what_was_wanted(
    bot: Bot, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text(
        "# a comment\n> what number do i call\n< bananas\n! corporate\n= greet\n? -\n"
        "? calling_from\n? !card_kind\n@ card_kind personal\n",
        encoding="utf-8",
    )
    said = list(conversations.play(bot, conversations.read(path)))
    assert [line.split("; it was")[0].removeprefix(f"{path}:2: ") for line in said] == [
        "the reply lacks 'bananas'",
        "the reply holds 'corporate'",
        "the topic is 'contact_by_phone'; wanted 'greet'",
        "the reply asks for 'card_kind'; wanted '-'",
        "the reply asks for 'card_kind'; wanted 'calling_from'",
        "the reply asks for 'card_kind'; wanted anything else",
        "the slot 'card_kind' is '-'; wanted 'personal'",
    ]


def test_each_expectation_that_is_met_is_silent(bot: Bot, tmp_path: Path) -> None:
    path = tmp_path / "right.txt"
    path.write_text(
        "> what number do i call, corporate card\n= contact_by_phone\n? calling_from\n"
        "? !card_kind\n@ card_kind CORPORATE\n< u.s.\n! bananas\n> texas\n? -\n",
        encoding="utf-8",
    )
    assert list(conversations.play(bot, conversations.read(path))) == []


@pytest.mark.parametrize(
    "text", ["< said before anything\n", "> hi\nno mark\n", "> hi\n? \n", "> hi\n@ amount\n"]
)
def test_a_line_that_is_no_expectation_is_refused_with_file_and_line(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BotError, match=rf"broken\.txt:{text.count(chr(10))}: .*wanted"):
        conversations.read(path)
