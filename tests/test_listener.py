"""A reader of bot-train who has seen enough (`| head`): no complaint, and the work is done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.home import Home
from training import utterances


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Home.create(tmp_path / "own", blank=True)
    return tmp_path / "own"


def unread(
    home: Path, root: Path, *command: str, at_once: bool, also_stderr: bool = False
) -> tuple[int, str]:
    """Run a command whose reader is gone from the first; return its status and stderr."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "training", "--home", str(home), *command],
        cwd=root, stdin=subprocess.DEVNULL, stdout=writer,
        stderr=writer if also_stderr else subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1" if at_once else ""},
    )  # fmt: skip
    os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize("at_once", [True, False], ids=["unbuffered", "buffered"])
def test_a_reader_who_has_left_is_no_mistake_and_the_status_is_that_of_the_command(
    at_once: bool, home: Path, root: Path
) -> None:
    assert unread(home, root, "check", "--quick", at_once=at_once) == (0, "")
    (home / "guide" / "topics.toml").write_text("[")
    assert unread(home, root, "check", "--quick", at_once=at_once) == (1, "")
    if at_once:
        assert unread(home, root, "evaluate", "--jobs", "1", at_once=True) == (0, "")
    # Both streams into one pipe: not even the refusal is read.
    wrong = ("rollback", "nobody")
    assert unread(home, root, *wrong, at_once=at_once, also_stderr=True)[0] == 2


@pytest.mark.parametrize("at_once", [True, False], ids=["unbuffered", "buffered"])
def test_what_was_to_be_added_is_added_though_nobody_reads_it(
    at_once: bool, home: Path, root: Path
) -> None:
    rows = home / "rows.csv"
    rows.write_text("text,intent\nahoy there captain,greet\n")
    assert unread(home, root, "import", str(rows), "--yes", at_once=at_once) == (0, "")
    texts = {row.text for row in utterances.read_folder(home / "utterances")}
    assert "ahoy there captain" in texts
