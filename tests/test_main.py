"""The `bot` command, as a person or a program runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main


def run(
    *arguments: str, stdin: bytes = b"", home: str | None = None
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    if home:
        environment["CARDLINE_HOME"] = home
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        capture_output=True,
        timeout=60,
        env=environment,
        check=False,
    )


def test_a_question_is_answered_once_with_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["i lost my card"]) == 0
    said = capsys.readouterr().out
    assert "1-800-528-2122" in said
    assert "+1-623-492-3932" in said


def test_json_holds_all_attributes_of_the_reply(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["where do i send a letter", "--json"]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert reply["intent"] == "contact_by_mail"
    assert reply["routes"][0]["channel"] == "mail"
    assert set(reply) == {
        "text", "markdown", "intent", "confidence", "zone",
        "asks", "slots", "routes", "suggestions",
    }  # fmt: skip


def test_a_question_may_be_several_words_without_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["what", "is", "the", "mailing", "address"]) == 0
    assert "El Paso" in capsys.readouterr().out


def test_piped_lines_are_one_conversation_without_terminal_codes() -> None:
    done = run(stdin=b"i lost my card\n\ncorporate\r\nI am in Lyon\n")
    assert done.returncode == 0
    said = done.stdout.decode()
    assert "\x1b" not in said
    assert said.count("Call now") == 3
    assert "+1-623-492-3932" in said


def test_piped_bytes_that_are_no_text_get_a_reply_too() -> None:
    done = run(stdin=b"\xff\xfe\x00lost\n\x80\n")
    assert done.returncode == 0
    assert done.stdout.strip()
    assert b"Traceback" not in done.stderr


def test_piped_lines_with_json_give_an_object_a_line() -> None:
    done = run("--json", stdin=b"hello\nwhere is the code\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["intent"] for row in rows] == ["greet", "find_security_code"]


@pytest.mark.parametrize("broken", ["model.json", "weights.npz"])
def test_a_damaged_model_is_named_with_the_command_that_mends_it(
    tmp_path: Path, broken: str
) -> None:
    home = tmp_path / "mine"
    assert main(["new", str(home)]) == 0
    path = home / "models" / "default" / broken
    path.write_bytes(path.read_bytes()[:100])
    done = run("hello", home=str(home))
    assert done.returncode == 2
    assert str(path) in done.stderr.decode()
    assert b"bot-train --home" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not done.stdout


def test_a_damaged_guide_is_named_with_file_and_place(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    assert main(["new", str(home)]) == 0
    path = home / "guide" / "topics.toml"
    path.write_text(path.read_text().replace('"card_kind", "calling_from"', '"card_kin"', 1))
    done = run("hello", home=str(home))
    assert done.returncode == 2
    message = done.stderr.decode()
    assert "topics.toml" in message
    assert "did you mean 'card_kind'" in message
    assert "Traceback" not in message


def test_a_folder_that_is_no_home_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--home", str(tmp_path), "hello"]) == 2
    assert "bot new" in capsys.readouterr().err


def test_a_new_home_answers_and_is_never_written_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = tmp_path / "mine"
    assert main(["new", str(home)]) == 0
    assert main(["--home", str(home), "i lost my card"]) == 0
    assert "1-800-528-2122" in capsys.readouterr().out
    assert main(["new", str(home)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert 'bot "i lost my card"' in capsys.readouterr().out
