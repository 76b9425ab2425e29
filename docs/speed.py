"""Measures a loaded bot: microseconds a message, messages a second, resident memory.

    python docs/speed.py

Every message is seen once, after a warm-up on others.
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence

from bot import Bot
from bot.home import Home
from training import utterances

WARM_UP, MEASURED = 3_000, 2_500


def timed(work: Callable[[str], object], messages: Sequence[str]) -> str:
    """Return median and 95th percentile of single calls."""
    taken = []
    for message in messages:
        started = time.perf_counter()
        work(message)
        taken.append((time.perf_counter() - started) * 1e6)
    taken.sort()
    return f"{statistics.median(taken):.0f} | {taken[int(0.95 * len(taken))]:.0f}"


def main() -> None:
    """Print the table."""
    bot = Bot.load()
    bot.classify("warm")
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    messages = [row.text for row in utterances.read_folder(Home.shipped().utterances)]
    random.Random(1).shuffle(messages)
    for message in messages[:WARM_UP]:
        bot.reply(message, session_id="warm")
    first, second = messages[WARM_UP:][:MEASURED], messages[WARM_UP + MEASURED :][:MEASURED]
    print("| what | median us | p95 us |\n|---|---|---|")
    print(f"| classify | {timed(bot.classify, first)} |")
    print(f"| reply, one conversation | {timed(lambda m: bot.reply(m, session_id='s'), second)} |")
    rest = messages[WARM_UP + 2 * MEASURED :]
    started = time.perf_counter()
    bot.classify_many(rest)
    print(f"\nclassify_many: {len(rest) / (time.perf_counter() - started):,.0f} messages a second")
    print(f"resident after the first message: {resident:.0f} MB")


if __name__ == "__main__":
    main()
