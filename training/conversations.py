"""Golden conversations: text files in which each line begins with a mark.

| mark | what the line holds |
|---|---|
| `# ` | a remark |
| `> ` | what the person says; the lines below it are about the reply |
| `< ` | a text that the reply holds, upper and lower case alike |
| `! ` | a text that it does not hold |
| `= ` | the topic of the reply (`reply.intent`) |
| `? ` | the slot that it asks for; `? -` for none, `? !card_kind` for any but that one |
| `@ ` | a slot and a text that its value holds: `@ amount 98` |
| `~ ` | two topics; the message is played as one that could be either |

A model that has learned more is torn between other messages: with `~` a conversation about
doubt is the same whichever model is in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot import Bot
from bot.errors import BotError
from bot.messages import Classification, Reply, Understanding

_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Check:
    """One line below a message."""

    mark: str
    """`<`, `!`, `=`, `?` or `@`."""
    text: str
    """What stands after the mark; never empty."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message, and what must be true of the reply."""

    line: int
    """Its line in the file."""
    says: str
    """The message."""
    checks: tuple[Check, ...] = ()
    """All that is wanted, in the order of the file."""
    torn: tuple[str, ...] = ()
    """The two topics that the message is played as being about; none for the model's own view."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of one file."""

    path: Path
    turns: tuple[Turn, ...]


def read(path: Path) -> Conversation:
    """Return the conversation in a file; raises BotError for a line that is not one of those."""
    turns: list[Turn] = []
    for number, raw in enumerate(_lines(path), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        mark, rest = f"{line} "[:2], line[2:].strip()
        if mark == "> ":
            turns.append(Turn(number, rest))
            continue
        if mark == "~ " and turns:
            topics = tuple(rest.split())
            if len(topics) != 2:
                raise BotError(f"{path}:{number}: {line!r}; wanted two topics after the mark")
            turns[-1] = replace(turns[-1], torn=topics)
            continue
        if mark not in {f"{known} " for known in _FAILINGS} or not turns:
            raise BotError(
                f"{path}:{number}: begins with {mark!r}; wanted '> ' first, "
                "then '< ', '! ', '= ', '? ', '@ ' or '~ '"
            )
        if not rest or (mark == "@ " and len(rest.split()) < 2):
            wanted = "a slot and a text of its value" if mark == "@ " else "a text"
            raise BotError(f"{path}:{number}: {line!r}; wanted {wanted} after the mark")
        turns[-1] = replace(turns[-1], checks=(*turns[-1].checks, Check(mark[0], rest)))
    return Conversation(path, tuple(turns))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8").splitlines()
    except OSError as error:
        raise BotError(f"{path}: cannot be read ({error.strerror}); wanted a text file") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BotError(f"{path}:{line}: is not UTF-8; save the file in that encoding") from error


def read_folder(folder: Path) -> list[Conversation]:
    """Return the conversations of every `*.txt` in a folder."""
    return [read(path) for path in sorted(folder.glob("*.txt"))]


def scan(folder: Path) -> tuple[list[Conversation], list[str]]:
    """Return the conversations that can be read, and `file:line: what; wanted` of the others."""
    found: list[Conversation] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.txt")):
        try:
            found.append(read(path))
        except BotError as error:
            problems.append(str(error))
    return found, problems


def play(bot: Bot, conversation: Conversation) -> Iterator[str]:
    """Hold a conversation; yield `file:line: what; wanted` for all that is not as it must be."""
    session_id = f"conversation:{conversation.path.stem}"[:128]
    bot.forget(session_id)
    player = TornBot(bot)
    for turn in conversation.turns:
        player.torn = turn.torn
        reply = player.reply(turn.says, session_id=session_id)
        for check in turn.checks:
            if failing := _FAILINGS[check.mark](check.text, reply):
                yield f"{conversation.path}:{turn.line}: {failing}; it was {reply.text!r}"
    bot.forget(session_id)


class TornBot(Bot):
    """The same bot, sessions and all, but torn between two topics where it is told so."""

    def __init__(self, bot: Bot) -> None:
        vars(self).update(vars(bot))
        self.torn: tuple[str, ...] = ()
        """The two topics; none for the model's own view."""

    def _understand(self, *arguments: Any) -> Understanding:
        heard = super()._understand(*arguments)
        if not self.torn:
            return heard
        halves = tuple((topic, 0.5) for topic in self.torn)
        torn = Classification(self.torn[0], 0.5, "clarify", halves)
        return replace(heard, classification=torn, wishes=(), beside=None)


def _lacks(text: str, reply: Reply) -> str:
    return "" if text.casefold() in reply.text.casefold() else f"the reply lacks {text!r}"


def _holds(text: str, reply: Reply) -> str:
    return f"the reply holds {text!r}" if text.casefold() in reply.text.casefold() else ""


def _topic(text: str, reply: Reply) -> str:
    return "" if reply.intent == text else f"the topic is {reply.intent!r}; wanted {text!r}"


def _asks(text: str, reply: Reply) -> str:
    asked = reply.asks or _NOTHING
    if text.startswith("!"):
        return f"the reply asks for {asked!r}; wanted anything else" if text[1:] == asked else ""
    return "" if asked == text else f"the reply asks for {asked!r}; wanted {text!r}"


def _knows(text: str, reply: Reply) -> str:
    slot, value = text.split(maxsplit=1)
    known = reply.slots.get(slot, _NOTHING)
    good = value.casefold() in known.casefold()
    return "" if good else f"the slot {slot!r} is {known!r}; wanted {value!r}"


_FAILINGS = {"<": _lacks, "!": _holds, "=": _topic, "?": _asks, "@": _knows}
