"""The commands of the chat: why, wrong, teach, train and keep, typed by a person."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from bot import keeping, repl
from bot.home import Home
from bot.inbox import FileInbox
from training.__main__ import main

UNKNOWN = "zyzzyva quokkas yodelled"
QUESTION = "May I keep messages"


@pytest.fixture(autouse=True)
def _a_person_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def typed(keys: str, home: Path) -> str:
    """Return all that the chat wrote while `keys` were typed, line ends as written."""
    written = StringIO()
    screen = Vt100_Output(written, lambda: Size(rows=40, columns=100), term="dumb")
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        assert repl.chat(home, terminal_input=pipe, terminal_output=screen) == 0
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.getvalue()).replace("\r", "")


def kept(home: Path) -> list[str]:
    return [entry.text for entry in FileInbox(home / "inbox.jsonl").read()]


def utterances(home: Path, intent: str) -> list[str]:
    return (home / "utterances" / f"{intent}.txt").read_text(encoding="utf-8").splitlines()


def test_help_names_every_command_and_says_what_is_written_down(small_home: Path) -> None:
    screen = typed("/help\r/keep yes\r/help\r/quit\r", small_home)
    for name in ("/why", "/wrong", "/teach", "/train", "/keep", "/sheet", "/restart", "/quit"):
        assert name in screen
    assert "Nothing that you type is written to disk, unless you teach me." in screen
    assert f"arekeptin{small_home / 'inbox.jsonl'}" in "".join(screen.split())


def test_why_shows_what_each_word_of_the_last_message_says(small_home: Path) -> None:
    screen = typed("/why\ri lost my card\r/why\r/quit\r", small_home)
    assert "no message yet" in screen
    table = screen.split('"i lost my card"')[1]
    assert "report_lost_or_stolen_card" in table
    assert re.search(r"^lost +\+\d", table, re.MULTILINE)
    assert re.search(r"scope \d\.\d\d: that the guide covers it; below 0\.\d\d", table)
    assert "+ speaks for it" in table


def test_why_names_the_act_that_was_heard(tmp_path: Path) -> None:
    Home.create(tmp_path / "mybot")
    screen = typed("i lost my card\rand if they refuse?\r/why\r/quit\r", tmp_path / "mybot")
    assert "After an answer such words are heard as the act refused." in screen


def test_nothing_is_kept_before_a_yes_and_the_question_comes_once(small_home: Path) -> None:
    screen = typed(f"{UNKNOWN}\ri lost my card\r{UNKNOWN}\ryes\r/quit\r", small_home)
    assert screen.count(QUESTION) == 1
    assert kept(small_home) == []
    assert not keeping.state_file().exists()


def test_after_a_yes_unclear_messages_are_kept_and_it_is_remembered(small_home: Path) -> None:
    assert QUESTION in typed(f"{UNKNOWN}\rYes.\r/quit\r", small_home)
    assert kept(small_home) == [UNKNOWN]
    again = typed("zorbing wombats\ri lost my card\r/quit\r", small_home)
    assert QUESTION not in again
    assert kept(small_home) == [UNKNOWN, "zorbing wombats"]


def test_a_no_is_remembered_too_and_can_be_changed(small_home: Path) -> None:
    assert "nothing is kept" in typed(f"{UNKNOWN}\rno\r/quit\r", small_home)
    assert QUESTION not in typed(f"{UNKNOWN}\r/quit\r", small_home)
    assert kept(small_home) == []
    typed(f"/keep yes\r{UNKNOWN}\r/keep no\r{UNKNOWN} again\r/quit\r", small_home)
    assert kept(small_home) == [UNKNOWN]


def test_the_answer_is_the_persons_for_this_home_only(small_home: Path, tmp_path: Path) -> None:
    typed("/keep yes\r/quit\r", small_home)
    assert json.loads(keeping.state_file().read_text()) == {str(small_home / "inbox.jsonl"): True}
    assert not any(path.name == "keep.json" for path in small_home.rglob("*"))


def test_an_answer_that_cannot_be_written_down_holds_for_the_chat(
    small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert "forget that when you leave" in typed("/keep yes\r/quit\r", small_home)


def test_a_message_that_cannot_be_kept_is_told_and_the_chat_goes_on(small_home: Path) -> None:
    (small_home / "inbox.jsonl").mkdir()
    screen = typed(f"/keep yes\r{UNKNOWN}\ri lost my card\r/quit\r", small_home)
    assert "the message was not kept" in screen
    assert "1-800-528-2122" in screen


def test_the_installed_copy_keeps_nothing_and_is_not_taught(
    small_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home.at(small_home)
    copy = Home(home.guide, home.utterances, home.conversations, home.models, read_only=True)
    monkeypatch.setattr(Home, "find", classmethod(lambda cls, named=None: copy))
    screen = typed(f"{UNKNOWN}\r/keep yes\r/quit\r", small_home)
    assert QUESTION not in screen
    assert "bot new mybot" in " ".join(screen.split())


def test_wrong_offers_guesses_and_adds_the_line_to_the_one_chosen(small_home: Path) -> None:
    screen = typed("my dealy is kaput\r/wrong\r2\r/quit\r", small_home)
    chosen = re.search(r"^  2  (\w+)$", screen, re.MULTILINE)
    assert chosen
    assert f"Added under {chosen[1]}" in screen
    assert utterances(small_home, chosen[1])[-1] == "my dealy is kaput"


def test_wrong_takes_a_name_or_out_of_scope_and_leaves_secrets_out(small_home: Path) -> None:
    typed(
        "my dealy 3782 822463 10005 is kaput\r/wrong\rreplace damaged card\r"
        "where is my zeppelin\r/wrong\r5\r/quit\r",
        small_home,
    )
    assert utterances(small_home, "replace_damaged_card")[-1] == "my dealy is kaput"
    assert utterances(small_home, "out_of_scope")[-1] == "where is my zeppelin"


@pytest.mark.parametrize("keys", ["/wrong\r\r", "/wrong\r9\r", "/wrong 9\r", "/wrong zebras\rno\r"])
def test_wrong_without_a_choice_leaves_everything_as_it_was(keys: str, small_home: Path) -> None:
    secret = "my card 378282246310005 is blorped"
    screen = typed(f"/keep yes\r{secret}\r{keys}/quit\r", small_home)
    assert "have not kept what you typed" in screen
    assert "Left as it is" in screen or "9: wanted a number from 1 to 5" in screen
    assert "Make it?" not in screen or "zebras" in keys
    assert kept(small_home) == []


def test_a_correction_that_the_utterances_contradict_goes_to_the_inbox(small_home: Path) -> None:
    line = utterances(small_home, "make_payment")[0]
    path = small_home / "utterances" / "make_payment.txt"
    path.write_text(f"! {path.read_text()}")
    screen = typed(f"/keep yes\r{line}\r/wrong view_statement\r/quit\r", small_home)
    assert "make_payment.txt:1" in screen
    assert "protected" in screen
    (entry,) = FileInbox(small_home / "inbox.jsonl").read()
    assert (entry.reason, entry.wanted) == ("corrected", "view_statement")


@pytest.mark.parametrize("again", ["my dealy is kaput\r/wrong view_statement\r",
                                   "/teach view_statement my dealy is kaput\r"])  # fmt: skip
@pytest.mark.parametrize("answer", ["yes", "no", ""])
def test_a_sentence_under_the_wrong_intent_is_moved_after_a_yes(
    again: str, answer: str, small_home: Path
) -> None:
    before = utterances(small_home, "view_statement")
    screen = typed(
        f"/keep yes\r/teach greet my dealy is kaput\r{again}{answer}\r/quit\r", small_home
    )
    assert re.search(r"stands under greet already \(greet\.txt:\d+\)", screen)
    moved = answer == "yes"
    assert ("Moved from greet to view_statement." in screen) is moved
    assert ("Left as it is." in screen) is not moved
    assert ("my dealy is kaput" in utterances(small_home, "greet")) is not moved
    added = ["my dealy is kaput"] if moved else []
    assert utterances(small_home, "view_statement") == before + added
    left = FileInbox(small_home / "inbox.jsonl").read()
    assert all(entry.reason == "unclear" for entry in left)


@pytest.mark.parametrize("line", ["/teech greet hello my zebra", "/wrnog", "/Frobnicate my card"])
def test_a_mistyped_command_is_no_message(line: str, small_home: Path) -> None:
    screen = typed(f"/keep yes\r{line}\r/why\r/quit\r", small_home)
    assert f"There is no {line.split()[0]}" in screen
    assert ("did you mean /teach?" in screen) is ("teech" in line)
    assert "There is no message yet to explain." in screen
    assert kept(small_home) == []


def test_a_command_in_capitals_is_a_command(small_home: Path) -> None:
    assert "Added under greet" in typed("/TEACH greet hello my zebra\r/QUIT now\r", small_home)


def test_the_first_sentence_of_a_new_intent_is_said_to_wait_for_a_second_one(
    small_home: Path,
) -> None:
    keys = "/teach wheelie how do i do a wheelie\ryes\r/teach wheelie teach me wheelies\r/quit\r"
    screen = typed(keys, small_home)
    assert "Added under wheelie. wheelie is trained from its second sentence on" in screen
    assert "Added under wheelie. /train puts it into use." in screen


def test_teach_adds_a_line_once(small_home: Path) -> None:
    line = "/teach make_payment -- i want to cough up\r"
    screen = typed(f"{line}{line}/quit\r", small_home)
    assert "Added under make_payment" in screen
    assert "already" in screen
    assert utterances(small_home, "make_payment")[-1] == "-- i want to cough up"


def test_teach_makes_a_new_intent_only_after_a_yes(small_home: Path) -> None:
    screen = typed("/teach mak_payment cough up\rno\r/quit\r", small_home)
    assert "The nearest is make_payment" in screen
    assert not (small_home / "utterances" / "mak_payment.txt").exists()
    typed("/teach zebras a zebra bit me\ryes\r/quit\r", small_home)
    assert utterances(small_home, "zebras") == ["a zebra bit me"]


@pytest.mark.parametrize("rest", ["", " make_payment", " make_payment my pin is 1234",
                                  " make_payment 3782 822463 10005"])  # fmt: skip
def test_what_cannot_be_taught_is_said_in_a_line_and_no_program_sees_a_secret(
    rest: str, small_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.teacher import Teacher

    monkeypatch.setattr(Teacher, "_run", lambda *_: pytest.fail("a program was started"))
    screen = typed(f"/teach{rest}\r/quit\r", small_home)
    assert "Wanted: /teach INTENT text" in screen or "without" in screen


def test_a_folder_of_the_same_name_where_one_stands_is_not_run(
    small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "here" / "training"
    trap.mkdir(parents=True)
    (trap / "__init__.py").touch()
    (trap / "__main__.py").write_text("open('trapped', 'w')")
    monkeypatch.chdir(trap.parent)
    assert "Added" in typed("/teach greet hello my zebra\r/quit\r", small_home)
    assert not (trap.parent / "trapped").exists()


@contextmanager
def terminal(home: Path) -> Iterator[pexpect.spawn[str]]:
    environment = {**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", "NO_COLOR": "1"}
    child = pexpect.spawn(
        sys.executable, ["-m", "bot", "--home", str(home)], env=environment,
        encoding="utf-8", timeout=60, dimensions=(40, 100),
    )  # fmt: skip
    try:
        child.expect("/quit leaves")
        child.expect("> ")
        yield child
    finally:
        child.close(force=True)


def test_train_answers_with_the_new_model_and_the_chat_goes_on(small_home: Path) -> None:
    with terminal(small_home) as chat:
        for text in ("flibber my wotsit", "please flibber it", "flibber flibber", "the flibber"):
            chat.send(f"/teach view_statement {text}\r")
            chat.expect("Added under view_statement")
        chat.send("/train\r")
        chat.expect("training")
        time.sleep(0.3)
        chat.send("i want to flibbed\x7fr\r")  # nothing that is typed meanwhile is lost
        chat.expect(r"Trained on [\d,]+ sentences in \d+ s; the new model answers")
        chat.expect(r'"the flibber": .*before,\s+view_statement now')
        chat.expect("> .*i want to flibber")
        chat.send("\r")
        chat.expect("(?i)statement")
        chat.send("/quit\r")
        chat.expect(pexpect.EOF)
    assert (small_home / "models" / "current").read_text().strip() != "default"


def test_control_c_stops_the_training_and_the_chat_lives_on(small_home: Path) -> None:
    with terminal(small_home) as chat:
        chat.send("/train\r")
        chat.expect("training")
        time.sleep(0.8)
        chat.sendcontrol("c")
        chat.expect("Stopped. The model in use is as it was")
        chat.expect("> ")
        chat.send("i lost my card\r")
        chat.expect("1-800-528-2122")
        chat.send("/quit\r")
        chat.expect(pexpect.EOF)
    assert (
        not (small_home / "models" / "current").exists()
        or (small_home / "models" / "current").read_text() == "default\n"
    )
    left = {path.name for path in (small_home / "models").iterdir() if path.name.startswith(".")}
    assert left <= {".lock"}


def test_a_refusal_of_the_training_is_passed_on_and_the_chat_lives_on(small_home: Path) -> None:
    (small_home / "utterances" / "greet.txt").write_bytes(b"gr\xfc\xdf dich\nhello\n")
    with terminal(small_home) as chat:
        chat.send("/train\r")
        chat.expect(r"not\s+UTF-8")
        chat.expect("The model in use is as it was")
        chat.expect("> ")
        chat.send("i lost my card\r")
        chat.expect("1-800-528-2122")


def test_a_worse_model_is_not_used_and_the_chat_says_what_got_worse(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    Home.create(home, blank=True)
    assert main(["--home", str(home), "train", "--name", "good", "--jobs", "1"]) == 0
    path = home / "utterances" / "book_repair.txt"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(
            f"{text.removeprefix('! ')} {word}\n"
            for text in utterances(home, "roadside_help")[1:]
            for word in ("now", "today", "here", "there")
        )
    with terminal(home) as chat:
        chat.send("/train\r")
        chat.expect("The new model would be worse, so it is not used")
        chat.expect(r"protected\s+line,\s+unseen")
        chat.expect("rollback")
        chat.expect("The model in use is as it was")
        chat.send("/quit\r")
        chat.expect(pexpect.EOF)
    assert (home / "models" / "current").read_text() == "good\n"


def test_what_got_a_little_worse_is_said_though_the_new_model_is_used(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    Home.create(home, blank=True)
    (home / "conversations" / "odd.txt").write_text("> flibber wotsit\n! hello\n= out_of_scope\n")
    assert main(["--home", str(home), "train", "--name", "first", "--jobs", "1"]) == 0
    with terminal(home) as chat:
        for text in ("flibber", "flibber wotsit", "wotsit flibber", "flibber flibber"):
            chat.send(f"/teach greet {text}\r")
            chat.expect("Added under greet")
        chat.send("/train\r")
        chat.expect("the new model answers")
        chat.expect(r"Worse\s+than\s+before:")
        chat.expect(r"golden\s+conversation\s+fails\s+now")
        chat.expect(r"bot-train\s+--home.*shop\s+rollback")
        chat.send("/quit\r")
        chat.expect(pexpect.EOF)
    assert (home / "models" / "current").read_text() != "first\n"


def test_tab_completes_commands_and_intents(small_home: Path) -> None:
    with terminal(small_home) as chat:
        for keys in ("/tea", "\t", " make_p", "\t", " cough up now", "\r"):
            chat.send(keys)
            time.sleep(0.3)
        chat.expect("Added under make_payment")
    assert utterances(small_home, "make_payment")[-1] == "cough up now"
