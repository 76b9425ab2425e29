"""Brings the sentences of another program's file into a home: first a plan, then the writing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from bot import guide_reader, redaction
from bot.cases import BETWEEN
from bot.errors import GuideError
from bot.home import Home
from bot.messages import OUT_OF_SCOPE
from training import utterances
from training.formats import Document, counted
from training.utterances import MAX_LENGTH, Utterance

SHOWN = 12
"""Lines of one list in a preview; the rest is counted."""
_LONGEST_NAME = 80
"""Characters of an intent's name: it names a file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; nothing is written yet."""

    added: tuple[Utterance, ...]
    """Sentences to be added, under our names, with the line that they come from."""
    known: frozenset[str]
    """Intents that the home has already."""
    names: dict[str, str]
    """Name of an intent in the file -> the name it gets, where these differ."""
    duplicates: tuple[str, ...]
    """`file:line: where the same sentence stands under the same intent`."""
    conflicts: tuple[str, ...]
    """`file:line: where the same sentence stands under another intent`; left out."""
    left_out: tuple[str, ...]
    """`file:line: what` else is not imported, and why."""
    notes: tuple[str, ...]
    """What was changed in reading."""

    def intents(self) -> dict[str, int]:
        """Return how many sentences each intent gets."""
        return dict(sorted(Counter(row.intent for row in self.added).items()))

    def within(self, shown: Plan) -> Plan:
        """Return the same without the sentences that another plan would not add."""
        return replace(self, added=tuple(row for row in self.added if row in shown.added))

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready values."""
        return {
            "added": self.intents(),
            "new_intents": [name for name in self.intents() if name not in self.known],
            "names": self.names,
            "duplicates": list(self.duplicates),
            "conflicts": list(self.conflicts),
            "left_out": list(self.left_out),
            "notes": list(self.notes),
        }


def plan(document: Document, folder: Path) -> Plan:
    """Compare a file with the utterances in `folder` (which may not be there yet)."""
    here = utterances.read_folder(folder) if folder.is_dir() else []
    names = valid_names(row.intent for row in document.sentences)
    seen = {(row.intent, row.text): row.source for row in here}
    owners = {row.text.casefold(): row for row in here}
    added: list[Utterance] = []
    duplicates, conflicts, left_out = [], [], list(document.left_out)
    for row in document.sentences:
        found = Utterance(names[row.intent], folded(row.text), source=row.source)
        owner = owners.get(found.text.casefold())
        if reason := _unfit(found.text):
            left_out.append(f"{row.source}: {reason}")
        elif (found.intent, found.text) in seen:
            first = seen[found.intent, found.text]
            duplicates.append(f"{row.source}: stands in {first} already")
        elif owner is not None and owner.intent != found.intent:
            conflicts.append(
                f"{row.source}: {found.text!r} is {found.intent} here, and "
                f"{owner.intent} in {owner.source}; left out"
            )
        else:
            added.append(found)
            seen[found.intent, found.text] = found.source
            owners.setdefault(found.text.casefold(), found)
    known = frozenset(row.intent for row in here)
    added, lonely = _without_lonely(added, known)
    return Plan(
        tuple(added),
        known,
        {old: new for old, new in names.items() if old != new},
        tuple(duplicates),
        tuple(conflicts),
        (*left_out, *lonely),
        document.notes,
    )


def folded(text: str) -> str:
    """Return a text as one line of an utterance file holds it."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\ufeff", " ")).split())


def _unfit(text: str) -> str:
    if not text or len(text) > MAX_LENGTH:
        return f"{len(text):,} characters; wanted 1 to {MAX_LENGTH:,}"
    if redaction.mask(text).kinds:
        return "holds a card number or code; teach it without"
    return ""


def _without_lonely(
    rows: Sequence[Utterance], known: frozenset[str]
) -> tuple[list[Utterance], list[str]]:
    """Leave out new intents with a single sentence: nothing can be learned from one."""
    counts = Counter(row.intent for row in rows)
    lonely = {name for name, count in counts.items() if count < 2 and name not in known}
    reasons = [
        f"{row.source}: the only sentence of {row.intent}; wanted at least 2"
        for row in rows
        if row.intent in lonely
    ]
    return [row for row in rows if row.intent not in lonely], reasons


def valid_names(names: Iterable[str]) -> dict[str, str]:
    """Return a name that can name a file for each name, two different ones for two.

    >>> valid_names(["chitchat/ask_name", "bookTable", "greet"])
    {'chitchat/ask_name': 'chitchat_ask_name', 'bookTable': 'book_table', 'greet': 'greet'}
    """
    unique = list(dict.fromkeys(names))
    found = {name: name for name in unique if valid_name(name) == name}
    for name in unique:
        if name in found:
            continue
        wanted = valid_name(name)
        if wanted in found.values() and wanted != OUT_OF_SCOPE:
            wanted = f"{wanted}_{_hashed(name)}"
        found[name] = wanted
    return {name: found[name] for name in unique}


