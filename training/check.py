"""Looks a home over before training: findings as `file:line: what; wanted`. It writes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bot import Bot, guide_reader, linefile, redaction
from bot import text as text_
from bot.cases import BETWEEN
from bot.classifier import Classifier
from bot.errors import GuideError, ModelError, UtteranceError
from bot.guide_check import DEFAULTS
from bot.home import Home
from bot.inbox import MOST_BYTES, InboxEntry
from bot.messages import OUT_OF_SCOPE
from bot.modelfile import DESCRIPTION_FILE
from training import (
    acts,
    confident,
    conversations,
    grouping,
    importing,
    search,
    trainer,
    utterances,
)
from training.finding import Finding, Level
from training.folds import Report
from training.utterances import Utterance

ALIKE_FROM = 0.75
"""Share of common character trigrams (Jaccard index) from which two sentences of different
intents are worth a look: below it one word more or less mostly means another thing
("certainly", "certainly not"). Of the shipped lines 15 pairs; from 0.7 on 30, from 0.6 on
283 (docs/measurements.md)."""
FEW_BESIDE = 0.2
"""Share of the usual (median) number of utterances below which an intent has few."""
MANY_BESIDE = 5.0
"""Times the median above which it has many, as far above as the other is below; what is out
of scope is all the rest and may have any number."""
FEWEST = 2
"""Utterances that an intent needs to be learned at all."""
FEW = trainer.EVALUATION_FOLDS
"""Utterances below which some fold of `evaluate` has none of an intent to ask about."""
STEPS = 9 + trainer.EVALUATION_FOLDS
"""Steps and fits of a whole check, as announced before it begins."""
SHOWN = 10
"""Findings of one kind that are printed; the rest is counted."""
MOST_DOUBTFUL = 100
"""Likely mislabelled lines that are named, the most doubtful first. With 3 % of the labels
changed at random, 94 % of the first 50 were changed ones, 83 % of the first 100, 55 % of the
first 200 (docs/mislabelled.py): further down, a person's time is wasted."""
_LONGEST = 70
"""Characters of a sentence that are shown."""
_NEARLY_FULL = 0.9
"""Share of an inbox from which it is time to review."""

_HEADER = re.compile(r"\s*\[{1,2}\s*([\w.-]+)\s*\]{1,2}")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def run(
    home: Home, *, quick: bool = False, jobs: int = -1, report: Report = lambda done, of: None
) -> list[Finding]:
    """Return all findings, errors first.

    `quick`: fit nothing, and so say nothing about mislabelled lines. `jobs`: fits side by
    side, -1 for one a core. `report(done, of)` is called after each step and each fit.
    """
    rows, problems = utterances.scan(home.utterances)
    of_acts, problems_of_acts = acts.scan(home.utterances)
    problems += problems_of_acts
    steps: list[Callable[[], Iterable[Finding]]] = [
        lambda: (Finding.of("error", "unreadable", problem) for problem in problems),
        lambda: _contradictions(rows),
        lambda: [*_secrets([*rows, *of_acts]), *_cards_elsewhere(home)],
        lambda: _wordless([*rows, *of_acts]),
        lambda: _counts(home, rows),
        lambda: _near(rows),
        lambda: _guide(home, rows, of_acts),
        lambda: _model(home, [] if problems else learned, of_acts),
        lambda: _inbox(home),
    ]
    learned = utterances.without_lonely(rows)[0]
    fits = 0 if quick or not _trainable(rows) else trainer.EVALUATION_FOLDS
    found: list[Finding] = []
    for done, step in enumerate(steps, 1):
        found += step()
        report(done, len(steps) + fits)
    if fits:
        found += _mislabelled(
            home, learned, jobs, lambda done, of: report(len(steps) + done, len(steps) + of)
        )
    return sorted(found, key=lambda finding: finding.level)


def _trainable(rows: list[Utterance]) -> bool:
    try:
        utterances.trainable(rows)
    except UtteranceError:  # each reason is a finding already
        return False
    return True


