"""stdout or stderr whose reader may have seen enough: what is written after that goes nowhere."""

from __future__ import annotations

import os
from typing import Any, TextIO


class Listener:
    """A text stream to write to; a closed pipe (`| head`) neither stops the work nor its status.

    Nothing here ends the program on SIGPIPE, as it may be about to write what was labelled.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`, as long as somebody reads it."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or let it go; return the number of characters."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._leave()
            return len(text)

    def flush(self) -> None:
        """Bring what was written to the reader, if there is one."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._leave()

    def _leave(self) -> None:
        """Put nobody in the place of the reader, so that what is still in a buffer can go too."""
        nobody = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nobody, self._stream.fileno())
        os.close(nobody)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
