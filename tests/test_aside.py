"""What is written aside first: whole or not at all, and an error names the file that was wanted."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_killed import LIMITED, needs_posix

from bot.home import Home
from training.__main__ import main
from training.aside import written_aside


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_there_whole_after_the_block_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with written_aside(path) as aside:
        aside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["out.csv"]


def fail_half_way(path: Path) -> None:
    with written_aside(path) as aside:
        aside.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_failure_leaves_the_old_file_and_names_it(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(OSError, match="No space left") as caught:
        fail_half_way(path)
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out.csv"]


def test_a_folder_that_is_not_there_is_named_by_the_file_that_was_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Home.create(tmp_path / "own", blank=True)
    path = tmp_path / "no" / "out.csv"
    assert main(["--home", str(tmp_path / "own"), "export", "--csv", str(path)]) == 2
    assert capsys.readouterr().err == f"bot-train: {path}: No such file or directory\n"


@needs_posix
@pytest.mark.parametrize(
    "command",
    [["export", "--csv"], ["export", "--sklearn"], ["evaluate", "--jobs", "1", "--report"]],
)
def test_a_full_disk_is_one_line_that_names_the_file(
    command: list[str], tmp_path: Path, root: Path
) -> None:
    pytest.importorskip("matplotlib")
    home = tmp_path / "own"
    Home.create(home, blank=True)
    assert main(["--home", str(home), "train", "--jobs", "1"]) == 0
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / "file"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "1000", "--home", str(home), *command, str(path)],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == f"bot-train: {path}: File too large"
    assert done.returncode == 2
    assert names(tmp_path / "out") == []
