"""The commands of the chat: what a person types after a slash."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import BotError
from bot.inbox import InboxEntry, teachable
from bot.messages import OUT_OF_SCOPE
from bot.repl import SESSION_ID
from bot.teacher import WORSE

if TYPE_CHECKING:
    from bot.bot import Bot
    from bot.guide import Guide
    from bot.home import Home
    from bot.keeping import Keeping
    from bot.screen import Screen
    from bot.teacher import Outcome, Teacher

GUESSES = 4
"""Intents that /wrong offers by number."""
_EXAMPLES = 3
"""Topics that /help offers where the guide has no examples of its own."""
_SHOWN_WORSE = 3
"""Findings of the gate; bot-train train prints more of them."""
_SHOWN_AFTER_TRAINING = 5
_LIKE_A_COMMAND = re.compile(r"/[^\W\d_]\w*")
_PLACE = re.compile(r"\{([^{}]*)\}")
_YES = ("yes", "y")
Ask = Callable[[str, Iterable[str]], str]


@dataclass(slots=True)
class Chat:
    """What the commands work on."""

    bot: Bot
    """Answers."""
    screen: Screen
    """Shows."""
    keeping: Keeping
    """The inbox, and whether it may be used."""
    teacher: Teacher
    """Runs bot-train."""
    home: Home
    """Where the labelled utterances lie, whose names are intents too."""
    ask: Ask
    """Asks a question with names to complete; empty when the person would rather not say."""
    asked: bool = False
    """Whether the next line may answer the question about the inbox."""
    last: str = ""
    """The last message, secrets masked."""
    taught: list[str] = field(default_factory=list)
    """Texts that were taught since the last training."""
    typed: str = ""
    """What was typed while nobody listened: the next line begins with it."""

    @property
    def guide(self) -> Guide:
        """Return the guide that the bot answers from now."""
        return self.bot._knowledge.guide  # one package: the chat is the bot's own face

    def phrase(self, name: str, **values: str) -> str:
        """Return a sentence of the guide, its {names} filled in."""
        said = self.guide.phrases[name]
        known = {key: found.route.value for key, found in self.guide.routes.items()} | values
        return _PLACE.sub(lambda place: known[place[1]], said)

    def intents(self) -> list[str]:
        """Return the names of all intents, those included that were never trained."""
        known = {intent for intent, _ in self.bot.classify("").ranking} | {OUT_OF_SCOPE}
        return sorted(known | {path.stem for path in self.home.utterances.glob("*.txt")})


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    run: Callable[[Chat, str], None]
    """Runs it with what stands after its name."""
    help: str
    """What it does, in a few words, as in the help."""
    arguments: str = ""
    """What it wants, as in the help."""


def run(chat: Chat, line: str) -> bool:
    """Run the command in `line`; False when `line` is a message."""
    name, _, rest = line.partition(" ")
    command = COMMANDS.get(name.lower())
    if command is not None:
        command.run(chat, rest.strip())
        return True
    # A slip is no message: what stands behind it was not meant for the bot.
    if _LIKE_A_COMMAND.fullmatch(name) or (line.startswith("/") and not rest.strip()):
        chat.screen.show(_unknown_command(name))
        return True
    return False


def _unknown_command(name: str) -> str:
    from difflib import get_close_matches

    *others, final = names = [*COMMANDS, "/quit"]
    near = get_close_matches(name.lower(), names, 1)
    hint = f"; did you mean {near[0]}?" if near else "."
    return f"There is no {name}{hint} I know {', '.join(others)} and {final}."


def _help(chat: Chat, _: str) -> None:
    rows = [(f"{name} {c.arguments}".strip(), c.help) for name, c in COMMANDS.items()]
    width = max(len(left) for left, _ in rows)
    table = "\n".join(f"{left:{width}}  {right}" for left, right in rows)
    kept = (
        f"Messages that I do not understand are kept in {chat.keeping.file.path}; /keep no ends it."
        if chat.keeping.agreed
        else "Nothing that you type is written to disk, unless you teach me."
    )
    examples = "".join(f"  {example}\n" for example in _examples(chat))
    own_words = f"Write in your own words{', for example:' if examples else '.'}\n{examples}"
    chat.screen.show_table(
        f"{own_words}\n{table}\n{'/quit':{width}}  leaves; Ctrl-C clears the line, Ctrl-D leaves\n"
    )
    chat.screen.show(kept)


def _examples(chat: Chat) -> list[str]:
    """Return what one may write, a line each: the guide's own, else what its topics offer."""
    own = chat.phrase("chat_examples").splitlines()
    offers = [topic.offer for topic in chat.guide.topics.values() if topic.offer]
    return own or offers[:_EXAMPLES]