def valid_name(name: str) -> str:
    """Return the nearest name of lower-case letters, digits and _."""
    if utterances.INTENT.fullmatch(name) and len(name) <= _LONGEST_NAME:
        return name
    if "/" in name and valid_name(name.split("/")[0]) == OUT_OF_SCOPE:
        return OUT_OF_SCOPE  # the one label that says the same whatever stands below it
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not plain:
        return f"intent_{_hashed(name)}"
    if not plain[0].isalpha():
        plain = f"intent_{plain}"
    return plain if len(plain) <= _LONGEST_NAME else f"{plain[:_LONGEST_NAME]}_{_hashed(name)}"


def _hashed(name: str) -> str:
    return sha256(name.encode("utf-8", "replace")).hexdigest()[:6]


def apply(
    plan: Plan, folder: Path, report: Callable[[int, int], None] = lambda n, of: None
) -> None:
    """Add the sentences of a plan, a file at a time: each is whole before and after."""
    folder.mkdir(exist_ok=True)
    intents = plan.intents()
    for number, intent in enumerate(intents, 1):
        lines = [utterances.format_line(row.text) for row in plan.added if row.intent == intent]
        utterances.append(folder / f"{intent}.txt", lines)
        report(number, len(intents))


def unanswered(home: Home, intents: Iterable[str]) -> list[str]:
    """Return the intents to which the guide has no answer; none while it cannot be read."""
    try:
        guide = guide_reader.read(home.guide)
    except GuideError:
        return []
    known = {*guide.topics, *guide.says, OUT_OF_SCOPE}
    return sorted(set(intents) - known)


def unheeded(home: Home, labels: Iterable[str]) -> list[str]:
    """Return the cases that change nothing; none while the guide cannot be read.

    One of a topic needs an FAQ entry, one of what is out of scope a phrase of its name.
    """
    try:
        guide = guide_reader.read(home.guide)
    except GuideError:
        return []
    heeded = {f"{OUT_OF_SCOPE}{BETWEEN}{name}" for name in guide.phrases}
    for topic in guide.topics.values():
        heeded |= {f"{topic.id}{BETWEEN}{faq.case}" for faq in topic.faqs}
    return sorted({label for label in labels if BETWEEN in label} - heeded)


def untaught(home: Home, intents: Iterable[str]) -> list[str]:
    """Return the topics of the guide that no intent leads to; none while it cannot be read."""
    try:
        topics = guide_reader.read(home.guide).topics
    except GuideError:
        return []
    return sorted(set(topics) - set(intents))


def changed(shown: Plan, done: Plan) -> list[str]:
    """Return what was not added though it was shown, because the utterances changed meanwhile."""
    missing = len(shown.added) - len(done.added)
    if not missing:
        return []
    reasons = [
        line
        for now, then in (
            (done.duplicates, shown.duplicates),
            (done.conflicts, shown.conflicts),
            (done.left_out, shown.left_out),
        )
        for line in now
        if line not in then
    ]
    more = [f"  and {len(reasons) - SHOWN:,} more"] if len(reasons) > SHOWN else []
    begin = f"the utterances changed meanwhile; not added: {counted(missing, 'sentence')}"
    return [begin, *(f"  {line}" for line in reasons[:SHOWN]), *more]


def preview(plan: Plan) -> str:
    """Return what the import would do, for a person."""
    intents = plan.intents()
    width = max([6, *(len(name) for name in intents)])
    new = [name for name in intents if name not in plan.known]
    lines = [
        f"{counted(len(plan.added), 'new sentence')} for {counted(len(intents), 'intent')}"
        f"{f', {len(new)} of them new' if new else ''}",
        *(f"  {name:{width}} {count:6,}{'  new intent' if name in new else ''}"
          for name, count in intents.items()),
    ]  # fmt: skip
    renamed = [f"{old} -> {new}" for old, new in plan.names.items()]
    for title, found in (
        ("renamed, since each intent names a file", renamed),
        ("there already, not added again", plan.duplicates),
        ("in conflict, left out", plan.conflicts),
        ("left out", plan.left_out),
    ):
        if found:
            lines.append(f"{title}: {len(found):,}")
            lines += [f"  {line}" for line in found[:SHOWN]]
            lines += [f"  and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
    return "\n".join([*lines, *plan.notes])