def _mislabelled(
    home: Home, rows: Sequence[Utterance], jobs: int, report: Report
) -> Iterator[Finding]:
    """Find the utterances that held-out folds would label otherwise, most doubtful first."""
    try:
        settings = search.kept(home)
        held_out = trainer.cross_validate(rows, settings=settings, jobs=jobs, report=report)
    except UtteranceError as error:
        what, _, wanted = str(error).partition("; wanted ")
        yield Finding("error", "unreadable", str(home.utterances), None, what, wanted)
        return
    ordered = trainer.in_training_order(rows)
    for place, column in confident.suspects(held_out, trainer.calibrate(held_out))[:MOST_DOUBTFUL]:
        row = ordered[place]
        what = f"{_shown(row)} is {row.intent}, and reads like {held_out.labels[column]}"
        yield _about(row, "mislabelled", what, "it under that one, unless it is right here")


def text(found: Sequence[Finding]) -> str:
    """Return the findings for a person: errors, then warnings, a few of each kind."""
    parts = []
    for level in ("error", "warning"):
        chosen = [finding for finding in found if finding.level == level]
        if chosen:
            parts.append("\n".join([f"{level}s:", *_lines(chosen)]))
    counts = Counter(finding.level for finding in found)
    return "\n\n".join([*parts, f"errors: {counts['error']:,}, warnings: {counts['warning']:,}"])


def to_dicts(found: Iterable[Finding]) -> list[dict[str, object]]:
    """Return JSON-ready values, all of them."""
    return [asdict(finding) for finding in found]


def _lines(found: Sequence[Finding]) -> Iterator[str]:
    for kind, count in Counter(finding.kind for finding in found).items():
        yield from [str(finding) for finding in found if finding.kind == kind][:SHOWN]
        if count > SHOWN:
            yield f"and {count - SHOWN:,} more of this kind ({kind}); --json lists them all"


def _contradictions(rows: Sequence[Utterance]) -> Iterator[Finding]:
    for problem in utterances.contradictions(rows):
        yield Finding.of("error", "contradiction", problem)


def _secrets(rows: Sequence[Utterance]) -> Iterator[Finding]:
    for row in rows:
        if redaction.mask(row.text).kinds:
            what = f"holds a card number or code: {_shown(row)}"
            yield _about(row, "secret", what, "the sentence without it", level="error")


def _cards_elsewhere(home: Home) -> Iterator[Finding]:
    """Find card numbers in comments, in the guide and in conversations, where one may be made up.

    Codes are not looked for: beside words about codes any three digits are one.
    """
    try:
        own = guide_reader.read(home.guide).numbers
    except GuideError:
        own = ()
    places: list[tuple[Path, str, Level, str, str]] = [
        (home.utterances, "*.txt", "error", "#", "the comment without it"),
        (home.guide, "*.toml", "error", "", "the guide without it"),
        (home.conversations, "*.txt", "warning", "", "a made-up one, if any"),
    ]
    for folder, pattern, level, only, wanted in places:
        for path, number, line in _lines_of(folder, pattern):
            if line.startswith(only) and redaction.CARD in redaction.mask(line, keep=own).kinds:
                what = f"holds a card number: {_fit(line, own)}"
                yield Finding(level, "secret", str(path), number, what, wanted)


def _lines_of(folder: Path, pattern: str) -> Iterator[tuple[Path, int, str]]:
    """Yield file, number and text of each line; what cannot be read is a finding elsewhere."""
    for path in sorted(folder.glob(pattern)):
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        yield from ((path, number, line.strip()) for number, line in enumerate(text.split("\n"), 1))


def _wordless(rows: Sequence[Utterance]) -> Iterator[Finding]:
    """Find what the model cannot learn from, as it sees no signs: a thumb, three dots."""
    for row in rows:
        if not text_.words(row.text):
            what = f"holds no word, so it teaches nothing: {_shown(row)}"
            yield _about(row, "wordless", what, "a sentence, or no line")


