"""Measures what training costs by the number of utterances: a table, and a plot if wanted.

    python docs/cost_curve.py [--sizes 1000 10000] [--plot docs/cost_curve.png]

The utterances are made up: words of two shipped ones of the same intent, some left out.
Each size is trained in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from bot.home import Home
from training import trainer, utterances
from training.utterances import Utterance

SIZES = (1_000, 10_000, 100_000, 1_000_000)
INTENTS = 20
SEED = 1


def made_up(size: int) -> list[Utterance]:
    """Return `size` different utterances of the largest intents."""
    by_intent: dict[str, list[list[str]]] = {}
    for row in utterances.read_folder(Home.shipped().utterances):
        by_intent.setdefault(row.intent, []).append(row.text.split())
    largest = sorted(by_intent, key=lambda name: -len(by_intent[name]))[:INTENTS]
    random, found = Random(SEED), dict[str, str]()
    while len(found) < size:
        intent = largest[len(found) % INTENTS]
        first, second = random.sample(by_intent[intent], 2)
        kept = [word for word in (*first, *second) if random.random() < 0.6]
        found.setdefault((" ".join(kept) or first[0]).casefold(), intent)
    return [Utterance(intent, text) for text, intent in found.items()]


def measure(size: int) -> dict[str, object]:
    """Train once; return the seconds, the peak of memory in GB and the solver."""
    rows = made_up(size)
    started = time.perf_counter()
    trained = trainer.train(rows)
    return {
        "utterances": size,
        "solver": str(trainer.solver_for(rows)),
        "seconds": time.perf_counter() - started,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "features": len(trained.weights.idf),
    }


def plot(found: Sequence[dict[str, float]], path: Path) -> None:
    """Draw seconds and memory over the number of utterances."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    sizes = [row["utterances"] for row in found]
    axes.loglog(sizes, [row["seconds"] for row in found], "o-", label="training, seconds")
    axes.loglog(sizes, [row["gigabytes"] for row in found], "s--", label="peak memory, GB")
    axes.set_xlabel(f"utterances of {INTENTS} intents")
    axes.grid(visible=True, which="major", alpha=0.4)
    axes.legend()
    figure.savefig(path, dpi=110)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--plot", type=Path, metavar="FILE")
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one)))
        return
    print(
        "| utterances | features | solver | training, s | peak memory, GB |\n|--:|--:|---|--:|--:|"
    )
    found = []
    for size in chosen.sizes:
        command = [sys.executable, __file__, "--one", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        row = json.loads(done.stdout)
        found.append(row)
        print(
            f"| {size:,} | {row['features']:,} | {row['solver']} | {row['seconds']:.1f} "
            f"| {row['gigabytes']:.2f} |",
            flush=True,
        )
    if chosen.plot:
        plot(found, chosen.plot)


if __name__ == "__main__":
    main()
