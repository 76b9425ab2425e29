"""`bot-train teach`: a sentence that stands under another intent, and moving it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training import utterances
from training.__main__ import main


@pytest.fixture
def home(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    for folder in ("guide", "utterances"):
        (root / folder).mkdir(parents=True)
    (root / "utterances" / "greet.txt").write_text("hello there\nwhat does a wheel cost\n")
    (root / "utterances" / "pay.txt").write_text("pay my bill\n! i want to pay\n")
    return root


def teach(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), "teach", *arguments])


def lines(home: Path, intent: str) -> list[str]:
    return (home / "utterances" / f"{intent}.txt").read_text().splitlines()


def test_a_sentence_of_another_intent_is_refused_with_the_way_to_move_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert teach(home, "pay", "What does a wheel cost") == 2
    said = capsys.readouterr().err
    assert f"{home / 'utterances' / 'greet.txt'}:2: this sentence stands under greet" in said
    assert "--move" in said
    assert teach(home, "--move", "pay", "What does a wheel cost") == 0
    assert "moved from" in capsys.readouterr().out
    assert lines(home, "greet") == ["hello there"]
    assert lines(home, "pay")[2:] == ["What does a wheel cost"]


def test_a_program_is_told_where_the_sentence_stands_and_stood(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"{home / 'utterances' / 'greet.txt'}:2"
    assert teach(home, "--json", "pay", "what does a wheel cost") == 2
    document = json.loads(capsys.readouterr().out)
    assert document == {
        "added": False, "stands": {"intent": "greet", "source": source, "protected": False},
    }  # fmt: skip
    assert teach(home, "--json", "--move", "pay", "what does a wheel cost") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["added"], document["moved"]) == (True, [source])


def test_the_first_sentence_of_an_intent_asks_for_a_second_one_before_a_training(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert teach(home, "--new", "wheelie", "how do i do a wheelie") == 0
    out = capsys.readouterr().out
    assert "wheelie is trained from its second sentence on: teach it one more" in out
    assert "now run" not in out
    for text, alone in (("how do i do a wheelie", True), ("teach me wheelies", False)):
        assert teach(home, "--json", "wheelie", text) == 0
        assert json.loads(capsys.readouterr().out)["alone"] is alone
    assert teach(home, "wheelie", "wheelies please") == 0
    assert "now run" in capsys.readouterr().out


def test_the_sentences_of_a_case_count_for_its_intent_and_not_for_one_that_begins_alike(
    home: Path,
) -> None:
    folder = home / "utterances"
    (folder / "pa.txt").write_text("pa pa\n")
    (folder / "greet.twice.txt").write_text("hello hello\n")
    (folder / "greet.txt").write_text("hello\n")
    assert utterances.alone(folder, "pa")
    assert not utterances.alone(folder, "greet")
    assert not utterances.alone(folder, "greet.twice")


def test_moving_what_stands_nowhere_else_adds_it_once(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert teach(home, "--move", "pay", "settle the bill") == 0
    out = capsys.readouterr().out
    assert "added to" in out
    assert "has it already" in out
    assert lines(home, "pay")[2:] == ["settle the bill"]


def test_a_protected_line_is_not_moved(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert teach(home, "greet", "i want to pay") == 2
    assert "protected" in capsys.readouterr().err
    assert teach(home, "--move", "greet", "i want to pay") == 2
    assert "protected" in capsys.readouterr().err
    assert lines(home, "pay")[1] == "! i want to pay"
    assert len(lines(home, "greet")) == 2