def _counts(home: Home, rows: Sequence[Utterance]) -> Iterator[Finding]:
    """Find the intents with too few utterances, and with few beside the others."""
    files = sorted(home.utterances.glob("*.txt")) if home.utterances.is_dir() else []
    different = {(row.intent, row.case, row.text) for row in rows}
    taught = Counter(intent for intent, _, _ in different)  # its cases count as it
    counts = {path: taught[path.stem] for path in files if utterances.is_intent(path.stem)}
    learned = sum(count >= FEWEST for count in taught.values())
    if learned < 2 and home.utterances.is_dir():
        what = f"holds {learned} intent(s) with {FEWEST} utterances or more"
        wanted = "at least two files with utterances"
        yield Finding("error", "few", str(home.utterances), None, what, wanted)
    usual = median(counts.values()) if counts else 0
    for path, count in counts.items():
        if found := _size(path.stem, count, usual):
            yield Finding("warning", found[0], str(path), None, *found[1:])
    of_case = Counter(case for _, case, _ in different)
    for path in files:
        _, dot, case = path.stem.partition(BETWEEN)
        if dot and of_case[case] < FEWEST:
            what = f"the case {case} has {_utterances(of_case[case])}"
            yield Finding("warning", "few", str(path), None, what, f"at least {FEWEST}")


def _size(intent: str, count: int, usual: float) -> tuple[str, str, str] | None:
    """Return kind, what came and what was wanted where a number of utterances is an odd one."""
    has = f"the intent {intent} has {_utterances(count)}"
    beside = f"{has}, the others {usual:,.0f} (median)"
    if count < FEWEST:
        return "few", f"{has}, so it is not learned", f"at least {FEWEST}"
    if count < FEW:
        return "few", has, f"at least {FEW}"
    if count < FEW_BESIDE * usual:
        return "unbalanced", beside, f"at least {FEW_BESIDE:.0%} of that"
    if count > MANY_BESIDE * usual and intent != OUT_OF_SCOPE:
        return "unbalanced", beside, f"at most {MANY_BESIDE:.0f} times that"
    return None


def _utterances(count: int) -> str:
    return f"{count} utterance{'' if count == 1 else 's'}"


def _near(rows: Sequence[Utterance]) -> Iterator[Finding]:
    """Find near-duplicates across intents, the likest first; the same sentence is an error."""
    pairs = grouping.pairs([row.text for row in rows], ALIKE_FROM)
    for later, earlier, share in sorted(pairs, key=lambda pair: -pair[2]):
        row, other = rows[later], rows[earlier]
        if row.intent != other.intent and row.text.casefold() != other.text.casefold():
            what = (
                f"{_shown(row)} is {row.intent}, and {share:.0%} like {_shown(other)}, "
                f"which is {other.intent} ({other.source})"
            )
            yield _about(row, "near_duplicate", what, "one intent for both, unless both are right")


def _guide(
    home: Home, rows: Sequence[Utterance], of_acts: Sequence[Utterance]
) -> Iterator[Finding]:
    headers = list(_headers(home.guide))
    try:
        guide_reader.read(home.guide)
    except GuideError as error:
        for problem in error.problems:
            yield _with_line(Finding.of("error", "guide", problem), headers)
        return
    intents = {row.intent for row in rows}
    for intent in importing.unanswered(home, intents):
        file = str(home.utterances / f"{intent}.txt")
        what = f"the intent {intent} has no answer in the guide"
        yield Finding("warning", "unanswered", file, None, what, f"a [topic.{intent}] there")
    for label in importing.unheeded(home, {row.label for row in rows}):
        intent, _, case = label.partition(BETWEEN)
        wanted = f'a [[faq]] with topic = "{intent}" and case = "{case}" there'
        if intent == OUT_OF_SCOPE:
            wanted = f"a {case} = ... under [phrase] there"
        what = f"the case {label} has no answer of its own in the guide"
        file = str(home.utterances / f"{label}.txt")
        yield Finding("warning", "unanswered", file, None, what, wanted)
    for problem in acts.unheeded(home, of_acts):
        yield Finding.of("warning", "unanswered", problem)
    for topic in importing.untaught(home, intents):
        places = [(file, line) for file, line, name in headers if name == f"topic.{topic}"]
        place: tuple[str, int | None] = places[0] if places else (str(home.guide), None)
        what = f"the topic {topic} has no utterances, so nobody gets to it"
        wanted = f"some in {home.utterances / topic}.txt"
        yield Finding("warning", "untaught", *place, what, wanted)


