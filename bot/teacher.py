"""Runs bot-train beside the chat, as a program of its own: the chat never loads what it needs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRESS_VARIABLE = "CARDLINE_PROGRESS"
"""Environment variable that makes bot-train print a line of JSON on stderr after each fit."""
WORSE = 3
"""Exit status of a training whose model was worse and was not put in use."""
_STOPS_WITHIN = 5.0
"""Seconds that the program has to leave after Ctrl-C, before it is ended."""
_BESIDE = Path(__file__).resolve().parent.parent
"""Where `training` lies beside `bot`; run from there, so that no other folder of that
name in the person's current one is taken for it."""

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of bot-train ended."""

    status: int
    """Its exit status: 0 done, 2 something to mend, 3 worse and not swapped in."""
    document: dict[str, Any] = field(default_factory=dict)
    """What it printed as JSON; empty when it printed none."""
    messages: str = ""
    """What it said on stderr, for people."""
    stopped: bool = False
    """Whether Ctrl-C ended it."""


class Teacher:
    """Starts the commands of bot-train on one home."""

    def __init__(self, home: Path | str | None) -> None:
        """Work on the home in the folder `home`; None is the shipped one."""
        self._home = [] if home is None else ["--home", str(Path(home).expanduser().absolute())]

    def teach(
        self, intent: str, text: str, *, new: bool = False, move: bool = False
    ) -> Outcome:  # fmt: skip
        """Add an utterance; `new`: to an intent that may not exist yet.

        `move`: take it out of the intent that it stands under by now; without it, where
        it stands is the `stands` of the document. `text` must hold no secret, because
        arguments can be seen by others.
        """
        how = [option for option, wanted in (("--new", new), ("--move", move)) if wanted]
        # Without "--" a text that begins with a dash would be read as an option.
        return self._run(["teach", "--json", *how, "--", intent, text])

    def train(self, report: Report) -> Outcome:
        """Train, and put the new model in use; `report(done, of)` follows the fits.

        Ctrl-C stops the training, not the caller.
        """
        return self._run(["train", "--json"], report)

    def _run(self, command: Sequence[str], report: Report = lambda done, of: None) -> Outcome:
        arguments = [sys.executable, "-m", "training", *self._home, *command]
        environment = {**os.environ, PROGRESS_VARIABLE: "1", "PYTHONIOENCODING": "utf-8"}
        # A file, because a pipe that nobody reads while stderr is read could fill up.
        with tempfile.TemporaryFile() as printed:
            # A session of its own, so that Ctrl-C reaches the chat alone.
            child = subprocess.Popen(
                arguments, cwd=_BESIDE, env=environment, stdin=subprocess.DEVNULL,
                stdout=printed, stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
                start_new_session=True,
            )  # fmt: skip
            messages: list[str] = []
            stopped = False
            with child:
                try:
                    _follow(child, messages, report)
                except KeyboardInterrupt:
                    stopped = True
                    _stop(child)
                except BaseException:
                    _stop(child)
                    raise
            printed.seek(0)
            document = _document(printed.read())
        return Outcome(child.returncode, document, "\n".join(messages), stopped)


def _follow(child: subprocess.Popen[str], messages: list[str], report: Report) -> None:
    """Read stderr to its end: progress is reported, everything else is a message."""
    assert child.stderr is not None
    for line in child.stderr:
        fits = _document(line)
        if isinstance(fits.get("done"), int) and isinstance(fits.get("of"), int):
            report(fits["done"], fits["of"])
        elif line.strip():
            messages.append(line.rstrip())
    child.wait()


def _stop(child: subprocess.Popen[str]) -> None:
    """End the program and the processes that fit for it."""
    _send(child, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        child.wait(_STOPS_WITHIN)
        return
    _send(child, getattr(signal, "SIGKILL", signal.SIGTERM))
    child.wait()


def _send(child: subprocess.Popen[str], what: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, what)  # its session's group has its number
        else:
            child.terminate()


def _document(text: str | bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