def _sheet(chat: Chat, _: str) -> None:
    chat.screen.show(chat.bot.sheet(SESSION_ID).text)


def _restart(chat: Chat, _: str) -> None:
    chat.bot.forget(SESSION_ID)
    chat.screen.show(chat.guide.says["restart"].text)


def _keep(chat: Chat, answer: str) -> None:
    said = ""
    if not chat.keeping.offered:
        said = (
            "This is the installed copy, which keeps nothing. For a home of your own: bot new mybot"
        )
    elif not answer:
        said = (
            f"I {'keep' if chat.keeping.agreed else 'do not keep'} messages that I do not "
            "understand. To change it: /keep yes or /keep no"
        )
    chat.screen.show(said or chat.keeping.take(answer) or "Say /keep yes or /keep no.")


def _why(chat: Chat, _: str) -> None:
    if not chat.last:
        chat.screen.show("There is no message yet to explain.")
        return
    chat.screen.show(f'What the words of "{chat.last}" say on their own:')
    chat.screen.show_table(str(chat.bot.explain(chat.last)))
    if act := chat.bot.classify(chat.last).act:
        chat.screen.show(f"After an answer such words are heard as the act {act}.")


def _wrong(chat: Chat, named: str) -> None:
    """Correct the last answer: by number, by name, or as out of scope."""
    text = teachable(chat.last)
    if not text:
        chat.screen.show("There is no message yet to correct.")
        return
    ranking = chat.bot.classify(chat.last).ranking
    offered = [*(intent for intent, _ in ranking[:GUESSES]), OUT_OF_SCOPE]
    if not named:
        rows = [f"  {number}  {_label(name)}" for number, name in enumerate(offered, 1)]
        chat.screen.show_table("\n".join([f'What was meant by "{chat.last}"?', *rows]))
        named = chat.ask("a number, or a name (Tab completes)> ", chat.intents())
    by_number = {str(number): name for number, name in enumerate(offered, 1)}
    if named.isdecimal() and named not in by_number:
        most = len(offered)
        chat.screen.show(f"{named}: wanted a number from 1 to {most}, or the name of an intent.")
        return
    wanted = _intent(chat, by_number.get(named, named)) if named else ""
    if not wanted:
        chat.screen.show("Left as it is.")
    elif not _teach_line(chat, wanted, text):
        _set_aside(chat, wanted)


def _label(intent: str) -> str:
    return f"{intent} (I should say that I do not know)" if intent == OUT_OF_SCOPE else intent


def _set_aside(chat: Chat, wanted: str) -> None:
    """Put a corrected message into the inbox, where that was agreed to."""
    if not chat.keeping.agreed:
        chat.screen.show("Left as it is.")
        return
    classification = chat.bot.classify(chat.last)
    chat.keeping.add(InboxEntry.of(chat.last, classification, reason="corrected", wanted=wanted))
    chat.screen.show(f"It is in the inbox, for: {chat.home.bot_train('review')}")


def _teach(chat: Chat, rest: str) -> None:
    intent, _, text = rest.partition(" ")
    if not text.strip():
        chat.screen.show("Wanted: /teach INTENT text, for example: /teach greet hello my friend")
        return
    if chat.bot.mask(text) != text:
        chat.screen.show(chat.phrase("chat_holds_secret"))
        return
    wanted = _intent(chat, intent)
    if wanted:
        _teach_line(chat, wanted, text.strip())
    else:
        chat.screen.show("Nothing was added.")


def _intent(chat: Chat, named: str) -> str:
    """Return the intent that was named; a new one only after a yes, else nothing."""
    names = chat.intents()
    named = named.strip().lower().replace(" ", "_").replace("-", "_")
    if named in names:
        return named
    from difflib import get_close_matches

    near = get_close_matches(named, names, 1)
    hint = f" The nearest is {near[0]}." if near else ""
    answer = chat.ask(f"There is no intent {named} yet.{hint} Make it? yes or no> ", ())
    return named if answer.lower() in _YES else ""


