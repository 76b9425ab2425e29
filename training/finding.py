"""One finding of a check, and how it is read from a line such as `file:line: what; wanted`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]
_PROBLEM = re.compile(r"(?P<file>.+?)(?::(?P<line>\d+))?: (?P<what>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should look at."""

    level: Level
    """An error must be mended; a warning may be right as it is."""
    kind: str
    """What sort of thing, one word: 'contradiction', 'secret', 'guide' ..."""
    file: str
    """The file, or the folder, to be mended."""
    line: int | None
    """Its line, from 1; None for the whole file."""
    what: str
    """What came."""
    wanted: str
    """What was wanted; empty where `what` says it."""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.what}{f'; wanted {self.wanted}' if self.wanted else ''}"

    @classmethod
    def of(cls, level: Level, kind: str, problem: str) -> Finding:
        """Return the finding in a line such as `file:line: what; wanted ...`."""
        found = _PROBLEM.fullmatch(problem)
        file, line, text = found.group("file", "line", "what") if found else ("", None, problem)
        what, _, wanted = text.partition("; wanted ")
        return cls(level, kind, file, int(line) if line else None, what, wanted)
