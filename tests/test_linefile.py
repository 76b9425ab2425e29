"""Files of lines: several writers, half a line, a rewrite in between; nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot import linefile

WRITER = """
import sys
from pathlib import Path
from bot import linefile
for number in range(60):
    linefile.append(Path(sys.argv[1]), f"{sys.argv[2]}-{number}-{'x' * 3000}".encode())
"""


def test_several_processes_append_whole_lines_while_another_rewrites_the_file(
    tmp_path: Path, root: Path
) -> None:
    path = tmp_path / "lines"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=root)
        for name in "abcd"
    ]
    gone = 0

    def without_a_third(lines: list[bytes]) -> list[bytes]:
        nonlocal gone
        kept = [line for line in lines if not line.endswith(b"x") or hash(line) % 3]
        gone += len(lines) - len(kept)
        return kept

    while any(writer.poll() is None for writer in writers):
        if path.exists():
            linefile.keep(path, without_a_third)
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    lines = linefile.read(path)
    assert len(lines) + gone == 240
    assert {len(line) - len(line.rstrip(b"x")) for line in lines} == {3000}
    assert [p.name for p in tmp_path.iterdir()] == ["lines"]


def test_half_a_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'one\n{"half')
    assert linefile.append(path, b"two")
    assert linefile.read(path) == [b"one", b'{"half', b"two"]


def test_a_file_that_would_grow_too_large_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    assert linefile.append(path, b"x" * 50, most=60)
    before = path.read_bytes()
    assert not linefile.append(path, b"y" * 50, most=60)
    assert path.read_bytes() == before


def test_threads_may_append_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    threads = [
        threading.Thread(target=linefile.append, args=(path, str(number).encode()))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, linefile.read(path))) == list(range(20))


def test_what_people_typed_can_be_read_by_its_owner_only_and_rights_survive_a_rewrite(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lines"
    linefile.append(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    linefile.keep(path, lambda lines: [])
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes() == b""


def test_a_rewrite_that_fails_leaves_the_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\n")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        linefile.keep(path, lambda lines: lines[:1])
    assert caught.value.filename == str(path)
    monkeypatch.undo()
    assert path.read_bytes() == b"one\ntwo\n"
    assert [p.name for p in tmp_path.iterdir()] == ["lines"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        linefile.append(tmp_path / "no" / "lines", b"one")
    assert str(tmp_path / "no" / "lines") in str(caught.value.filename)
