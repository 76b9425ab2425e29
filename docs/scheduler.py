"""From which size does a Dask cluster pay? Cross-validation by number of lines, as a table.

python docs/scheduler.py [ADDRESS]

Without an address a cluster of two worker processes is started on this machine: it shows
what the detour costs. Both sides have as many processes as the machine has cores.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from distributed import LocalCluster

from bot.home import Home
from training import scheduler, trainer, utterances
from training.intent_sets import draw
from training.utterances import Utterance

SIZES = (10, 50, 200, 10_000)
"""Lines of each intent; the last is all there are."""
TIMES = 3
SEED = 1


def main() -> None:
    """Print the table."""
    if sys.argv[1:]:
        table(sys.argv[1])
        return
    started = time.perf_counter()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with scheduler.connected(cluster.scheduler_address):
            fits(lines(5))
        print(f"first answer of a cluster just started: {time.perf_counter() - started:.1f} s\n")
        table(cluster.scheduler_address)


def table(address: str) -> None:
    """Print a row for each size."""
    print("| lines | here, s | on the cluster, s | ratio |\n|--:|--:|--:|--:|")
    for size in SIZES:
        rows = lines(size)
        here = median(lambda rows=rows: fits(rows))
        there = median(lambda rows=rows: on_cluster(address, rows))
        print(f"| {len(rows):,} | {here:.1f} | {there:.1f} | {there / here:.2f} |", flush=True)


def median(work: Callable[[], None]) -> float:
    """Return the median time of a few runs."""
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def lines(size: int) -> list[Utterance]:
    """Return so many of the shipped lines of each intent."""
    return draw(utterances.read_folder(Home.shipped().utterances), size, SEED)


def fits(rows: list[Utterance]) -> None:
    """Cross-validate."""
    trainer.cross_validate(rows)


def on_cluster(address: str, rows: list[Utterance]) -> None:
    """Do the same on a cluster, the connection included."""
    with scheduler.connected(address):
        fits(rows)


if __name__ == "__main__":
    main()
