"""One writer of a home at a time: a lock of the operating system, gone with its process."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ModelError

LOCK_FILE = ".lock"
SHORT = 2.0
"""Seconds that a command which only adds or moves a line waits for its turn."""
_BETWEEN = 0.05
"""Seconds between two tries."""


@contextmanager
def only_writer(models: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of the folder `models`, which is made if missing.

    All that writes models or utterances of a home holds it. Raises ModelError when
    another process still does after `wait` seconds. Own few lines, as the two calls
    below are all of it; a file that merely exists would outlive a killed process.
    """
    models.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(models / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        ends = time.monotonic() + wait
        while not _locked(descriptor):
            if time.monotonic() >= ends:
                raise ModelError(
                    f"{models}: another training is running; wait for its end, then try again"
                )
            time.sleep(_BETWEEN)
        yield
    finally:
        os.close(descriptor)  # which releases the lock


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
