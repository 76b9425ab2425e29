"""One writer of models at a time: a lock of the operating system, gone with its process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ModelError

LOCK_FILE = ".lock"


@contextmanager
def only_writer(models: Path) -> Iterator[None]:
    """Hold the lock of the folder `models`, which is made if missing.

    Raises ModelError at once when another process holds it. Own few lines, as the two
    calls below are all of it; a file that merely exists would outlive a killed process.
    """
    models.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(models / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):
            raise ModelError(
                f"{models}: another training is running; wait for its end, then try again"
            ) from None
        yield
    finally:
        os.close(descriptor)  # which releases the lock


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
