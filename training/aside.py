"""A file that is written beside its place first, so that a crash leaves the old one or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give the name of a new file, which takes the place of `path` after the block.

    A write that fails leaves nothing. An OSError names `path`: a full disk names no file
    at all, and the name beside it means nothing to a person.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            aside.unlink()
