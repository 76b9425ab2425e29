"""Whether the chat may keep unclear messages: asked once, and remembered for this person."""

from __future__ import annotations

import json
import os
from pathlib import Path

from bot.inbox import FileInbox, InboxEntry

_YES = ("yes", "y", "yes please", "ok", "sure")
_NO = ("no", "n", "no thanks", "no thank you")


class Keeping:
    """The inbox of the chat: a file once the person has agreed, else one message in memory.

    The answer belongs to the person, not to the home, which others may share and which
    may not be written to: it stands in the person's state folder, by inbox.
    """

    def __init__(self, inbox: Path, *, offered: bool) -> None:
        """Keep messages in the file `inbox` if that was agreed to.

        `offered`: whether there is anybody to read it; if not, nothing is asked or kept.
        """
        self.file = FileInbox(inbox)
        self.offered = offered
        self.agreed = offered and _remembered().get(str(self.file.path)) is True
        self.trouble = ""
        """Why the last message could not be written; empty when it could."""
        self._unasked = offered and str(self.file.path) not in _remembered()
        self.waiting: InboxEntry | None = None
        """The unclear message that a yes would keep."""

    def add(self, entry: InboxEntry) -> None:
        """Keep an unclear message if that was agreed to, else hold the last one for a yes."""
        if not self.agreed:
            self.waiting = entry
            return
        try:
            self.file.add(entry)
        except OSError as error:
            self.trouble = f"{error.filename}: the message was not kept: {error.strerror}"

    def may_ask(self) -> bool:
        """Tell, and note, that it is time to ask: once, when there is something to keep."""
        if not self._unasked or self.waiting is None:
            return False
        self._unasked = False
        return True

    def take(self, answer: str) -> str:
        """Return what to say to a yes or a no, and remember it; nothing for other texts."""
        word = answer.lower().strip(" .!")
        if word not in _YES + _NO:
            return ""
        self.agreed = word in _YES
        self._unasked = False
        if self.agreed and self.waiting is not None:
            self.add(self.waiting)
        self.waiting = None
        said = (
            "Thank you. Nothing is learned from them by itself; /keep no ends it."
            if self.agreed
            else "All right, nothing is kept. /keep yes begins it."
        )
        try:
            _remember(str(self.file.path), self.agreed)
        except OSError as error:
            said += f" (I will forget that when you leave: {error.filename}: {error.strerror})"
        return said


def state_file() -> Path:
    """Return the file of the answers, in the person's state folder (XDG, or Windows' own)."""
    folder = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(folder or os.path.expanduser("~/.local/state")) / "cardline" / "keep.json"


def _remembered() -> dict[str, object]:
    try:
        answers = json.loads(state_file().read_bytes())
    except (OSError, ValueError):
        return {}
    return answers if isinstance(answers, dict) else {}


def _remember(inbox: str, answer: bool) -> None:
    path = state_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.new")
    aside.write_text(json.dumps({**_remembered(), inbox: answer}, indent=1), encoding="utf-8")
    aside.replace(path)
