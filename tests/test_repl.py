"""The chat, typed into: through prompt-toolkit's pipe, and once through a real terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from bot import repl, screen
from bot.errors import BotError


def typed(keys: str, home: Path | None = None) -> str:
    """Return all that the chat wrote while `keys` were typed."""
    written = StringIO()
    screen = Vt100_Output(written, lambda: Size(rows=40, columns=100), term="dumb")
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        assert repl.chat(home, terminal_input=pipe, terminal_output=screen) == 0
    return written.getvalue()


def test_a_question_is_answered_and_quit_leaves() -> None:
    screen = typed("i lost my card\r/quit\r")
    assert "1-800-528-2122" in screen
    assert "personal or a corporate card" in screen


def test_the_conversation_goes_on_from_line_to_line() -> None:
    screen = typed("what number do i call\rcorporate\rin the us\r/quit\r")
    assert "1-800-492-3932" in screen
    assert "1-800-528-2122" not in screen


def test_restart_forgets_what_was_said() -> None:
    screen = typed("my card is corporate\r/restart\rwhat number do i call\r/quit\r")
    assert "personal or a corporate card" in screen


def test_an_unknown_command_is_explained() -> None:
    assert "/restart" in typed("/nonsense\r/quit\r")


def test_a_question_that_begins_with_a_slash_is_a_question() -> None:
    assert "1-800-528-2122" in typed("/ i lost my card\r/quit\r")


def test_control_d_leaves() -> None:
    assert "Goodbye" in typed("\x04")


def test_a_damaged_home_is_an_error_that_a_person_can_act_on(tmp_path: Path) -> None:
    with pytest.raises(BotError, match="bot new"):
        typed("hello\r", tmp_path)


def test_a_path_longer_than_the_screen_is_wide_stays_in_one_piece() -> None:
    written = StringIO()
    shown = Vt100_Output(written, lambda: Size(rows=40, columns=40), term="dumb")
    path = "/home/somebody/" + "a-long-folder/" * 12 + "inbox.jsonl"
    screen.Screen(shown).show(f"It is kept in {path} for you.")
    assert path in written.getvalue()


def test_no_character_that_steers_the_terminal_gets_through() -> None:
    hostile = "a\x1b[2Jb\x07c\x9bd\x08e\u202ef\u200bg"
    assert screen.printable(hostile) == "a[2Jbcdefg"


@contextmanager
def terminal(tmp_path: Path, **extra: str) -> Iterator[pexpect.spawn[str]]:
    environment = {
        **os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", "HOME": str(tmp_path), **extra,
    }  # fmt: skip
    child = pexpect.spawn(
        sys.executable,
        ["-m", "bot"],
        env=environment,
        encoding="utf-8",
        timeout=20,
        dimensions=(40, 100),
    )
    try:
        yield child
    finally:
        child.close(force=True)


def test_in_a_real_terminal_control_c_clears_the_line_and_control_d_leaves(tmp_path: Path) -> None:
    with terminal(tmp_path) as child:
        child.expect("/quit leaves")
        child.expect("> ")
        child.send("my card number is")
        child.expect("number is")
        child.sendcontrol("c")
        child.send("i lost my card\r")
        child.expect("1-800-528-2122")
        child.expect("corporate")
        child.expect("> ")
        child.sendcontrol("d")
        child.expect("Goodbye")
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 0


def test_nothing_typed_is_written_to_disk(tmp_path: Path) -> None:
    with terminal(tmp_path) as child:
        child.expect("> ")
        child.send("zebra 3782 822463 10005\r")
        child.expect("not kept")
        child.expect("> ")
        child.sendcontrol("d")
        child.expect(pexpect.EOF)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_no_colours_when_they_are_not_wanted(tmp_path: Path) -> None:
    with terminal(tmp_path, NO_COLOR="1") as child:
        child.expect("> ")
        child.send("i lost my card\r")
        child.expect("personal or a corporate")
        assert not re.search(r"\x1b\[[0-9;]*[34][0-7]", child.before or "")
