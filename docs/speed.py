"""Measures a loaded bot: microseconds a message, messages a second, resident memory.

    python docs/speed.py

Every message is seen once, after a warm-up on others. The baseline is a plain union of
word and character TF-IDF with logistic regression in scikit-learn, fitted to every fifth line.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot import Bot
from bot.home import Home

if TYPE_CHECKING:
    from training.benchmark import Baseline
    from training.utterances import Utterance

RESIDENT = (
    "import resource; from bot import Bot; Bot.load().classify('warm'); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
)
"""In a process of its own: what this script imports is no part of the bot."""
WARM_UP, MEASURED = 3_000, 2_500


def timed(work: Callable[[str], object], messages: Sequence[str]) -> tuple[float, float]:
    """Return median and 95th percentile of single calls, in microseconds."""
    taken = []
    for message in messages:
        started = time.perf_counter()
        work(message)
        taken.append((time.perf_counter() - started) * 1e6)
    taken.sort()
    return statistics.median(taken), taken[int(0.95 * len(taken))]


def main() -> None:
    """Print the table."""
    # First of all, as a process counts what the one that started it held by then.
    resident = subprocess.run([sys.executable, "-c", RESIDENT], check=True, capture_output=True)
    bot = Bot.load()
    from training import utterances  # not before: the bot does without it

    rows = utterances.read_folder(Home.shipped().utterances)
    random.Random(1).shuffle(rows)
    messages = [row.text for row in rows]
    for message in messages[:WARM_UP]:
        bot.reply(message, session_id="warm")
    parts = [messages[WARM_UP + n * MEASURED :][:MEASURED] for n in range(3)]
    rest = messages[WARM_UP + 3 * MEASURED :]
    started = time.perf_counter()
    bot.classify_many(rest)
    together = len(rest) / (time.perf_counter() - started)
    union = baseline(rows)
    cases: dict[str, Callable[[str], object]] = {
        "classify": bot.classify,
        "reply, one conversation": lambda message: bot.reply(message, session_id="s"),
        "plain union in scikit-learn": lambda message: union.labels([message]),
    }
    print("| what | median us | p95 us |\n|---|--:|--:|")
    for (name, work), part in zip(cases.items(), parts, strict=True):
        median, high = timed(work, part)
        print(f"| {name} | {median:.0f} | {high:.0f} |")
    print(f"\nclassify_many: {together:,.0f} messages a second")
    print(f"resident after the first message: {float(resident.stdout):.1f} MB")


def baseline(rows: Sequence[Utterance]) -> Baseline:
    """Return the fitted baseline; scikit-learn is imported only now, after memory was read."""
    from threadpoolctl import threadpool_limits

    from training.benchmark import Baseline

    with threadpool_limits(1):
        return Baseline.union(rows[::5], 1)


if __name__ == "__main__":
    main()
