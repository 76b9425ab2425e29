"""`bot-train list` and `bot-train rollback`, and the lock that all writers of a home hold."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import Bot
from bot.errors import ModelError
from bot.home import Home
from bot.inbox import InboxEntry
from training import importing, lock
from training.__main__ import main
from training.formats import Document
from training.review import Review
from training.utterances import Utterance, append, read_folder

HOLD = """
import sys, time
from pathlib import Path
from training.lock import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def three(small_home: Path) -> Path:
    """A home with the models default, one and two; two is in use."""
    for name in ("one", "two"):
        shutil.copytree(small_home / "models" / "default", small_home / "models" / name)
    (small_home / "models" / "current").write_text("two\n")
    (small_home / "models" / "history").write_text("default\none\n")
    return small_home


@pytest.fixture
def busy(small_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home that another process trains."""
    monkeypatch.setattr(lock, "SHORT", 0.1)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(small_home / "models")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield Home.at(small_home)
        holder.kill()


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), *arguments])


def test_the_list_shows_date_size_and_figures_and_which_is_in_use(
    three: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(three, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    count = len({(row.intent, row.text) for row in read_folder(three / "utterances")})
    assert all(f"{count:,} lines, accuracy " in line for line in lines)
    assert [line[0] for line in lines if " two " in line] == ["*"]
    assert [line.split()[0] for line in lines if line.endswith("(in use before)")] == ["one"]


def test_the_list_for_a_program(three: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(three, "list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["in_use"], found["before"]) == ("two", "one")
    assert {row["name"] for row in found["models"]} == {"default", "one", "two"}
    assert all(0 < row["scores"]["accuracy"] <= 1 for row in found["models"])


def test_a_damaged_model_is_listed_with_what_ails_it(
    three: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (three / "models" / "one" / "model.json").write_text("{")
    assert run(three, "list") == 0
    assert "is not JSON" in capsys.readouterr().out


def test_rollback_puts_the_model_before_in_use_and_again_the_one_before_that(
    three: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(three, "rollback") == 0
    said = capsys.readouterr().out
    assert "one (it was two)" in said
    assert "the next training learns them again" in said
    assert run(three, "rollback", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"in_use": "default", "was": "one"}
    assert Bot.load(home=three).reply("i lost my card").routes
    assert run(three, "rollback") == 2
    assert "no model was in use before" in capsys.readouterr().err
    assert run(three, "rollback", "two") == 0
    assert (three / "models" / "current").read_text() == "two\n"


def test_rollback_to_a_model_that_is_not_there_names_the_nearest(
    three: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(three, "rollback", "defualt") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "did you mean 'default'?" in error
    assert (three / "models" / "current").read_text() == "two\n"


@pytest.mark.parametrize("what", ["nothing\n", "../up\n", "", "\xff\xfe"])
def test_a_broken_current_is_one_clear_line_and_rollback_mends_it(
    what: str, three: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (three / "models" / "current").write_bytes(what.encode("latin-1"))
    assert run(three, "list") == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(ModelError):
        Bot.load(home=three)
    assert run(three, "rollback") == 0
    assert (three / "models" / "current").read_text() == "one\n"


def test_a_broken_model_is_not_rolled_back_to(
    three: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(three / "models" / "default")
    (three / "models" / "default").mkdir()
    assert run(three, "rollback", "default") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "no such file" in error
    assert (three / "models" / "current").read_text() == "two\n"


def test_while_a_training_runs_nothing_else_writes_and_says_so_in_a_line(
    busy: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = read_folder(busy.utterances)
    (tmp_path / "more.csv").write_text("text,intent\nahoy there captain,greet\n")
    home = busy.models.parent
    for command in (
        ["teach", "greet", "ahoy"],
        ["rollback"],
        ["import", str(tmp_path / "more.csv"), "--yes"],
    ):
        assert run(home, *command) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "another training is running" in error
    assert read_folder(busy.utterances) == before


def test_a_label_of_a_review_waits_for_its_turn_and_is_not_lost(busy: Home) -> None:
    entry = InboxEntry(
        "a magpie took it", "unknown", (("greet", 0.2),), "2026-05-01T00:00:00+00:00"
    )
    busy.inbox.write_text(entry.to_json() + "\n")
    review = Review(busy)
    assert review.current is not None
    with pytest.raises(ModelError, match="another training"):
        review.label("greet")
    assert review.current is not None
    assert not review.can_undo


def test_a_short_wait_is_enough_for_a_short_write(tmp_path: Path) -> None:
    code = HOLD.replace("60", "0.5")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with lock.only_writer(tmp_path, wait=30):
            pass


def test_a_line_is_written_aside_under_a_name_of_its_own_and_leftovers_go(tmp_path: Path) -> None:
    path = tmp_path / "greet.txt"
    (tmp_path / ".greet.txt.99999.new").write_text("half a li")
    (tmp_path / "greet.txt.new").write_text("somebody's own")
    append(path, ["hello"])
    importing.apply(
        importing.plan(Document((Utterance("greet", "ahoy", source="f:1"),)), tmp_path), tmp_path
    )
    assert path.read_text() == "hello\nahoy\n"
    assert {file.name for file in tmp_path.iterdir()} == {"greet.txt", "greet.txt.new"}
