"""Golden conversations: `> ` what is said, `< ` what the reply holds, `! ` what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot import Bot
from bot.errors import BotError

_MARKS = {"> ", "< ", "! "}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message, and what must be true of the reply."""

    line: int
    """Its line in the file."""
    says: str
    """The message."""
    wants: tuple[str, ...]
    """Texts that the reply holds, upper and lower case alike."""
    rejects: tuple[str, ...]
    """Texts that it does not hold."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of one file."""

    path: Path
    turns: tuple[Turn, ...]


def read(path: Path) -> Conversation:
    """Return the conversation in a file; raises BotError for a line without a mark."""
    turns: list[Turn] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        mark, rest = f"{line} "[:2], line[2:].strip()
        if mark not in _MARKS or (mark != "> " and not turns):
            raise BotError(
                f"{path}:{number}: begins with {mark!r}; wanted '> ' first, then '< ' or '! '"
            )
        if mark == "> ":
            turns.append(Turn(number, rest, (), ()))
            continue
        last = turns[-1]
        wants = (*last.wants, rest) if mark == "< " else last.wants
        rejects = (*last.rejects, rest) if mark == "! " else last.rejects
        turns[-1] = Turn(last.line, last.says, wants, rejects)
    return Conversation(path, tuple(turns))


def read_folder(folder: Path) -> list[Conversation]:
    """Return the conversations of every `*.txt` in a folder."""
    return [read(path) for path in sorted(folder.glob("*.txt"))]


def play(bot: Bot, conversation: Conversation) -> Iterator[str]:
    """Hold a conversation; yield `file:line: what; wanted` for all that is not as it must be."""
    session_id = f"conversation:{conversation.path.stem}"[:128]
    bot.forget(session_id)
    for turn in conversation.turns:
        reply = bot.reply(turn.says, session_id=session_id)
        said = reply.text.casefold()
        where = f"{conversation.path}:{turn.line}"
        for wanted in turn.wants:
            if wanted.casefold() not in said:
                yield f"{where}: the reply lacks {wanted!r}; it was {reply.text!r}"
        for rejected in turn.rejects:
            if rejected.casefold() in said:
                yield f"{where}: the reply holds {rejected!r}; it was {reply.text!r}"
    bot.forget(session_id)