def _teach_line(chat: Chat, intent: str, text: str) -> bool:
    """Add a line, or move it after a yes; False when it could not be done."""
    new = intent not in chat.intents()
    outcome = chat.teacher.teach(intent, text, new=new)
    stands: dict[str, Any] = outcome.document.get("stands", {})
    if stands and not stands["protected"]:
        if not _may_be_moved(chat, stands, intent):
            chat.screen.show("Left as it is.")
            return True
        outcome = chat.teacher.teach(intent, text, new=new, move=True)
    if outcome.status != 0:
        chat.screen.show(_said(outcome) or "The line was not added.")
        return False
    if outcome.document.get("moved"):
        done = f"Moved from {stands['intent']} to {intent}."
    elif outcome.document.get("added"):
        done = f"Added under {intent}."
    else:
        chat.screen.show(f"It stands under {intent} already; /train learns it if that is new.")
        return True
    chat.taught.append(text)
    then = "/train puts it into use."
    if outcome.document.get("alone"):
        then = f"{intent} is trained from its second sentence on: teach it one more, then /train."
    chat.screen.show(f"{done} {then}")
    return True


def _may_be_moved(chat: Chat, stands: dict[str, Any], intent: str) -> bool:
    """Ask whether a sentence may leave the intent that it stands under."""
    where = f"{stands['intent']} already ({Path(stands['source']).name})"
    chat.screen.show(f"This sentence stands under {where}.")
    return chat.ask(f"Move it to {intent}? yes or no> ", ()).lower() in _YES


def _train(chat: Chat, _: str) -> None:
    """Train beside the chat, then answer with the new model."""
    import time

    from bot.progress import counted

    before = {text: _meaning(chat, text) for text in chat.taught[-_SHOWN_AFTER_TRAINING:]}
    started = time.monotonic()
    typed: list[str] = []
    with counted("training", chat.screen.output, chat.screen.keys, typed=typed) as report:
        outcome = chat.teacher.train(report)
    chat.typed = " ".join("".join(typed).split())
    if outcome.status != 0:
        chat.screen.show(_not_trained(outcome))
        return
    try:
        chat.bot.reload()
    except BotError as error:
        chat.screen.show(f"Trained, but the new model cannot be used: {error}")
        return
    count, seconds = outcome.document.get("utterances", 0), time.monotonic() - started
    chat.screen.show(f"Trained on {count:,} sentences in {seconds:.0f} s; the new model answers.")
    if outcome.messages:
        chat.screen.show(_said(outcome))
    if worse := _worse(outcome, chat.home):
        chat.screen.show("\n".join(worse))
    chat.taught.clear()
    rows = [f'"{text}": {was} before, {_meaning(chat, text)} now' for text, was in before.items()]
    if rows:
        chat.screen.show("\n".join(rows))


def _worse(outcome: Outcome, home: Home) -> list[str]:
    """Return what got worse, though not so much that the new model was kept out."""
    gate = outcome.document.get("gate", {})
    found = [f"{row['source']}: {row['text']}".removeprefix(": ") for row in gate.get("worse", ())]
    if not found:
        return []
    more = [f"and {len(found) - _SHOWN_WORSE} more"] if len(found) > _SHOWN_WORSE else []
    back = f"To go back to the model before: {home.bot_train('rollback')}"
    return ["Worse than before:", *(f"  {line}" for line in found[:_SHOWN_WORSE]), *more, back]


def _not_trained(outcome: Outcome) -> str:
    if outcome.stopped:
        return "Stopped. The model in use is as it was."
    said = _said(outcome) or f"bot-train left with status {outcome.status}."
    if outcome.status == WORSE:
        said = f"The new model would be worse, so it is not used.\n{said}"
    return f"{said}\nThe model in use is as it was."


def _said(outcome: Outcome) -> str:
    return outcome.messages.replace("bot-train: ", "")


def _meaning(chat: Chat, text: str) -> str:
    found = chat.bot.classify(text)
    if found.zone == "unknown":
        return "not understood"
    return found.intent if found.zone == "answer" else f"perhaps {found.intent}"


COMMANDS = {
    "/help": Command(_help, "says this"),
    "/sheet": Command(_sheet, "shows a page to have beside the phone"),
    "/restart": Command(_restart, "begins anew"),
    "/why": Command(_why, "shows why the last message was taken as it was"),
    "/wrong": Command(_wrong, "corrects how the last message was taken", "[INTENT]"),
    "/teach": Command(_teach, "adds a sentence to learn", "INTENT text"),
    "/train": Command(_train, "learns what was added, and goes on with the new model"),
    "/keep": Command(_keep, "whether messages that I do not understand are kept", "yes|no"),
}
"""The commands by name, in the order of the help; `/quit` is the loop's own."""
TAKES_INTENT = ("/wrong", "/teach")
