"""The blank home: a tiny complete guide of another field, on which everything works."""

from __future__ import annotations

import json
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output
from test_content_is_data import FIELD

from bot import Bot, guide_reader, repl
from bot.__main__ import main as bot_main
from bot.home import Home
from training import conversations, formats, importing, utterances
from training.__main__ import main

LINES_AN_INTENT = 25


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A blank home, trained."""
    root = tmp_path_factory.mktemp("blank") / "shop"
    assert bot_main(["new", str(root), "--blank"]) == 0
    assert main(["--home", str(root), "train", "--jobs", "1"]) == 0
    return Home.at(root)


def test_its_guide_is_fit_and_every_topic_has_utterances_and_every_intent_an_answer(
    home: Home,
) -> None:
    guide = guide_reader.read(home.guide)
    intents = {row.intent for row in utterances.read_folder(home.utterances)}
    assert set(guide.topics) <= intents
    assert importing.unanswered(home, intents) == []
    assert importing.untaught(home, intents) == []


def test_each_intent_has_enough_lines_and_no_sentence_stands_twice(home: Home) -> None:
    rows = utterances.read_folder(home.utterances)
    counts = {name: sum(row.intent == name for row in rows) for name in {r.intent for r in rows}}
    assert {name: n for name, n in counts.items() if n < LINES_AN_INTENT} == {}
    assert len({row.text.casefold() for row in rows}) == len(rows)


def test_its_golden_conversations_go_as_written(home: Home) -> None:
    golden = conversations.read_folder(home.conversations)
    assert len(golden) >= 2
    bot = Bot.load(home=home)
    assert [found for one in golden for found in conversations.play(bot, one)] == []


def test_it_says_nothing_of_the_shipped_guide(home: Home, shipped: Home) -> None:
    said = "\n".join(
        path.read_text(encoding="utf-8").casefold()
        for path in home.guide.parent.rglob("*")
        if path.suffix in (".toml", ".txt")
    )
    for route in guide_reader.read(shipped.guide).routes.values():
        assert route.route.value.casefold() not in said
    assert "american express" not in said
    assert "amex" not in said
    bot = Bot.load(home=home)
    for message in (
        "what is the capital of france", "hello", "help", "are you a bot", "cancel",
        "what's my balance?", "can you cancel it for me", "my pin is 1234",
    ):  # fmt: skip
        assert FIELD.findall(bot.reply(message).text) == []


def test_the_chat_with_it_speaks_of_it_from_the_first_line_on(home: Home) -> None:
    written = StringIO()
    screen = Vt100_Output(written, lambda: Size(rows=40, columns=100), term="dumb")
    with create_pipe_input() as pipe:
        pipe.send_text(
            "/help\rzyzzyva quokkas yodelled\rno\r/teach greet my pin is 1234\r/restart\r/quit\r"
        )
        assert repl.chat(home.guide.parent, terminal_input=pipe, terminal_output=screen) == 0
    said = " ".join(written.getvalue().split())
    assert said.index("/quit leaves") < said.index("Tell me what your bicycle needs")
    assert "for example: my chain snapped" in said
    assert "May I keep messages" in said
    assert "Teach it without" in said
    assert FIELD.findall(said) == []


def test_without_examples_of_its_own_the_chat_gives_what_the_topics_offer(
    home: Home, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(home.guide.parent, tmp_path / "own"))
    path = own / "guide" / "guide.toml"
    path.write_text(re.sub(r'chat_examples = """.*?"""', "", path.read_text(), flags=re.DOTALL))
    written = StringIO()
    screen = Vt100_Output(written, lambda: Size(rows=40, columns=100), term="dumb")
    with create_pipe_input() as pipe:
        pipe.send_text("/help\r/quit\r")
        assert repl.chat(own, terminal_input=pipe, terminal_output=screen) == 0
    said = " ".join(written.getvalue().split())
    assert "for example: I am stuck on the road I want to book a repair" in said


def test_the_bot_command_chats_with_it(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert bot_main(["--home", str(home.guide.parent), "when do you close on saturday"]) == 0
    assert "9 to 6" in capsys.readouterr().out
    assert bot_main(["--home", str(home.guide.parent), "--json", "i need a new chain fitted"]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert reply["intent"] == "book_repair"
    assert {route["value"] for route in reply["routes"]} >= {"555-0142", "555-0143"}


def test_teach_evaluate_export_and_train_work_on_it(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--home", str(home.guide.parent)]
    assert main([*where, "evaluate", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert "book_repair" in out
    assert "warning" not in out
    for kind in ("csv", "jsonl", "sklearn"):
        assert main([*where, "export", f"--{kind}", str(tmp_path / f"out.{kind}")]) == 0
    assert len(formats.read(tmp_path / "out.csv").sentences) > 400


def test_before_it_is_trained_the_bot_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = tmp_path / "the shop"
    line = f"bot-train --home '{shop}' train"
    assert bot_main(["new", str(shop), "--blank"]) == 0
    assert line in capsys.readouterr().out
    assert bot_main(["--home", str(shop), "hello"]) == 2
    assert line in capsys.readouterr().err


def test_blank_without_new_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bot_main(["--blank", "hello"]) == 2
    assert "bot new" in capsys.readouterr().err