def _headers(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and name of each table of the guide, in the order they are read."""
    for path in [DEFAULTS, *sorted(folder.glob("*.toml"))]:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue  # a finding of the guide's reader
        for number, line in enumerate(lines, 1):
            if header := _HEADER.match(line):
                yield str(path), number, header[1]


def _with_line(finding: Finding, headers: Sequence[tuple[str, int, str]]) -> Finding:
    """Return the finding with the line of the table that it is about, where that is found."""
    line: int | None = None
    place = finding.what.split(": ")[0].split(".")
    if at := _TOML_LINE.search(finding.what):
        line = int(at[1])
    elif place[1:] and place[1].isdigit():  # the third [[route]] of all is route.3
        rows = [header for header in headers if header[2] == place[0]]
        row = rows[int(place[1]) - 1 : int(place[1])]
        line = row[0][1] if row and row[0][0] == finding.file else None
    else:
        names = {".".join(place[:n]) for n in range(1, len(place) + 1)}
        inside = [h for h in headers if h[0] == finding.file and h[2] in names]
        line = max(inside, key=lambda header: len(header[2]))[1] if inside else None
    return Finding(finding.level, finding.kind, finding.file, line, finding.what, finding.wanted)


def _model(
    home: Home, learned: Sequence[Utterance], of_acts: Sequence[Utterance]
) -> Iterator[Finding]:
    """Ask the model in use: is it of these utterances, and do the conversations go as written?"""
    try:
        folder = home.model_folder()
        description = Classifier.load(folder).description
    except (ModelError, OSError) as error:
        reason = str(error).split("; ")[0]
        yield Finding(
            "warning", "no_model", str(home.models), None,
            f"no model to use, so no conversation was played ({reason})",
            f"one: {home.bot_train('train')}",
        )  # fmt: skip
        return
    settings = description.features if description.searched else None
    if learned and description.data_hash != trainer.data_hash(learned, settings, acts=of_acts):
        yield Finding(
            "warning", "stale_model", str(folder / DESCRIPTION_FILE), None,
            "the model in use is of other utterances or settings",
            f"a new one: {home.bot_train('train')}",
        )  # fmt: skip
    try:
        bot = Bot.load(home=home)
    except GuideError:
        return  # said already; without a guide there is nobody to talk to
    yield from _conversations(bot, home.conversations)


def _conversations(bot: Bot, folder: Path) -> Iterator[Finding]:
    held, unread = conversations.scan(folder)
    for problem in unread:
        yield Finding.of("error", "conversation", problem)
    for golden in held:
        for problem in conversations.play(bot, golden):
            yield Finding.of("error", "conversation", problem)


def _inbox(home: Home) -> Iterator[Finding]:
    path = home.inbox
    wanted = "one JSON object a line, or the line taken out"
    try:
        lines = linefile.read(path)
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        yield Finding("warning", "inbox", str(path), None, what, "a file")
        return
    size = sum(len(line) + 1 for line in lines)
    if size > _NEARLY_FULL * MOST_BYTES:
        what = f"{size:,} bytes of the {MOST_BYTES:,} that it takes before new messages are let go"
        review = f"a review: {home.bot_train('review')}"
        yield Finding("warning", "inbox", str(path), None, what, review)
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                InboxEntry.from_json(line)
        except ValueError as error:
            yield Finding("warning", "inbox", str(path), number, str(error), wanted)


def _about(
    row: Utterance, kind: str, what: str, wanted: str, *, level: Level = "warning"
) -> Finding:
    file, _, line = row.source.rpartition(":")
    return Finding(level, kind, file, int(line), what, wanted)


def _shown(row: Utterance) -> str:
    return _fit(row.text)


def _fit(line: str, own: Iterable[str] = ()) -> str:
    """Return a text fit to be printed: no secret, no control characters, not too long."""
    text = redaction.mask(line, keep=own).text
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
