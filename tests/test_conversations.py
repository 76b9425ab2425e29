"""The golden conversations, played; and the format that they are written in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import Bot
from bot.errors import BotError
from bot.home import Home
from training import conversations

GOLDEN = conversations.read_folder(Home.shipped().conversations)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.path.stem)
def test_a_golden_conversation_goes_as_written(
    bot: Bot, golden: conversations.Conversation
) -> None:
    assert list(conversations.play(bot, golden)) == []


def test_there_are_at_least_ten_and_each_one_asks_for_something() -> None:
    assert len(GOLDEN) >= 10
    assert all(any(turn.wants or turn.rejects for turn in golden.turns) for golden in GOLDEN)


def test_a_reply_that_lacks_what_is_wanted_is_named_with_its_line(bot: Bot, tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text("# a comment\n> hello\n< bananas\n! hello\n", encoding="utf-8")
    lacking, held = conversations.play(bot, conversations.read(path))
    assert lacking.startswith(f"{path}:2: the reply lacks 'bananas'")
    assert held.startswith(f"{path}:2: the reply holds 'hello'")


@pytest.mark.parametrize("text", ["< said before anything\n", "> hi\nno mark\n"])
def test_a_line_without_its_mark_is_refused_with_file_and_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BotError, match=rf"broken\.txt:{text.count(chr(10))}"):
        conversations.read(path)
