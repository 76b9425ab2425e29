"""Two wishes in one message, and an emergency beside another wish: what is found, as a table.

python docs/wishes.py [--model FOLDER] [--show]

Taught lines that are clear on their own are joined by chance, the same at every run; lines
with one wish are asked as they are. `--show` prints what went wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from random import Random

from bot import clauses, walk
from bot.home import Home
from bot.knowledge import Knowledge, know
from bot.session import Session
from training import utterances
from training.utterances import Utterance

SEED = 2026
PAIRS = 2_000
LONGEST = 12
"""Words of a line that is joined to another."""
JOINS = {
    "border": ("{} and {}", "{}. {}", "{}, {}", "{}? {}", "{} and also {}", "{}\n{}", "{} but {}"),
    "no border": ("{} {}",),
}
PLAIN_EMERGENCIES = (
    "i lost my card", "my wallet was stolen", "my card is gone", "someone took my purse",
    "card stolen", "lost card", "stolen wallet", "i can't find my card",
)  # fmt: skip
PLAIN_WISHES = (
    "is my application approved yet", "how many points do i have", "where do i find my statement",
    "what is the mailing address", "my card is cracked", "when are you open",
    "i want to dispute a charge", "can i check my application status", "how do i set up alerts",
    "i want to know my benefits", "how do i pay my bill", "do you have a chat",
    "i need to change my address",
)  # fmt: skip
EMERGENCY = "report_lost_or_stolen_card"
"""What the plain emergencies are about."""
Asked = tuple[str, frozenset[str]]
"""A message, and the topics of its parts."""


class Listener:
    """Asks a bot, as if each message were the first of a conversation."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._topics = knowledge.guide.topics

    def is_topic(self, row: Utterance) -> bool:
        """Tell whether a line is about a topic, and neither small talk nor out of scope."""
        return row.intent in self._topics

    def is_urgent(self, intent: str) -> bool:
        """Tell whether an intent is an emergency."""
        return intent in self._topics and self._topics[intent].urgent

    def is_clear(self, row: Utterance) -> bool:
        """Tell whether a line says clearly, and rightly, what it wishes, and has no border."""
        if len(row.text.split()) > LONGEST or has_border(row):
            return False
        said = self._knowledge.classifier.classify(row.text)
        sure = said.zone == "answer" and said.confidence >= clauses.CLEAR_FROM
        return sure and said.intent == row.intent

    def topics(self, message: str) -> frozenset[str]:
        """Return the topics that a message is taken to be about."""
        heard = walk.understand(message, Session(), self._knowledge, None)
        return frozenset(heard.wishes) & self._topics.keys() or frozenset(
            [heard.classification.intent]
        )

    def all_found(self, asked: Asked) -> bool:
        """Tell whether each part's topic is found."""
        return asked[1] <= self.topics(asked[0])

    def urgent_found(self, asked: Asked) -> bool:
        """Tell whether each urgent topic of a message is found."""
        return frozenset(filter(self.is_urgent, asked[1])) <= self.topics(asked[0])

    def several(self, asked: Asked) -> bool:
        """Tell whether a message is taken for several wishes."""
        return len(self.topics(asked[0])) > 1

    def false_alarm(self, asked: Asked) -> bool:
        """Tell whether a part of a message is taken for an emergency, and the whole for none."""
        heard = walk.understand(asked[0], Session(), self._knowledge, None)
        others = {*heard.wishes} - {heard.classification.intent, *asked[1]}
        return any(map(self.is_urgent, others))


def asked(row: Utterance) -> Asked:
    """Return a line as it is, with the topics that are right for it."""
    return row.text, frozenset((row.intent, *row.also))


def has_border(row: Utterance) -> bool:
    """Tell whether a line falls into parts."""
    return len([None for _ in clauses.between_borders(row.text)]) > 1


def joined(
    firsts: Sequence[Utterance], seconds: Sequence[Utterance], joins: Sequence[str]
) -> list[Asked]:
    """Return chance pairs of lines about different topics, in either order."""
    random = Random(SEED)
    found: list[Asked] = []
    while len(found) < PAIRS:
        pair = [random.choice(firsts), random.choice(seconds)]
        if pair[0].intent != pair[1].intent:
            random.shuffle(pair)
            one, other = pair
            said = random.choice(joins).format(one.text, other.text)
            found.append((said, frozenset((one.intent, other.intent))))
    return found


def plain(joins: Sequence[str]) -> list[Asked]:
    """Return each plain emergency with each plain wish, joined in each way, in both orders."""
    return [
        (join.format(*pair), frozenset((EMERGENCY,)))
        for one, other, join in product(PLAIN_EMERGENCIES, PLAIN_WISHES, joins)
        for pair in ((one, other), (other, one))
    ]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--model", type=Path, help="a model's folder (default the one in use)")
    options.add_argument("--show", action="store_true", help="print what went wrong as well")
    chosen = options.parse_args()
    home = Home.shipped()
    ask = Listener(know(home, chosen.model))
    rows = utterances.read_folder(home.utterances)
    fresh = utterances.read_folder(home.fresh, with_also=True)
    Random(SEED).shuffle(rows)
    topical = [row for row in rows if ask.is_topic(row)]
    clear = [row for row in topical if ask.is_clear(row)]
    urgent = [row for row in clear if ask.is_urgent(row.intent)]

    shown = chosen.show
    print("| messages | of | found | share |\n|---|--:|--:|--:|")
    for name, joins in JOINS.items():
        told(f"two wishes, {name}: both found", joined(clear, clear, joins), ask.all_found, shown)
        beside = joined(urgent, clear, joins)
        told(f"an emergency and a wish, {name}: heard", beside, ask.urgent_found, shown)
        told(f"a lost card in plain words, {name}: heard", plain(joins), ask.urgent_found, shown)
    single = [row for row in topical if has_border(row)]
    told("one wish with a border: split", [asked(row) for row in single], ask.several, shown)
    for name, lines in (("taught", rows), ("fresh", fresh)):
        others = [asked(row) for row in lines if not ask.is_urgent(row.intent)]
        # The fresh lines are counted, and never looked at.
        show = shown and lines is rows
        told(f"{name} lines, no emergency: one heard", others, ask.false_alarm, show)


def told(title: str, messages: Sequence[Asked], holds: Callable[[Asked], bool], show: bool) -> None:
    """Print a row of the table; with `show` also the messages that are fewer."""
    held = [holds(one) for one in messages]
    print(f"| {title} | {len(held):,} | {sum(held):,} | {sum(held) / len(held):.2%} |", flush=True)
    few = 2 * sum(held) < len(held)
    for one, found in zip(messages, held, strict=True) if show else ():
        if found == few:
            print("   ", repr(one[0]))


if __name__ == "__main__":
    main()
