"""A file of whole lines that several processes append to, and that no crash may spoil."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # Windows: appends are whole lines all the same; `keep` wants to be alone
    flock = None  # type: ignore[assignment]

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
_OWNER_ONLY = 0o600
"""Rights of a new file: what people typed is nobody else's business."""


def append(path: Path, line: bytes, *, most: int | None = None) -> bool:
    """Add one line and bring it to the disk; False when the file would grow over `most` bytes.

    Raises OSError, naming the file, when it cannot be written.
    """
    with _locked(path) as file:
        size = os.fstat(file).st_size
        if most is not None and size + len(line) + 2 > most:
            return False
        # Half a line, left by a full disk or a power cut, must not swallow this one.
        torn = size > 0 and _last_byte(file) != b"\n"
        whole = (b"\n" if torn else b"") + line + b"\n"
        if os.write(file, whole) != len(whole):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file)
    return True


def keep(path: Path, choose: Callable[[list[bytes]], list[bytes]]) -> None:
    """Replace the lines by those that `choose` returns: written aside, then renamed.

    Nothing that another process appends meanwhile is lost. Raises OSError.
    """
    with _locked(path):
        before = read(path)
        after = choose(before)
        if after != before:
            _replace(path, b"".join(line + b"\n" for line in after))


def read(path: Path) -> list[bytes]:
    """Return the lines, without their ends; none when there is no file. Raises OSError."""
    try:
        blob = path.read_bytes()
    except FileNotFoundError:
        return []
    return blob.removesuffix(b"\n").split(b"\n") if blob else []


def _replace(path: Path, blob: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        rights = path.stat().st_mode & 0o777
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, rights), "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open the file that stands at `path`, while nobody else appends to it or replaces it."""
    while True:
        file = os.open(path, _FLAGS, _OWNER_ONLY)
        try:
            if flock is not None:
                flock(file, LOCK_EX)
                # Whoever held the lock before may have put another file in its place.
                if not _stands_at(path, file):
                    continue
            yield file
            return
        except OSError as error:
            error.filename = error.filename or str(path)
            raise
        finally:
            os.close(file)


def _last_byte(file: int) -> bytes:
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1)


def _stands_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
