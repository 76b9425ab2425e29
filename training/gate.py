"""Compares a new model with the one in use: what would get better, and what worse?

Three kinds of evidence. Held-out answers, on the sentences that both trainings had
(training/held_out.py). What both models themselves say to protected lines. Golden
conversations, held with both. Held-out answers of some sentences flip by chance with
any line more; so a change of an intent counts only when the sign test says so, and a
protected line that flipped is asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import comb
from pathlib import Path
from typing import Any

from bot import Bot, guide_reader
from bot.classifier import Classifier
from bot.errors import BotError, GuideError, ModelError
from bot.home import Home
from bot.messages import OUT_OF_SCOPE, Classification
from training import conversations, folds, held_out
from training.conversations import Conversation
from training.held_out import ANSWER, CLARIFY, UNKNOWN
from training.trainer import Trained
from training.utterances import Utterance

LEVEL = 0.05
"""Chance that some urgent topic (or some other intent) of two equally good models looks
worse, at most: divided among them (Bonferroni's correction, Dunn 1961). Undivided, one
line more made one training in eight look like harm on half of the shipped sentences."""
SHOWN = 10
"""Findings of each kind, better and worse, that are printed; the rest is counted."""
_EXAMPLES = 2
"""Sentences that are shown of an intent."""
_ZONES = {"unknown": UNKNOWN, "clarify": CLARIFY, "answer": ANSWER}
_SAID = {UNKNOWN: "not understood, {} the nearest", CLARIFY: "asked back, {}", ANSWER: "{}"}

Answer = tuple[str, int]
"""Best in-scope intent, and the zone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that changes with the new model."""

    better: bool
    """Whether for the better."""
    text: str
    """What, before and after."""
    source: str = ""
    """`file:line`, where it is about one."""
    blocks: bool = False
    """Whether the new model is not to be put in use for it."""

    def __str__(self) -> str:
        return f"{self.source}: {self.text}" if self.source else self.text


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that was found, what blocks first."""

    findings: tuple[Finding, ...] = ()
    """Both kinds."""
    notes: tuple[str, ...] = ()
    """What could not be compared, and why; figures over all sentences."""
    warnings: tuple[str, ...] = ()
    """What makes the comparison another one than it should be, and is to be mended."""

    @property
    def refused(self) -> bool:
        """Tell whether the new model is not to be put in use."""
        return any(finding.blocks for finding in self.findings)

    def lines(self, *, better: bool) -> list[str]:
        """Return what gets better or worse, what blocks first, at most `SHOWN` findings."""
        found = [finding for finding in self.findings if finding.better is better]
        found.sort(key=lambda finding: not finding.blocks)
        more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        return [*map(str, found[:SHOWN]), *more]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        rows = [asdict(finding) for finding in self.findings]
        return {
            "refused": self.refused,
            "better": [row for row in rows if row["better"]],
            "worse": [row for row in rows if not row["better"]],
            "notes": list(self.notes),
            "warnings": list(self.warnings),
        }


def compare(old: Path, new: Path, trained: Trained, home: Home) -> Verdict:
    """Compare the model in the folder `new`, which is `trained`, with the one in `old`.

    A model in use that cannot be read leaves only a note. A guide that cannot be read
    does not tell what is urgent: then every intent counts as urgent, as a mistake in a
    file must not be what lets harm through.
    """
    try:
        classifier = Classifier.load(old)
    except ModelError as error:
        return Verdict(notes=(f"nothing was compared: {error}",))
    findings: list[Finding] = []
    notes: list[str] = []
    warnings: tuple[str, ...] = ()
    called = "the urgent topic"
    try:
        urgent = urgent_topics(home)
        findings += _golden(old, new, home, urgent, notes)
    except GuideError as error:
        urgent = frozenset((*classifier.description.labels, *trained.description.labels))
        called = "the intent"
        notes.append("golden conversations were not compared: the guide cannot be read")
        warnings = (_unread(error, home),)
    except BotError as error:
        notes.append(f"golden conversations were not compared: {error}")
    pairs = paired(trained.rows, held_out.load(old), held_out.load(new))
    findings += protected(trained, classifier, pairs)
    findings += intents(pairs, urgent, called)
    findings += _vanished(urgent, classifier, trained, called)
    notes.append(_overall(pairs))
    return Verdict(tuple(findings), tuple(notes), warnings)


def urgent_topics(home: Home) -> frozenset[str]:
    """Return the topics of the guide that are urgent, always or by a word; raises GuideError."""
    topics = guide_reader.read(home.guide).topics
    return frozenset(name for name, topic in topics.items() if topic.urgent or topic.urgent_when)


def _unread(error: GuideError, home: Home) -> str:
    more = f" (and {len(error.problems) - 1} more)" if error.problems[1:] else ""
    return (
        f"{error.problems[0]}{more}; as the guide cannot be read, which topics are urgent is not "
        f"known, and every intent counts as urgent; see what is to be mended with: "
        f"{home.bot_train('check --quick')}"
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, and what models that had not seen it made of it, before and now."""

    row: Utterance
    """The sentence as it is labelled now."""
    before: Answer
    """At the training of the model in use."""
    now: Answer
    """At this one."""

    @property
    def was_right(self) -> bool:
        """Tell whether the answer before was right by the label of now."""
        return is_right(self.row.intent, self.before)

    @property
    def now_right(self) -> bool:
        """Tell whether the answer of now is."""
        return is_right(self.row.intent, self.now)


def paired(
    rows: Sequence[Utterance], before: held_out.Answers | None, now: held_out.Answers | None
) -> list[Pair]:
    """Return the sentences that both trainings had; none where their folds do not compare."""
    if before is None or now is None or before.folds != now.folds:
        return []
    then, today = before.by_key(), now.by_key()
    keys = now.keys.tolist()  # in the order of the rows
    return [
        Pair(row, then[key], today[key]) for row, key in zip(rows, keys, strict=True) if key in then
    ]


def is_right(intent: str, answer: Answer) -> bool:
    """Tell whether an answer has the right best intent, or out of scope is not answered.

    The zone of what is in scope does not count here: when a threshold moves, many
    sentences change theirs together, and the sign test wants changes that are
    independent (one line more of the shipped sentences then looked like harm).
    """
    best, zone = answer
    return zone != ANSWER if intent == OUT_OF_SCOPE else best == intent


def likelihood(lost: int, gained: int) -> float:
    """Return the chance of at least so many losses among all changes, were both alike.

    The sign test, one-sided, which is McNemar's test of 1947 in its exact form: of
    n changes each goes either way with probability 1/2.
    """
    changes = lost + gained
    return float(sum(comb(changes, k) for k in range(lost, changes + 1)) / 2**changes)


def intents(
    pairs: Iterable[Pair], urgent: frozenset[str], called: str = "the urgent topic"
) -> list[Finding]:
    """Return the intents whose recall changes by more than chance; a worse urgent one blocks.

    `called`: what stands before the name of an urgent one.
    """
    by_intent: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_intent[pair.row.intent].append(pair)
    tested = urgent & by_intent.keys()
    others = by_intent.keys() - tested
    levels = {True: LEVEL / max(1, len(tested)), False: LEVEL / max(1, len(others))}
    return [
        finding
        for intent, own in sorted(by_intent.items())
        for finding in _of_intent(
            own, intent in urgent, levels[intent in urgent],
            f"{called} {intent}" if intent in urgent else intent,
        )
    ]  # fmt: skip


def _of_intent(own: Sequence[Pair], urgent: bool, level: float, name: str) -> list[Finding]:
    lost = [pair for pair in own if pair.was_right and not pair.now_right]
    gained = [pair for pair in own if pair.now_right and not pair.was_right]
    worse = likelihood(len(lost), len(gained)) < level
    if not worse and likelihood(len(gained), len(lost)) >= level:
        return []
    before, now = _shares(own)
    what = "not answered" if own[0].row.intent == OUT_OF_SCOPE else "found unseen"
    text = f"{name}: of its {len(own):,} sentences {before:.1%} were {what} before, {now:.1%} now"
    examples = [
        Finding(
            not worse, _change(pair.row, pair.before, pair.now), pair.row.source, worse and urgent
        )
        for pair in (lost if worse else gained)[:_EXAMPLES]
    ]
    return [Finding(not worse, text, blocks=worse and urgent), *examples]


def _change(row: Utterance, before: Answer, now: Answer) -> str:
    return f'"{row.text}": {_said(before)} before, {_said(now)} now; wanted {row.intent}'


def _said(answer: Answer) -> str:
    return _SAID[answer[1]].format(answer[0])


def protected(trained: Trained, old: Classifier, pairs: Iterable[Pair] = ()) -> list[Finding]:
    """Return the protected lines that change; each that gets worse blocks.

    Worse is what the model itself says, from right to asked back or wrong. Worse is,
    too, what a model that had not seen the line says, from right to wrong, unless
    that was the luck of the folds: one fitted to all other lines must be wrong too.
    """
    rows = [row for row in trained.rows if row.protected]
    new = Classifier(trained.description, trained.weights)
    texts = [row.text for row in rows]
    changes = list(zip(rows, map(_answer, old.classify_many(texts)),
                       map(_answer, new.classify_many(texts)), strict=True))  # fmt: skip
    findings = [
        Finding(after > before, f"protected line {_change(row, was, now)}", row.source,
                blocks=after < before)
        for row, was, now in changes
        if (before := _goodness(row.intent, was)) != (after := _goodness(row.intent, now))
    ]  # fmt: skip
    told = {finding.source for finding in findings}
    flipped = [pair for pair in pairs if pair.row.protected and pair.row.source not in told
               and pair.was_right and not pair.now_right]  # fmt: skip
    asked = _asked_again(trained, [pair.row for pair in flipped])
    return findings + [
        Finding(False, f"protected line, unseen, {_change(pair.row, pair.before, pair.now)}",
                pair.row.source, blocks=True)
        for pair, best in zip(flipped, asked, strict=True)
        if best != pair.row.intent
    ]  # fmt: skip


def _asked_again(trained: Trained, rows: Sequence[Utterance]) -> list[str]:
    others = {row.intent for row in trained.rows if row not in rows}
    if not rows or len(others) < 2:  # then there is nobody to ask: the fold has the last word
        return [""] * len(rows)
    return folds.ask_without(trained.rows, rows, trained.description.features)


def _goodness(intent: str, answer: Answer) -> int:
    """Return 2 for right, 1 for right but asked back, 0 for wrong."""
    best, zone = answer
    if intent == OUT_OF_SCOPE:
        return ANSWER - zone
    return zone if best == intent else 0


def _answer(found: Classification) -> Answer:
    return found.ranking[0][0], _ZONES[found.zone]


def _vanished(
    urgent: frozenset[str], old: Classifier, trained: Trained, called: str
) -> list[Finding]:
    gone = urgent & set(old.description.labels) - set(trained.description.labels)
    return [
        Finding(False, f"{called} {name} has fewer than two sentences, and is not learned any more",
                blocks=True)
        for name in sorted(gone)
    ]  # fmt: skip


def _overall(pairs: Sequence[Pair]) -> str:
    """Return the figures over all sentences."""
    if not pairs:
        return ("the model in use has no held-out answers beside it that compare, so intents were "
                "not compared; from this training on they are")  # fmt: skip
    inside = [pair for pair in pairs if pair.row.intent != OUT_OF_SCOPE]
    outside = [pair for pair in pairs if pair.row.intent == OUT_OF_SCOPE]
    parts = []
    if inside:
        was, now = _shares(inside)
        lost, lost_now = (
            sum(zone == UNKNOWN for zone in zones) / len(inside)
            for zones in ([p.before[1] for p in inside], [p.now[1] for p in inside])
        )
        parts.append(f"sentences found unseen: {was:.1%} before, {now:.1%} now")
        parts.append(f"not understood: {lost:.1%} before, {lost_now:.1%} now")
    if outside:
        was, now = _shares(outside)
        parts.append(f"out of scope answered: {1 - was:.1%} before, {1 - now:.1%} now")
    return "; ".join(parts)


def _shares(own: Sequence[Pair]) -> tuple[float, float]:
    """Return the shares that were right before and are now."""
    size = len(own)
    return sum(pair.was_right for pair in own) / size, sum(pair.now_right for pair in own) / size


def _golden(
    old: Path, new: Path, home: Home, urgent: frozenset[str], notes: list[str]
) -> list[Finding]:
    """Return the first turn of each golden conversation that fails with one model alone.

    What follows such a turn mostly fails because of it. One blocks when its reply
    was to be about an urgent topic, and now is about another. A file that cannot be
    read is added to the notes, and the others are held all the same.
    """
    held, unread = conversations.scan(home.conversations)
    notes += [f"a golden conversation was not compared: {problem}" for problem in unread]
    before, now = Bot.load(home=home, model=old), Bot.load(home=home, model=new)
    return [
        finding
        for one in held
        for finding in _changed_turns(one, _failing(before, one), _failing(now, one), urgent)
    ]


def _changed_turns(
    one: Conversation, before: dict[int, list[str]], now: dict[int, list[str]],
    urgent: frozenset[str],
) -> Iterator[Finding]:  # fmt: skip
    says = {turn.line: turn.says for turn in one.turns}
    for better, failings in ((True, before), (False, now)):
        lines = failings.keys() - (now if better else before).keys()
        if not lines:
            continue
        line = min(lines)
        topic = any(f"wanted {name!r}" in text for name in urgent for text in failings[line])
        verb = "holds again; before:" if better else "fails now:"
        text = f'golden conversation {verb} "{says[line]}": {failings[line][0]}'
        yield Finding(better, text, f"{one.path}:{line}", topic and not better)


def _failing(bot: Bot, one: Conversation) -> dict[int, list[str]]:
    """Return what fails in each turn, by its line, without the whole of the reply."""
    found: dict[int, list[str]] = defaultdict(list)
    for failing in conversations.play(bot, one):
        line, _, text = failing.removeprefix(f"{one.path}:").partition(": ")
        found[int(line)].append(text.partition("; it was ")[0])
    return found
